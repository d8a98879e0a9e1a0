"""``python -m tools.catalogue FILE.pot`` writes the texts of the pages and errors for translators.

The file is a template in the format of GNU gettext. A translator makes ``LANGUAGE.po`` of it, and
``pybabel compile`` makes that ``LANGUAGE/LC_MESSAGES/messages.mo``: see ``CATALOGUE_FOLDER``.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).parents[1]
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
# ``Text`` is domain.text.Text: the sentences of errors.
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "Text": None}
_PLACEHOLDER = re.compile(r"(%\(\w+\)[sd]|%%)")
_ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
_GROWTH = 0.4


def main(arguments: Sequence[str]) -> int:
    """Write the template; return the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    with Path(arguments[0]).open("wb") as file:
        write_po(file, extract(), omit_header=False, width=100)
    return 0


@cache  # to read every module and template takes a second
def extract() -> Catalog:
    """Return every text that Python modules and templates mark for translation."""
    catalogue = Catalog(project="MediLink Slots", charset="utf-8")
    found = extract_from_dir(
        PROJECT / "chalicelib", _METHODS, _OPTIONS, keywords=_KEYWORDS, strip_comment_tags=True
    )
    for name, line, message, comments, context in found:
        catalogue.add(
            message, None, [(f"chalicelib/{name}", line)], auto_comments=comments, context=context
        )
    return catalogue


def write_pseudo_language(folder: Path, tag: str) -> None:
    """Write a catalogue in which each text is 40 % longer, accented and in brackets.

    On a page in this language, text without brackets is not in the catalogue, and text that does
    not fit will not fit in German either.
    """
    pseudo = Catalog(locale="en", charset="utf-8")
    for message in extract():
        if not isinstance(message.id, str):
            pseudo.add(message.id, tuple(map(_to_pseudo, message.id)))
        elif message.id:
            pseudo.add(message.id, _to_pseudo(message.id))
    buffer = BytesIO()
    write_mo(buffer, pseudo)
    path = folder / tag.replace("-", "_") / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def _to_pseudo(text: str) -> str:
    parts = _PLACEHOLDER.split(text)
    accented = "".join(
        part if index % 2 else part.translate(_ACCENTS) for index, part in enumerate(parts)
    )
    length = sum(len(part) for part in parts[::2])
    return f"[{accented}{'~' * max(1, round(_GROWTH * length))}]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
