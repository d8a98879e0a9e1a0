"""What is read of a request, piece by piece; each says what is wrong with it."""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chalicelib import observation
from chalicelib.domain import slot_id as slot_ids
from chalicelib.domain import wall_time
from chalicelib.domain.errors import DoctorNotFound, Refused, SlotUnknown
from chalicelib.domain.faults import FieldFault
from chalicelib.domain.slot_id import SlotId
from chalicelib.web.problems import HttpError
from chalicelib.web.scalars import DEFAULT_PAGE_SIZE, KEY_PATTERN, MAX_QUERY_LENGTH, PAGE_SIZE_RANGE

if TYPE_CHECKING:
    from chalice.app import Request

JSON = "application/json"

# A form of 96 boxes, all shown, offered and ticked, is 7 kB.
MAX_BODY_BYTES = 64 * 1024
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_KEY = re.compile(KEY_PATTERN)
_FIELD_PATH = re.compile(r"`\$\.?(?P<path>[^`]*)`$")
_MISSING_FIELD = re.compile(r"missing required field `(?P<name>\w+)`")

T = TypeVar("T")


def body(request: Request) -> bytes:
    """At most 64 KiB; else raise ``HttpError``."""
    raw = request.raw_body
    raw = raw.encode() if isinstance(raw, str) else raw
    if len(raw) > MAX_BODY_BYTES:
        detail = f"The body is larger than {MAX_BODY_BYTES} bytes"
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return raw


def decode_json(request: Request, schema: type[T]) -> T:
    """The body as that type. Raises ``Refused``, ``HttpError``."""
    return decode(body(request), schema)


def decode(raw: bytes | msgspec.Raw, schema: type[T], prefix: str = "") -> T:
    """JSON as that type; ``within`` is where it stands. Raises ``Refused``."""
    try:
        return _decoder(schema).decode(raw)
    except msgspec.ValidationError as error:
        raise Refused(_violation_from_msgspec(str(error), prefix)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(FieldFault("body", "invalid", f"The body is no JSON: {error}")) from None


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(schema: type[T]) -> msgspec.json.Decoder[T]:
    if schema not in _decoders:
        _decoders[schema] = msgspec.json.Decoder(schema)
    return _decoders[schema]


def _violation_from_msgspec(message: str, prefix: str) -> FieldFault:
    """Of msgspec's sentence: ``Expected `str`, got `int` - at `$.start```."""
    place = _FIELD_PATH.search(message)
    path = ".".join(filter(None, (prefix, place["path"] if place else "")))
    if missing := _MISSING_FIELD.search(message):
        field = f"{path}.{missing['name']}".lstrip(".")
        return FieldFault(field, "required", f"{field} is missing")
    said = message.partition(" - at `$")[0]
    return FieldFault(path or "body", "invalid", f"{path or 'The body'} is not valid: {said}")


def query(request: Request, name: str) -> str | None:
    """A query parameter; None where it is missing or empty."""
    parameters = request.query_params
    return parameters.get(name) or None if parameters else None


def required_query(request: Request, name: str) -> str:
    """A query parameter; raise ``Refused`` where it is missing."""
    text = query(request, name)
    if text is None:
        raise Refused(FieldFault(name, "required", f"{name} is missing"))
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
        raise invalid_field(name, "a date that exists, as in 2026-11-23")
    if not wall_time.EARLIEST_DATE <= on <= wall_time.LATEST_DATE:
        raise invalid_field(name, f"from {wall_time.EARLIEST_DATE} to {wall_time.LATEST_DATE}")
    return on


def valid_doctor_id(text: str) -> str:
    """Raise ``Refused`` unless it may be a doctor's id."""
    if slot_ids.is_doctor_id(text):
        observation.current().about(text)
        return text
    raise invalid_field("doctor_id", "1 to 64 letters, digits, _ or -")


def doctor_id_from_path(path: str) -> str:
    """Part of a URL as a doctor's id; ``DoctorNotFound`` where none could have it."""
    if slot_ids.is_doctor_id(path):
        observation.current().about(path)
        return path
    raise DoctorNotFound(path)


def slot_id_from_path(path: str) -> SlotId:
    """Part of a URL as a slot's id; ``SlotUnknown`` where none could have it."""
    try:
        slot_id = SlotId.read(path.replace("%7E", "~").replace("%7e", "~"))
    except ValueError:
        detail = f"There is no slot {path}"
        raise SlotUnknown(FieldFault("slot_id", "slot_not_found", detail)) from None
    observation.current().about(slot_id.doctor_id)
    return slot_id


def valid_key(name: str, text: str) -> str:
    """What a client calls something of its own; raise ``Refused`` unless it is URL-safe."""
    if _KEY.fullmatch(text):
        return text
    raise invalid_field(name, "1 to 64 letters, digits, . _ ~ or -")


def invalid_field(field: str, expected: str) -> Refused:
    """A value that is not what was expected."""
    return Refused(FieldFault(field, "invalid", f"{field} is not valid: expected {expected}"))
