"""The files of ``static/``, also under fingerprinted names, and the generated API documentation.

Scripts and stylesheets import files by subject. The server inlines these imports when it first
reads a file, so that a browser needs one request for all of them, whose URL it may cache forever.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct, structs

# What ``/static`` serves. The API documentation has routes of its own.
_ASSET_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_TYPES = {
    **_ASSET_TYPES,
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
}
# The file of an import, alone on its line or lines: of a stylesheet, or of a module.
_IMPORTS = re.compile(
    r'^(?:@import|import(?: \{[^}]+\} from)?) "\./([a-z_]+\.(?:css|js))";\n', re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=const|let|function)", re.MULTILINE)
# What browsers don't need of a script: comments that are alone on their line, indentation and empty
# lines. They would be 2 kB of a first visit.
_UNNEEDED_IN_SCRIPTS = re.compile(r"^ *//.*\n|^ +|(?<=\n)\n+", re.MULTILINE)
# And of a stylesheet: also other comments, except a notice of its licence, line breaks, and spaces
# after a property and before a block.
_UNNEEDED_IN_STYLES = re.compile(
    r"/\*(?!!).*?\*/|^[ \t]+|(?<=[a-z]:) | (?={)|(?<=[;{}])\n+|(?<=,)\n", re.DOTALL | re.MULTILINE
)
_ROOT = Path(__file__).parents[3]
# A Lambda zip holds no top-level static/: Chalice unpacks vendor/static into its place.
_FOLDER = _ROOT / "static"
SERVER_URL = '"url": "/"'
"""The URL of the server in the OpenAPI document, which is replaced where the app has a prefix."""


class Asset(Struct, frozen=True, kw_only=True):
    """A text file with its response headers; ``etag`` is quoted."""

    name: str
    body: str
    content_type: str
    etag: str


@cache
def _file_names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.iterdir())


def find(name: str) -> Asset | None:
    """Return the asset of that name; None if ``/static`` serves no such file."""
    if Path(name).suffix not in _ASSET_TYPES or name not in _file_names():
        return None
    return read(name)


@lru_cache(maxsize=64)
def read(name: str) -> Asset:
    body = _inline_imports(name, set())
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return Asset(
        name=name,
        body=body,
        content_type=_TYPES[Path(name).suffix],
        etag=f'"{digest}"',
    )


def _inline_imports(name: str, inlined: set[str]) -> str:
    """Return the text with that of each import in its place, once; modules then share one scope."""
    inlined.add(name)

    def inline(statement: re.Match[str]) -> str:
        other = statement[1]
        return "" if other in inlined else _inline_imports(other, inlined)

    text = (_FOLDER / name).read_bytes().decode()
    if not _is_source(name):
        return text
    unneeded = _UNNEEDED_IN_SCRIPTS if name.endswith(".js") else _UNNEEDED_IN_STYLES
    return _EXPORT.sub("", unneeded.sub("", _IMPORTS.sub(inline, text)))


def _is_source(name: str) -> bool:
    return Path(name).suffix in {".css", ".js"} and ".min." not in name


@lru_cache(maxsize=8)
def read_openapi(url_prefix: str) -> Asset:
    """Return the OpenAPI document of an app under that prefix."""
    document = read("openapi.json")
    server_url = f'"url": {json.dumps(url_prefix or "/")}'
    return structs.replace(document, body=document.body.replace(SERVER_URL, server_url))


def fingerprinted_name(name: str) -> str:
    """``slots.css`` -> ``slots.<digest>.css``: a URL that browsers may cache forever."""
    asset = find(name)
    if asset is None:
        raise FileNotFoundError(name)
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{asset.etag.strip(chr(34))}.{suffix}"


def original_name(fingerprinted: str) -> str | None:
    """Reverse ``fingerprinted_name``; None if the file has changed since."""
    stem, _, suffix = fingerprinted.rpartition(".")
    stem, _, _ = stem.rpartition(".")
    name = f"{stem}.{suffix}"
    return name if find(name) is not None and fingerprinted_name(name) == fingerprinted else None
