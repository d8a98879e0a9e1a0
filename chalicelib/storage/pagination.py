"""Cursors: the position where a page ended, as an opaque text for the client."""

from __future__ import annotations

import base64

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.storage import keys


def encode_cursor(position: str) -> str:
    """Encode the sort key of the last result of a page in base64url (RFC 4648)."""
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, prefix: str, part_count: int) -> str:
    """Return the sort key of a cursor, which must have so many parts and that prefix.

    Raises ``RequestRejectedError`` for a cursor of another search, or an invalid one.
    """
    try:
        position = base64.b64decode(
            cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True
        )
        is_valid = len(keys.split_sort_key(text := position.decode())) == part_count
    except ValueError:
        is_valid, text = False, ""
    if not is_valid or len(position) >= keys.MAX_SORT_KEY_BYTES or not text.startswith(prefix):
        raise wrong_cursor_error()
    return text


def wrong_cursor_error() -> RequestRejectedError:
    """Return the error for a cursor that no page of this search can have."""
    return RequestRejectedError(
        FieldViolation("cursor", "invalid", Text("This cursor belongs to another search"))
    )
