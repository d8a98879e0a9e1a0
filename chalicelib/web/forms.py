"""From what a client sent to the values that the use cases take; says all that is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from uuid import uuid4

import msgspec

from chalicelib.domain import wall_time
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.domain.ticks import DrawnTicks, Tick
from chalicelib.use_cases.manage_slots import SaveRequest
from chalicelib.web.problems import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

# A form of 96 boxes, all shown, offered and ticked, is 7 kB.
_MOST_BYTES = 64 * 1024
_MOST_WORDS = 128
_BOX_FORMAT = "%Y%m%dT%H%MZ"
_BOX = re.compile(r"\d{8}T\d{4}Z", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DOCTOR_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[A-Za-z0-9._~-]{1,64}")
_ETAGS = re.compile(r'\s*(?:W/)?"(\d{1,9})\.[^"]*"\s*', re.ASCII)
_FIELD = re.compile(r"`\$\.?(?P<path>[^`]*)`$")
_MISSING = re.compile(r"missing required field `(?P<name>\w+)`")


class SlotToSave(msgspec.Struct):
    """A box to tick (``free``) or to untick (``busy-unavailable``)."""

    start: str
    status: str


class DayToSave(msgspec.Struct):
    """The body of ``POST /slots``."""

    doctor_id: str
    date: str
    slots: list[msgspec.Raw]  # each a SlotToSave, read one by one to tell all that are at fault


_DAY_TO_SAVE = msgspec.json.Decoder(DayToSave)
_SLOT_TO_SAVE = msgspec.json.Decoder(SlotToSave)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayForm:
    """The page's form as it came back: what was drawn, and the save that it makes of it."""

    request: SaveRequest
    drawn: DrawnTicks
    version: int


def is_form(request: Request) -> bool:
    """The page's own way to save, rather than a machine's."""
    return str(request.headers.get("content-type", "")).lower().startswith(FORM)


def is_doctor_id(text: str) -> bool:
    """Whether a doctor could have it."""
    return _DOCTOR_ID.fullmatch(text) is not None


def doctor_id(text: str) -> str:
    """Raise ``Refused`` unless it may be a doctor's id."""
    if is_doctor_id(text):
        return text
    raise _invalid("doctor_id", "1 to 64 letters, digits, _ or -")


def day(text: str) -> date:
    """A date that exists, within those that can be kept; else raise ``Refused``."""
    try:
        on = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        on = None
    if on is None:
        raise _invalid("date", "a date that exists, as in 2026-11-23")
    if not wall_time.EARLIEST_DATE <= on <= wall_time.LATEST_DATE:
        raise _invalid("date", f"from {wall_time.EARLIEST_DATE} to {wall_time.LATEST_DATE}")
    return on


def query(request: Request, name: str) -> str | None:
    """A query parameter; None where it is missing or empty."""
    parameters = request.query_params
    return parameters.get(name) or None if parameters else None


def words(request: Request, name: str) -> str | None:
    """A query parameter of at most 128 characters; else raise ``Refused``."""
    text = query(request, name)
    if text is not None and len(text) > _MOST_WORDS:
        raise _invalid(name, f"at most {_MOST_WORDS} characters")
    return text


