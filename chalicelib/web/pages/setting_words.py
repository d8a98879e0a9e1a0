"""A doctor's settings in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.grid import EVERY_DAY
from chalicelib.domain.local_time import format_time_of_day
from chalicelib.web import dates
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.grid import ClinicSession
    from chalicelib.domain.series import TimeRange

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def words_of(text: str) -> str:
    """``General practice`` for ``general-practice``; text that is no such code stays as it is."""
    return text.replace("-", " ").capitalize() if _CODE.fullmatch(text) else text


def setting_labels() -> dict[str, str]:
    """The names of the settings on pages, by their names in JSON."""
    return {
        "name": _("Name"),
        "specialty": _("Specialty"),
        "location": _("Location"),
        "time_zone": _("Time zone"),
        "slot_minutes": _("Slot length"),
        "sessions": _("Hours"),
        "lead_minutes": _("Notice"),
        "window_days": _("Booking window"),
        "delegates": _("Delegates"),
        "active": _("Bookings"),
        "calendar_feed": _("Calendar feed"),
    }


def duration(length: timedelta) -> str:
    """``2 days``, ``3 hours`` or ``90 minutes``: the largest unit that fits."""
    if length and not length % _DAY:
        return ngettext("%(count)s day", "%(count)s days", length // _DAY)
    if length and not length % _HOUR:
        return ngettext("%(count)s hour", "%(count)s hours", length // _HOUR)
    return ngettext("%(count)s minute", "%(count)s minutes", length // _MINUTE)


def notice(lead_time: timedelta) -> str:
    """Say until when a slot can be booked."""
    if not lead_time:
        return _("None: patients can book until a slot starts")
    return _("%(duration)s before a slot starts", duration=duration(lead_time))


def hours(sessions: Sequence[ClinicSession]) -> list[str]:
    """The hours of each weekday; weekdays that have the same ones stand together."""
    return describe_hours(_by_weekday(sessions))


def hours_of_weekdays(sessions: Sequence[ClinicSession]) -> list[tuple[str, tuple[str, ...]]]:
    """The same in parts: the weekdays, and each of their hours."""
    return [
        (dates.format_weekdays(days), ranges)
        for ranges, days in group_weekdays(_by_weekday(sessions))
    ]


def describe_hours(weekly: Mapping[int, Sequence[TimeRange | ClinicSession]]) -> list[str]:
    """The hours of each group of weekdays (0 is Monday) that have the same ones."""
    return [
        _("%(days)s: %(hours)s", days=dates.format_weekdays(days), hours=", ".join(ranges))
        for ranges, days in group_weekdays(weekly)
    ]


def group_weekdays(
    weekly: Mapping[int, Sequence[TimeRange | ClinicSession]],
) -> list[tuple[tuple[str, ...], list[int]]]:
    """Group the weekdays by their hours; those without hours are left out."""
    by_hours: dict[tuple[str, ...], list[int]] = {}
    for day, each in weekly.items():
        if ranges := tuple(map(_range, each)):
            by_hours.setdefault(ranges, []).append(day)
    return [*by_hours.items()]


def _by_weekday(sessions: Sequence[ClinicSession]) -> dict[int, list[ClinicSession]]:
    return {day: [s for s in sessions if day in s.weekdays] for day in sorted(EVERY_DAY)}


def _range(session: TimeRange | ClinicSession) -> str:
    return f"{format_time_of_day(session.start)}–{format_time_of_day(session.end)}"
