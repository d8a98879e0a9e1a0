"""The values of the form of time off, and the request that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.month import week_dates
from chalicelib.domain.names import trim_name
from chalicelib.domain.text import Text
from chalicelib.domain.time_off import TimeOffAct
from chalicelib.use_cases.propose_time_off import TimeOffRequest
from chalicelib.web.api.validators import invalid_field, parse_date
from chalicelib.web.pages.hours_text import parse_time
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta
    from zoneinfo import ZoneInfo

    Fields = Mapping[str, list[str]]
    Errors = dict[str, str]


class TimeOffForm(Struct, frozen=True, kw_only=True):
    """The values of the form, as text. Without times, it is about whole days."""

    name: str
    first: str
    last: str
    start: str = ""
    end: str = ""
    act: str = TimeOffAct.STOP.value

    @classmethod
    def of_dates(cls, first: date, last: date) -> Self:
        """A form for these dates."""
        return cls(name=_("Time off"), first=first.isoformat(), last=last.isoformat())

    @classmethod
    def of_week(cls, on: date, today: date) -> Self:
        """A form for what is left of the week of the date."""
        week = week_dates(on)
        return cls.of_dates(max(week[0], min(today, week[-1])), week[-1])

    @classmethod
    def of_fields(cls, fields: Fields) -> Self:
        """The values that a person has sent."""

        def text(name: str) -> str:
            return fields.get(name, [""])[-1].strip()

        return cls(
            name=trim_name(text("name")),
            first=text("from"),
            last=text("to"),
            start=text("from_time"),
            end=text("to_time"),
            act=text("act"),
        )

    def to_request(self, zone: ZoneInfo, errors: Errors) -> TimeOffRequest | None:
        """Return what the form requests; None with ``errors`` by the ids of the fields."""
        first, last = (
            _parse_date(self.first, "from", errors),
            _parse_date(self.last, "to", errors),
        )
        start, end = (
            _parse_time(self.start, "from_time", self.end, errors),
            _parse_time(self.end, "to_time", self.start, errors),
        )
        if self.act not in [*TimeOffAct]:
            raise invalid_field("act", Text("one of %(kinds)s", kinds=", ".join(TimeOffAct)))
        if errors or first is None or last is None:
            return None
        act = TimeOffAct(self.act)
        if start is None or end is None:
            return TimeOffRequest(name=self.name, act=act, dates=(first, last))
        hours = local_time.to_utc(first, start, zone), local_time.to_utc(last, end, zone)
        return TimeOffRequest(name=self.name, act=act, hours=hours)


def _parse_date(text: str, field: str, errors: Errors) -> date | None:
    try:
        return parse_date(text, field)
    except RequestRejectedError:
        errors[field] = _("Enter a real date, for example 23 November 2026")
        return None


def _parse_time(text: str, field: str, other: str, errors: Errors) -> timedelta | None:
    """Parse a time; it is missing only if the other one is too."""
    time = parse_time(text)
    if time is None and (text or other):
        errors[field] = _("Enter a start and an end time, such as 09:00")
    return time
