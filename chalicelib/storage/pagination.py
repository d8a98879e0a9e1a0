"""Cursors: the position where a page ended, as an opaque text for the client."""

from __future__ import annotations

import base64
import hashlib

from msgspec import Struct

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.storage import keys


class DoctorIdPage(Struct, frozen=True):
    """``cursor`` leads to the next page; None if this is the last."""

    doctor_ids: tuple[str, ...]
    cursor: str | None


def encode_cursor(position: str, *, search: object) -> str:
    """Encode the sort key of the last result of a page in base64url (RFC 4648).

    A digest of the search, whose ``repr`` has every filter, binds the cursor to it: the position
    alone can be valid in another search, which would then leave out results.
    """
    return base64.urlsafe_b64encode((_digest(search) + position).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, search: object, prefix: str = "", part_count: int) -> str:
    """Return the sort key of a cursor, which must have so many parts and that prefix.

    Raises ``RequestRejectedError`` for a cursor of another search, or an invalid one.
    """
    text = _decode_base64(cursor)
    position = text.removeprefix(_digest(search))
    try:
        is_valid = len(keys.split_sort_key(position)) == part_count
    except ValueError:
        is_valid = False
    is_too_long = len(position.encode()) >= keys.MAX_SORT_KEY_BYTES
    if position == text or not is_valid or is_too_long or not position.startswith(prefix):
        raise wrong_cursor_error()
    return position


def _digest(search: object) -> str:
    return hashlib.blake2b(repr(search).encode(), digest_size=8).hexdigest()


def _decode_base64(cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise wrong_cursor_error() from None


def wrong_cursor_error() -> RequestRejectedError:
    """Return the error for a cursor that no page of this search can have."""
    return RequestRejectedError(
        FieldViolation("cursor", "invalid", Text("This cursor belongs to another search"))
    )
