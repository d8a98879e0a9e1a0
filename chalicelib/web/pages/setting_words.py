"""A doctor's settings in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from chalicelib.domain.grid import ClinicSession

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


def hours(sessions: tuple[ClinicSession, ...]) -> list[str]:
    """The hours of each clinic session."""
    return [str(session) for session in sessions]
