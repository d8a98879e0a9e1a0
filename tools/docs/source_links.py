"""A MkDocs hook for links from the documentation to files of the repository.

In the repository such a link opens the file. The site has no copy of it: the hook points the link
at the repository's web page if ``repo_url`` is set in ``mkdocs.yml``, and keeps only its text if
not. A link to a file that doesn't exist is a warning, which ``--strict`` makes an error.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

# MkDocs counts warnings below this name.
_log = logging.getLogger("mkdocs.hooks.source_links")

_FENCE = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(
    r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>(?:\.\./)[^)#\s]+)(?P<anchor>#[^)]*)?\)"
)


class _File(Protocol):
    src_uri: str


class _Page(Protocol):
    file: _File


def on_page_markdown(
    markdown: str, *, page: _Page, config: Mapping[str, str | None], files: object
) -> str:
    """Rewrite the links of a page that lead out of the documentation folder."""
    del files
    docs = Path(str(config["docs_dir"])).resolve()
    folder = (docs / page.file.src_uri).parent

    def rewrite(match: re.Match[str]) -> str:
        path = (folder / match["target"]).resolve()
        if path.is_relative_to(docs):
            return match[0]
        if not path.exists():
            _log.warning("%s links to %s, which doesn't exist", page.file.src_uri, match["target"])
        if not config.get("repo_url"):
            return match["text"]
        source = path.relative_to(docs.parent)
        return f"[{match['text']}]({config['repo_url']}/blob/HEAD/{source}{match['anchor'] or ''})"

    # Code blocks come at odd positions.
    parts = _FENCE.split(markdown)
    return "".join(part if i % 2 else _LINK.sub(rewrite, part) for i, part in enumerate(parts))
