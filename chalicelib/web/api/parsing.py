"""Parse requests into the values that the use cases take: the domain gets no unparsed text."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.changes import InvalidChange, LocalStart, SlotChange
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.text import Text
from chalicelib.use_cases.manage_slots import SaveRequest, compute_fingerprint
from chalicelib.web.api import schemas
from chalicelib.web.api.decoding import decode_json
from chalicelib.web.api.validators import (
    parse_date,
    parse_if_match,
    to_instant,
    valid_doctor_id,
    valid_key,
)
from chalicelib.web.http.request import header

if TYPE_CHECKING:
    from datetime import datetime

    from chalice.app import Request


_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_REQUESTABLE_STATUSES: dict[str, SlotStatus] = {
    status.value: status for status in (SlotStatus.FREE, SlotStatus.UNAVAILABLE)
}


def parse_save_json(request: Request) -> SaveRequest:
    """``POST /slots`` with JSON. Raises ``RequestRejectedError``, ``HttpError``."""
    sent, violations = decode_json(request, schemas.SaveDayRequest)
    with violations:
        doctor_id = valid_doctor_id(sent.doctor_id)
    with violations:
        date = parse_date(sent.date)
    with violations:
        request_id = idempotency_key(request)
    with violations:
        expected_versions = _expected_day_versions(request)
    violations.raise_any()
    return SaveRequest(
        doctor_id=doctor_id,
        date=date,
        changes=tuple(parse_slot_change(slot.start, slot.status) for slot in sent.slots),
        request_id=request_id,
        fingerprint=compute_fingerprint((slot.start, slot.status) for slot in sent.slots),
        expected_versions=expected_versions,
    )


def parse_slot_change(start_text: str, status_text: str) -> SlotChange | InvalidChange:
    """Parse a slot of a save.

    A slot that is malformed by itself is no error yet: the response lists it in its place among
    the slots that the day does not allow.
    """
    start = parse_start(start_text)
    if start is None:
        reason = Text("Expected a time of day (09:00) or RFC 3339 with an offset")
        return InvalidChange(start_text, reason)
    if status_text not in _REQUESTABLE_STATUSES:
        reason = Text(
            "Unknown status %(status)s: use free or busy-unavailable", status=repr(status_text)
        )
        return InvalidChange(start_text, reason, start)
    return SlotChange(start, _REQUESTABLE_STATUSES[status_text])


def parse_start(text: str) -> datetime | LocalStart | None:
    """A start: a time of day, or RFC 3339 with an offset; None if it is malformed."""
    if _LOCAL_TIME.fullmatch(text):
        return LocalStart(time.fromisoformat(text))
    return to_instant(text) if _RFC3339.fullmatch(text) else None


def idempotency_key(request: Request) -> str:
    """The client's key for the request, or a new one that is used only once."""
    key = header(request, "idempotency-key")
    return uuid4().hex if key is None else valid_key("Idempotency-Key", key)


def _expected_day_versions(request: Request) -> frozenset[int] | None:
    """The versions in the ETags of ``If-Match``; None for ``*`` or without the header.

    Only the versions are compared, so that a booking does not fail a save. So a weak ETag counts
    too: a cache between client and server may have made it weak.
    """
    tags = parse_if_match(request)
    return None if tags is None or tags.is_any else tags.versions(with_weak=True)
