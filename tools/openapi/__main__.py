"""``python -m tools.openapi`` writes ``static/openapi.json`` and ``static/reference.html``.

With ``--check`` it writes nothing, and fails if one of them is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.openapi import document, reference_page

if TYPE_CHECKING:
    from collections.abc import Sequence

STATIC = Path(__file__).parents[2] / "static"


def main(arguments: Sequence[str]) -> int:
    """Write or check the files; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only report files out of date")
    is_check = parser.parse_args(arguments).check
    outdated = [name for name, text in render_files().items() if _is_outdated(STATIC / name, text)]
    for name in outdated:
        if is_check:
            print(f"static/{name} is out of date: run python -m tools.openapi", file=sys.stderr)
        else:
            (STATIC / name).write_text(render_files()[name], encoding="utf-8")
            print(f"static/{name} written")
    return 1 if outdated and is_check else 0


def render_files() -> dict[str, str]:
    """Return the text of each generated file by its name."""
    api = document.build_document()
    return {
        "openapi.json": document.render(api),
        "reference.html": reference_page.render(reference_page.build_reference_page(api)),
    }


def _is_outdated(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text("utf-8") != text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
