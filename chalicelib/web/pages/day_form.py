"""What a doctor asks of a date: which boxes to tick and which to untick, by their starts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from msgspec import Struct

from chalicelib.domain.changes import SlotChange
from chalicelib.domain.doctor import MAX_SLOTS_PER_DAY
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import SlotStatus, parse_start
from chalicelib.domain.violations import (
    FieldViolation,
)
from chalicelib.use_cases.manage_slots import SaveRequest
from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id, valid_key
from chalicelib.web.http.request import body

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalice.app import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFormState:
    """The boxes of a page, by their starts in UTC, as they were drawn and as they came back.

    ``shown`` were stored and free, ``offered`` could be ticked or unticked, ``ticked`` are so now.
    """

    initial: frozenset[datetime]
    editable: frozenset[datetime]
    checked: frozenset[datetime]

    @property
    def dirty(self) -> frozenset[datetime]:
        """The boxes that the doctor left otherwise than they were drawn."""
        return (self.checked ^ self.initial) & self.editable

    def changes(self) -> tuple[SlotChange, ...]:
        """What she changed, in time order; what was neither shown nor offered is left alone."""
        opens = dict.fromkeys(self.checked - self.initial, SlotStatus.FREE)
        closes = dict.fromkeys(
            (self.initial & self.editable) - self.checked, SlotStatus.UNAVAILABLE
        )
        return tuple(SlotChange(*item) for item in sorted((opens | closes).items()))


# Four that say which day; each box as shown, offered and ticked, those of an earlier grid besides.
MAX_FORM_FIELDS = 4 + 3 * 2 * MAX_SLOTS_PER_DAY


class DayForm(Struct, frozen=True, kw_only=True):
    """The page's form as it came back: what was drawn, and the save that it makes of it."""

    request: SaveRequest
    state: DayFormState
    version: int


def parse_save_form(request: Request) -> DayForm:
    """``POST /slots`` from the page. Raises ``Refused`` for a form that no browser makes."""
    try:
        fields = parse_qs(body(request).decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise RequestRejectedError(
            FieldViolation("body", "invalid", "The body is not a valid form")
        ) from None
    names = ("doctor_id", "date", "version", "request_id")
    if missing := [FieldViolation.required(n) for n in names if n not in fields]:
        raise RequestRejectedError(*missing)

    drawn = DayFormState(
        initial=_starts(fields, "shown"),
        editable=_starts(fields, "offered"),
        checked=_starts(fields, "ticked"),
    )
    if not drawn.checked <= drawn.editable:
        raise RequestRejectedError(
            FieldViolation("ticked", "invalid", "The form checks a box that could not be changed")
        )
    version = fields["version"][-1]
    if not re.fullmatch(r"\d{1,9}", version, re.ASCII):
        raise invalid_field("version", "the version of the day as it was drawn")
    return DayForm(
        request=SaveRequest(
            doctor_id=valid_doctor_id(fields["doctor_id"][-1]),
            date=parse_date(fields["date"][-1]),
            changes=drawn.changes(),
            request_id=valid_key("request_id", fields["request_id"][-1]),
        ),
        state=drawn,
        version=int(version),
    )


def _starts(fields: Mapping[str, list[str]], name: str) -> frozenset[datetime]:
    try:
        return frozenset(parse_start(value) for value in fields.get(name, ()))
    except ValueError:
        raise invalid_field(name, "the value of a box") from None
