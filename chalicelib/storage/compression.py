"""JSON as text that is deflated, then base64-encoded.

Uncompressed, a year's slots would take half of an item.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

import msgspec


def compress_json(value: object) -> str:
    return base64.b64encode(zlib.compress(msgspec.json.encode(value))).decode()


def decompress_json(text: str) -> Any:  # noqa: ANN401  any JSON
    """Reverse ``compress_json``. Raises ``ValueError`` if the text is malformed."""
    try:
        return msgspec.json.decode(zlib.decompress(base64.b64decode(text, validate=True)))
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError(text) from error
