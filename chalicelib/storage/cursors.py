"""Where a page of a search ended, as an opaque text for the client that asks for the next."""

from __future__ import annotations

import base64

from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.storage import keys


def write(place: str) -> str:
    """The place of the last that was told (``keys.in_directory``), in base64url (RFC 4648)."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read(cursor: str, *, within: str, parts: int) -> str:
    """The reverse of ``write``, for a search of places of so many parts that begin as ``within``.

    Raises ``Refused`` for what is no cursor of that search.
    """
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        is_one = len(keys.read_place(text := place.decode())) == parts
    except ValueError:
        is_one, text = False, ""
    if not is_one or len(place) >= keys.LONGEST_SORT_KEY or not text.startswith(within):
        raise Refused(FieldFault("cursor", "invalid", "This cursor is not of this search"))
    return text
