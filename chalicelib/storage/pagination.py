"""Where a page of a search ended, as an opaque text for the client that asks for the next."""

from __future__ import annotations

import base64

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.violations import FieldViolation
from chalicelib.storage import keys


def encode_cursor(position: str) -> str:
    """The place of the last that was told (``keys.in_directory``), in base64url (RFC 4648)."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, prefix: str, part_count: int) -> str:
    """The reverse of ``write``, for a search of places of so many parts that begin as ``within``.

    Raises ``Refused`` for what is no cursor of that search.
    """
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        is_one = len(keys.split_sort_key(text := place.decode())) == part_count
    except ValueError:
        is_one, text = False, ""
    if not is_one or len(place) >= keys.MAX_SORT_KEY_BYTES or not text.startswith(prefix):
        raise RequestRejectedError(
            FieldViolation("cursor", "invalid", "This cursor belongs to another search")
        )
    return text
