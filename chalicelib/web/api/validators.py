"""What is read of a request, piece by piece; each says what is wrong with it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chalicelib import request_context
from chalicelib.domain import local_time
from chalicelib.domain.errors import DoctorNotFoundError, RequestRejectedError, SlotNotFoundError
from chalicelib.domain.local_time import MAX_DATE
from chalicelib.domain.slot import SlotId, is_valid_doctor_id
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api.fields import (
    DEFAULT_PAGE_SIZE,
    KEY_PATTERN,
    MAX_QUERY_LENGTH,
    PAGE_SIZE_RANGE,
)
from chalicelib.web.http.request import body, query

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY = re.compile(KEY_PATTERN)
_FIELD_PATH = re.compile(r"`\$\.?(?P<path>[^`]*)`$")
_MISSING_FIELD = re.compile(r"missing required field `(?P<name>\w+)`")

T = TypeVar("T")


def decode_json(request: Request, schema: type[T]) -> T:
    """The body as that type. Raises ``Refused``, ``HttpError``."""
    return decode(body(request), schema)


def decode(raw: bytes | msgspec.Raw, schema: type[T], prefix: str = "") -> T:
    """JSON as that type; ``within`` is where it stands. Raises ``Refused``."""
    try:
        return _decoder(schema).decode(raw)
    except msgspec.ValidationError as error:
        raise RequestRejectedError(_violation_from_msgspec(str(error), prefix)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRejectedError(
            FieldViolation("body", "invalid", f"The body is not valid JSON: {error}")
        ) from None


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(schema: type[T]) -> msgspec.json.Decoder[T]:
    if schema not in _decoders:
        _decoders[schema] = msgspec.json.Decoder(schema)
    return _decoders[schema]


def _violation_from_msgspec(message: str, prefix: str) -> FieldViolation:
    """Of msgspec's sentence: ``Expected `str`, got `int` - at `$.start```."""
    place = _FIELD_PATH.search(message)
    path = ".".join(filter(None, (prefix, place["path"] if place else "")))
    if missing := _MISSING_FIELD.search(message):
        field = f"{path}.{missing['name']}".lstrip(".")
        return FieldViolation.required(field)
    said = message.partition(" - at `$")[0]
    return FieldViolation(path or "body", "invalid", f"{path or 'The body'} is not valid: {said}")


def required_query(request: Request, name: str) -> str:
    """A query parameter; raise ``Refused`` where it is missing."""
    text = query(request, name)
    if text is None:
        raise RequestRejectedError(FieldViolation.required(name))
    return text


def search_text(request: Request, name: str) -> str | None:
    """A query parameter of at most 128 characters; else raise ``Refused``."""
    text = query(request, name)
    if text is not None and len(text) > MAX_QUERY_LENGTH:
        raise invalid_field(name, f"at most {MAX_QUERY_LENGTH} characters")
    return text


def parse_limit(request: Request) -> int:
    """How many of a list a client wants at once; raise ``Refused`` where that is no such number."""
    text = query(request, "limit")
    if text is None:
        return DEFAULT_PAGE_SIZE
    least, most = PAGE_SIZE_RANGE
    if re.fullmatch(r"\d{1,9}", text, re.ASCII) and least <= int(text) <= most:
        return int(text)
    raise invalid_field("limit", f"a whole number from {least} to {most}")


def parse_date(text: str, name: str = "date") -> date:
    """A date that exists, within those that can be kept; else raise ``Refused``."""
    try:
        on = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        on = None
    if on is None:
        raise _invalid_date(name, "That isn't a real date. Use the format 2026-11-23.")
    if on < local_time.MIN_DATE:
        raise _invalid_date(name, f"Choose a date from {local_time.MIN_DATE.year} onwards")
    if on > local_time.MAX_DATE:
        raise _invalid_date(name, "Choose an earlier date")
    return on


def _invalid_date(name: str, detail: str) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation(name, "invalid", detail))


def valid_doctor_id(text: str) -> str:
    """Raise ``Refused`` unless it may be a doctor's id."""
    if is_valid_doctor_id(text):
        request_context.current_request().set_doctor(text)
        return text
    raise invalid_field("doctor_id", "1 to 64 letters, digits, _ or -")


def doctor_id_from_path(path: str) -> str:
    """Part of a URL as a doctor's id; ``DoctorNotFound`` where none could have it."""
    if is_valid_doctor_id(path):
        request_context.current_request().set_doctor(path)
        return path
    raise DoctorNotFoundError(path)


def slot_id_from_path(path: str) -> SlotId:
    """Part of a URL as a slot's id; ``SlotUnknown`` where none could have it."""
    try:
        slot_id = SlotId.parse(path.replace("%7E", "~").replace("%7e", "~"))
    except ValueError:
        detail = f'We couldn\'t find a slot with the ID "{path}"'
        raise SlotNotFoundError(FieldViolation("slot_id", "slot_not_found", detail)) from None
    request_context.current_request().set_doctor(slot_id.doctor_id)
    return slot_id


def valid_key(name: str, text: str) -> str:
    """What a client calls something of its own; raise ``Refused`` unless it is URL-safe."""
    if _KEY.fullmatch(text):
        return text
    raise invalid_field(name, "1 to 64 letters, digits, . _ ~ or -")


def invalid_field(field: str, expected: str) -> RequestRejectedError:
    """A value that is not what was expected."""
    return RequestRejectedError(
        FieldViolation(field, "invalid", f"{field} is not valid: expected {expected}")
    )


MAX_RANGE_DAYS = 31
_DEFAULT_RANGE_DAYS = 14


def parse_date_range(request: Request, today: Callable[[], date]) -> tuple[date, date]:
    """``from`` and ``to``, both included: by default today, and 13 days after ``from``.

    Raises ``Refused`` where that is no range, or one of more than 31 days.
    """
    sent_first, sent_last = (query(request, name) for name in ("from", "to"))
    first = parse_date(sent_first, "from") if sent_first else today()
    usual = min(first, MAX_DATE - timedelta(days=_DEFAULT_RANGE_DAYS)) + timedelta(
        days=_DEFAULT_RANGE_DAYS - 1
    )
    last = parse_date(sent_last, "to") if sent_last else max(first, usual)
    if last < first:
        raise invalid_field("to", f"no earlier than from, {first}")
    if (last - first).days >= MAX_RANGE_DAYS:
        raise invalid_field("to", f"at most {MAX_RANGE_DAYS} days, {first} included")
    return first, last
