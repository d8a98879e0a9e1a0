"""Dates and times in the visitor's or the doctor's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examples.booking_site.api_models import Slot

ONE_DAY = timedelta(days=1)
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """The dates from ``first`` to ``last``, both included, in the visitor's calendar."""

    first: date
    last: date

    @classmethod
    def from_first(cls, first: date, number: int) -> Self:
        return cls(first=first, last=first + (number - 1) * ONE_DAY)

    @property
    def query_range(self) -> tuple[date, date]:
        """The range to request: the API's dates are the doctor's, which may be a day off."""
        return self.first - ONE_DAY, self.last + ONE_DAY

    @property
    def previous_first(self) -> date:
        return self.first - (self.last + ONE_DAY - self.first)

    @property
    def next_first(self) -> date:
        return self.last + ONE_DAY

    def select(self, slots: Iterable[Slot], zone: ZoneInfo) -> list[Slot]:
        """Return the slots that start on one of these dates, sorted by start."""
        selected = [slot for slot in slots if self.first <= local_date(slot, zone) <= self.last]
        return sorted(selected, key=lambda slot: slot.start)


def local_date(slot: Slot, zone: ZoneInfo) -> date:
    return slot.start.astimezone(zone).date()


def group_by_date(slots: Iterable[Slot], zone: ZoneInfo) -> dict[date, list[Slot]]:
    """Group slots that are sorted by start."""
    groups = groupby(slots, key=lambda slot: local_date(slot, zone))
    return {on: list(slots_of_date) for on, slots_of_date in groups}


def format_date(on: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def format_short_date(on: date) -> str:
    """``Mon 23 Nov``."""
    return f"{on:%a} {on.day} {on:%b}"


def format_time(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; or ``01:30 +01:00`` in the hour that the clock shows twice."""
    local = instant.astimezone(zone)
    is_ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M} {local.isoformat()[-6:]}" if is_ambiguous else f"{local:%H:%M}"


def format_zone(zone: ZoneInfo) -> str:
    """``London time``."""
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return city if city == "UTC" else f"{city} time"


@cache
def zones() -> dict[str, list[str]]:
    """Return the names to choose from by region, without old ones such as ``EST5EDT``."""
    names = sorted(available_timezones())
    found = {region: [n for n in names if n.startswith(f"{region}/")] for region in REGIONS}
    return {**found, "Everywhere": ["UTC"]}


def find_zone(name: str) -> ZoneInfo | None:
    """Return the zone, or None if the name is not among ``zones``."""
    return ZoneInfo(name) if any(name in names for names in zones().values()) else None
