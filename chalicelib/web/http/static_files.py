"""The files of ``static/``, under names that change with their content."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_ROOT = Path(__file__).parents[3]
# A Lambda zip holds no top-level static/: Chalice unpacks vendor/static into its place.
_FOLDER = _ROOT / "static"


class Asset(Struct, frozen=True, kw_only=True):
    """A text file as it is sent; ``etag`` is quoted."""

    name: str
    body: str
    content_type: str
    etag: str


@cache
def _file_names() -> frozenset[str]:
    return frozenset(path.name for path in _FOLDER.iterdir())


@lru_cache(maxsize=64)
def find(name: str) -> Asset | None:
    """The file of that plain name, if there is one to serve."""
    content_type = _TYPES.get(Path(name).suffix)
    path = _FOLDER / name
    if content_type is None or name not in _file_names():
        return None
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(name=name, body=content.decode(), content_type=content_type, etag=f'"{digest}"')


def fingerprinted_name(name: str) -> str:
    """``slots.css`` -> ``slots.<digest>.css``: a URL that can be kept for ever."""
    asset = find(name)
    if asset is None:
        raise FileNotFoundError(name)
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{asset.etag.strip(chr(34))}.{suffix}"


def original_name(fingerprinted: str) -> str | None:
    """The reverse of ``hashed_name``, as long as the file has not changed since."""
    stem, _, suffix = fingerprinted.rpartition(".")
    stem, _, _ = stem.rpartition(".")
    name = f"{stem}.{suffix}"
    return name if find(name) is not None and fingerprinted_name(name) == fingerprinted else None
