"""Dates and times as the visitor reads them: on the clock of one zone, which is always named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examples.booking_site.slots_api import Slot

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
class Days:
    """The dates from ``first`` to ``last``, as the visitor's calendar has them."""

    first: date
    last: date

    @classmethod
    def starting(cls, first: date, number: int) -> Self:
        return cls(first=first, last=first + (number - 1) * ONE_DAY)

    @property
    def asked_for(self) -> tuple[date, date]:
        """The API's dates are the doctor's: with a day more at either end they hold all of ours."""
        return self.first - ONE_DAY, self.last + ONE_DAY

    @property
    def earlier(self) -> date:
        return self.first - (self.last + ONE_DAY - self.first)

    @property
    def later(self) -> date:
        return self.last + ONE_DAY

    def among(self, slots: Iterable[Slot], zone: ZoneInfo) -> list[Slot]:
        """Give those that begin on one of these dates, in the order of time."""
        begun = [slot for slot in slots if self.first <= date_of(slot, zone) <= self.last]
        return sorted(begun, key=lambda slot: slot.start)


def date_of(slot: Slot, zone: ZoneInfo) -> date:
    return slot.start.astimezone(zone).date()


def by_date(slots: Iterable[Slot], zone: ZoneInfo) -> dict[date, list[Slot]]:
    """Group slots that are in the order of time."""
    dates = groupby(slots, key=lambda slot: date_of(slot, zone))
    return {on: list(times) for on, times in dates}


def day(on: date) -> str:
    """``Monday 23 November 2026``."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """``09:00``; or ``01:30 +01:00`` where the clock is put back and shows a time twice."""
    local = instant.astimezone(zone)
    is_shown_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%H:%M} {local.isoformat()[-6:]}" if is_shown_twice else f"{local:%H:%M}"


@cache
def zones() -> dict[str, list[str]]:
    """Give the names to choose from by region, without old ones such as ``GB`` and ``EST5EDT``."""
    names = sorted(available_timezones())
    found = {region: [n for n in names if n.startswith(f"{region}/")] for region in REGIONS}
    return {**found, "Everywhere": ["UTC"]}


def zone_named(name: str) -> ZoneInfo | None:
    """Give the zone, or none for what is not among ``zones``."""
    return ZoneInfo(name) if any(name in names for names in zones().values()) else None