def number(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """A query parameter that is a whole number in a range; else raise ``Refused``."""
    text = query(request, name)
    if text is None:
        return default
    if re.fullmatch(r"\d{1,9}", text, re.ASCII) and least <= int(text) <= most:
        return int(text)
    raise _invalid(name, f"a whole number from {least} to {most}")


def saved_json(request: Request) -> SaveRequest:
    """``POST /slots`` from a machine. Raises ``Refused``, ``HttpError``."""
    try:
        sent = _DAY_TO_SAVE.decode(_body(request))
        asked = _asked(sent.slots)
    except msgspec.ValidationError as error:
        raise Refused(_field_fault(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(FieldFault("body", "invalid", f"The body is no JSON: {error}")) from None
    return SaveRequest(
        doctor_id=doctor_id(sent.doctor_id),
        date=day(sent.date),
        asked=asked,
        request_id=_idempotency_key(request),
        if_versions=_if_match(request),
    )


def saved_form(request: Request) -> DayForm:
    """``POST /slots`` from the page. Raises ``Refused`` for a form that no browser makes."""
    try:
        fields = parse_qs(_body(request).decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise Refused(FieldFault("body", "invalid", "The body is no form")) from None
    names = ("doctor_id", "date", "version", "request_id")
    if missing := [FieldFault(n, "required", f"{n} is missing") for n in names if n not in fields]:
        raise Refused(*missing)

    drawn = DrawnTicks(
        shown=_boxes(fields, "shown"),
        offered=_boxes(fields, "offered"),
        ticked=_boxes(fields, "ticked"),
    )
    if not drawn.ticked <= drawn.offered:
        raise Refused(FieldFault("ticked", "invalid", "A box was ticked that was not offered"))
    version = fields["version"][-1]
    if not re.fullmatch(r"\d{1,9}", version, re.ASCII):
        raise _invalid("version", "the version of the day as it was drawn")
    return DayForm(
        request=SaveRequest(
            doctor_id=doctor_id(fields["doctor_id"][-1]),
            date=day(fields["date"][-1]),
            asked=drawn.asked(),
            request_id=_key("request_id", fields["request_id"][-1]),
        ),
        drawn=drawn,
        version=int(version),
    )


def box(start: datetime) -> str:
    """The opaque value of a box: its start in UTC."""
    return start.astimezone(UTC).strftime(_BOX_FORMAT)


def _boxes(fields: Mapping[str, list[str]], name: str) -> frozenset[datetime]:
    try:
        return frozenset(_start_of(value) for value in fields.get(name, ()))
    except ValueError:
        raise _invalid(name, "the value of a box") from None


def _start_of(value: str) -> datetime:
    if not _BOX.fullmatch(value):
        raise ValueError(value)
    return datetime.strptime(value, _BOX_FORMAT).replace(tzinfo=UTC)


def _body(request: Request) -> bytes:
    body = request.raw_body
    raw = body.encode() if isinstance(body, str) else body
    if len(raw) > _MOST_BYTES:
        detail = f"The body is larger than {_MOST_BYTES} bytes"
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    return raw


def _idempotency_key(request: Request) -> str:
    """The client's own name for the request, or a new one that nobody will use again."""
    key = request.headers.get("idempotency-key")
    return uuid4().hex if key is None else _key("Idempotency-Key", key)


def _key(name: str, text: str) -> str:
    if _KEY.fullmatch(text):
        return text
    raise _invalid(name, "1 to 64 letters, digits, . _ ~ or -")


def _if_match(request: Request) -> frozenset[int] | None:
    """The versions among the ETags of ``If-Match``; None for ``*``, or where there is none."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    etags = [_ETAGS.fullmatch(part) for part in header.split(",")]
    if not all(etags):
        raise _invalid("If-Match", 'ETags of this day, as in "3.1f2e"')
    return frozenset(int(etag[1]) for etag in etags if etag)


def _invalid(field: str, expected: str) -> Refused:
    return Refused(FieldFault(field, "invalid", f"{field} is not valid: expected {expected}"))


def _asked(slots: list[msgspec.Raw]) -> tuple[Tick, ...]:
    asked, faults = [], []
    for place, raw in enumerate(slots):
        try:
            slot = _SLOT_TO_SAVE.decode(raw)
            asked.append(Tick(slot.start, slot.status))
        except msgspec.ValidationError as error:
            faults.append(_field_fault(str(error), within=f"slots[{place}]"))
    if faults:
        raise Refused(*faults)
    return tuple(asked)


def _field_fault(message: str, within: str = "") -> FieldFault:
    """Of msgspec's sentence: ``Expected `str`, got `int` - at `$.start```."""
    place = _FIELD.search(message)
    path = ".".join(filter(None, (within, place["path"] if place else "")))
    if missing := _MISSING.search(message):
        field = f"{path}.{missing['name']}".lstrip(".")
        return FieldFault(field, "required", f"{field} is missing")
    said = message.partition(" - at `$")[0]
    return FieldFault(path or "body", "invalid", f"{path or 'The body'} is not valid: {said}")
