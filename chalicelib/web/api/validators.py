"""Validate single values of a request; each error names its field."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.domain import local_time
from chalicelib.domain.errors import DoctorNotFoundError, RequestRejectedError, SlotNotFoundError
from chalicelib.domain.local_time import MAX_DATE
from chalicelib.domain.slot import SlotId, is_valid_doctor_id
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation, not_valid
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.fields import (
    DEFAULT_PAGE_SIZE,
    KEY_PATTERN,
    MAX_QUERY_LENGTH,
    PAGE_SIZE_RANGE,
)
from chalicelib.web.http.conditional import parse_entity_tags
from chalicelib.web.http.request import header, query

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.http.conditional import EntityTags

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY = re.compile(KEY_PATTERN)
# Later and earlier instants exceed the range of ``datetime`` in some time zone.
_MIN_INSTANT = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_MAX_INSTANT = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


def required_query(request: Request, name: str) -> str:
    """A query parameter. Raises ``RequestRejectedError`` if it is missing."""
    text = query(request, name)
    if text is None:
        raise RequestRejectedError(FieldViolation.required(name))
    return text


def search_text(request: Request, name: str) -> str | None:
    """A query parameter of at most 128 characters. Raises ``RequestRejectedError``."""
    text = query(request, name)
    if text is not None and len(text) > MAX_QUERY_LENGTH:
        raise invalid_field(name, Text("at most %(limit)s characters", limit=MAX_QUERY_LENGTH))
    return text


def parse_limit(request: Request, default: int = DEFAULT_PAGE_SIZE) -> int:
    """The page size that a client requests. Raises ``RequestRejectedError``."""
    text = query(request, "limit")
    if text is None:
        return default
    low, high = PAGE_SIZE_RANGE
    if re.fullmatch(r"\d{1,9}", text, re.ASCII) and low <= int(text) <= high:
        return int(text)
    raise invalid_field(
        "limit", Text("a whole number from %(low)s to %(high)s", low=low, high=high)
    )


def parse_date(text: str, name: str = "date") -> date:
    """A date that exists and can be stored. Raises ``RequestRejectedError``."""
    try:
        parsed = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise _invalid_date(name, Text("That isn't a real date. Use the format 2026-11-23."))
    if parsed < local_time.MIN_DATE:
        raise _invalid_date(
            name, Text("Choose a date from %(year)s onwards", year=local_time.MIN_DATE.year)
        )
    if parsed > local_time.MAX_DATE:
        raise _invalid_date(name, Text("Choose an earlier date"))
    return parsed


def to_instant(text: str) -> datetime | None:
    """The instant in UTC of RFC 3339 with an offset; None if no zone has such a date and time."""
    try:
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):  # 30 February, or outside the years 1 to 9999
        return None
    return instant if _MIN_INSTANT <= instant <= _MAX_INSTANT else None


def optional_date(request: Request, name: str) -> date | None:
    """A query parameter with a date; None if it is missing. Raises ``RequestRejectedError``."""
    text = query(request, name)
    return parse_date(text, name) if text else None


def _invalid_date(name: str, detail: str) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation(name, "invalid", detail))


def valid_doctor_id(text: str) -> str:
    """A doctor's id in a query or body. Raises ``RequestRejectedError``."""
    if is_valid_doctor_id(text):
        request_context.current_request().set_doctor(text)
        return text
    raise invalid_field("doctor_id", Text("1 to 64 letters, digits, _ or -"))


def requested_doctor_id(caller: Caller, request: Request) -> str:
    """The requested doctor's id, by default the caller's own.

    Raises ``PermissionDeniedError`` if the caller can manage no schedule at all, and
    ``RequestRejectedError`` if the id is missing or malformed.
    """
    doctor_id = query(request, "doctor_id") or caller.doctor_id
    if doctor_id is not None:
        return valid_doctor_id(doctor_id)
    caller.require_can_manage_any()
    raise RequestRejectedError(FieldViolation.required("doctor_id"))


