"""The form of the day view: its state, and parsing it into a save."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from msgspec import Struct

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.manage_slots import SaveRequest, compute_fingerprint
from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id, valid_key
from chalicelib.web.http.request import MAX_BODY_BYTES, body
from chalicelib.web.pages.boxes import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalice.app import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFormState:
    """The state of the day form.

    ``initial`` boxes had a free slot when the form was rendered, ``editable`` ones could be changed
    then, ``checked`` ones are checked now. Only what the doctor edited becomes a change, so changes
    that others make at the same time are not undone.
    """

    initial: frozenset[Box]
    editable: frozenset[Box]
    checked: frozenset[Box]

    @property
    def dirty(self) -> frozenset[Box]:
        """The boxes that the doctor edited."""
        return (self.checked ^ self.initial) & self.editable

    def changes(self) -> tuple[SlotChange, ...]:
        """What the doctor edited, in time order."""
        opened = dict.fromkeys(self.checked - self.initial, SlotStatus.FREE)
        closed = dict.fromkeys(
            (self.initial & self.editable) - self.checked, SlotStatus.UNAVAILABLE
        )
        edited = sorted((opened | closed).items(), key=lambda item: str(item[0]))
        return tuple(SlotChange(box.start, status, box.end) for box, status in edited)


# No form of a day has more: those that the largest body has room for.
MAX_FORM_FIELDS = MAX_BODY_BYTES // len("shown=20261123T0900Z&")


class DayForm(Struct, frozen=True, kw_only=True):
    """The submitted form: its state, the version that was rendered, and the save it requests."""

    request: SaveRequest
    state: DayFormState
    version: int


def parse_save_form(request: Request) -> DayForm:
    """``POST /slots`` from the page. Raises ``RequestRejectedError``, ``HttpError``."""
    fields = decode_fields(request)
    return build_day_form(
        valid_doctor_id(fields["doctor_id"][-1]),
        parse_date(fields["date"][-1]),
        valid_key("request_id", fields["request_id"][-1]),
        parse_version(fields["version"][-1]),
        fields,
    )


def build_day_form(
    doctor_id: str, date: date, request_id: str, version: int, boxes: Mapping[str, list[str]]
) -> DayForm:
    """The form of a date from its boxes. Raises ``RequestRejectedError``."""
    state = _parse_state(boxes)
    changes = state.changes()
    save_request = SaveRequest(
        doctor_id=doctor_id,
        date=date,
        changes=changes,
        request_id=request_id,
        fingerprint=compute_fingerprint((_describe(change), change.status) for change in changes),
    )
    return DayForm(request=save_request, state=state, version=version)


def _describe(change: SlotChange) -> str:
    # A form of a former release keeps its fingerprint: its save may be repeated after an update.
    return str(change.start) if change.end is None else f"{change.start}/{change.end}"


def decode_fields(
    request: Request,
    required: Sequence[str] = ("doctor_id", "date", "version", "request_id"),
    max_bytes: int = MAX_BODY_BYTES,
) -> Mapping[str, list[str]]:
    """The fields of a form, by default of days.

    Raises ``RequestRejectedError`` if one is missing or the body is no form.
    """
    try:
        text = body(request, max_bytes).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, errors="strict")
    except ValueError:
        raise RequestRejectedError(
            FieldViolation("body", "invalid", "The body is not a valid form")
        ) from None
    if missing := [FieldViolation.required(name) for name in required if name not in fields]:
        raise RequestRejectedError(*missing)
    return fields


def _parse_state(fields: Mapping[str, list[str]]) -> DayFormState:
    state = DayFormState(
        initial=_boxes(fields, "shown"),
        editable=_boxes(fields, "offered"),
        checked=_boxes(fields, "ticked"),
    )
    if not state.checked <= state.editable:
        raise RequestRejectedError(
            FieldViolation("ticked", "invalid", "The form checks a box that could not be changed")
        )
    return state


def parse_version(text: str) -> int:
    """The version that was rendered. Raises ``RequestRejectedError``."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise invalid_field("version", "the version of the day as it was rendered")
    return int(text)


def _boxes(fields: Mapping[str, list[str]], name: str) -> frozenset[Box]:
    try:
        return frozenset(map(Box.parse, fields.get(name, ())))
    except ValueError:
        raise invalid_field(name, "the value of a box") from None