def doctor_id_from_path(path: str) -> str:
    """A doctor's id in a path. Raises ``DoctorNotFoundError`` if no doctor can have it."""
    if is_valid_doctor_id(path):
        request_context.current_request().set_doctor(path)
        return path
    raise DoctorNotFoundError(path)


def slot_id_from_path(path: str) -> SlotId:
    """A slot's id in a path. Raises ``SlotNotFoundError`` if no slot can have it."""
    try:
        slot_id = SlotId.parse(path)
    except ValueError:
        detail = Text('We couldn\'t find a slot with the ID "%(slot_id)s"', slot_id=path)
        raise SlotNotFoundError(FieldViolation("slot_id", "slot_not_found", detail)) from None
    request_context.current_request().set_slot(slot_id)
    return slot_id


def valid_key(name: str, text: str) -> str:
    """An id or key that a client chose, URL-safe. Raises ``RequestRejectedError``."""
    if _KEY.fullmatch(text):
        return text
    raise invalid_field(name, Text("1 to 64 letters, digits, . _ ~ or -"))


def parse_if_match(request: Request) -> EntityTags | None:
    """The ETags in ``If-Match``; None without it. Raises ``RequestRejectedError``."""
    return _parse_etags("If-Match", request)


def parse_if_none_match(request: Request) -> EntityTags | None:
    """The ETags in ``If-None-Match`` of a write; None without it.

    Raises ``RequestRejectedError``: a write without its condition could destroy something.
    """
    return _parse_etags("If-None-Match", request)


def _parse_etags(name: str, request: Request) -> EntityTags | None:
    text = header(request, name)
    tags = None if text is None else parse_entity_tags(text)
    if text is not None and tags is None:
        raise invalid_field(name, Text('ETags in quotes, as in "3.1f2e", or *'))
    return tags


def invalid_field(field: str, expected: str) -> RequestRejectedError:
    """The error for a field with a malformed value."""
    return RequestRejectedError(FieldViolation(field, "invalid", not_valid(field, expected)))


MAX_RANGE_DAYS = 31
_DEFAULT_RANGE_DAYS = 14


def parse_date_range(request: Request, today: Callable[[], date]) -> tuple[date, date]:
    """``from`` and ``to``, both included: by default today and 13 days after ``from``.

    Raises ``RequestRejectedError`` for a range that is reversed or longer than 31 days.
    """
    first_text, last_text = _range_texts(request)
    require_dates(request, "from", "to")
    first = parse_date(first_text, "from") if first_text else today()
    default_last = min(first, MAX_DATE - timedelta(days=_DEFAULT_RANGE_DAYS)) + timedelta(
        days=_DEFAULT_RANGE_DAYS - 1
    )
    last = parse_date(last_text, "to") if last_text else max(first, default_last)
    if last < first:
        raise invalid_field("to", Text("no earlier than from, %(date)s", date=first))
    if (last - first).days >= MAX_RANGE_DAYS:
        raise invalid_field(
            "to",
            Text("at most %(count)s days, %(date)s included", count=MAX_RANGE_DAYS, date=first),
        )
    return first, last


def parse_search_range(request: Request, now: datetime) -> tuple[date | None, date | None]:
    """``from`` and ``to`` of a search; None where each doctor's own today decides.

    Raises ``RequestRejectedError`` as ``parse_date_range``, from the first date on which it is
    today in some zone.
    """
    first_text, last_text = _range_texts(request)
    first, last = parse_date_range(request, lambda: local_time.dates_anywhere(now)[0])
    return (first if first_text else None), (last if first_text or last_text else None)


def require_dates(request: Request, *names: str) -> None:
    """Raise ``RequestRejectedError`` with every parameter that has a text and no valid date."""
    violations = Violations()
    for name in names:
        with violations:
            optional_date(request, name)
    violations.raise_any()


def _range_texts(request: Request) -> tuple[str | None, str | None]:
    return query(request, "from"), query(request, "to")
