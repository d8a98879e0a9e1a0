"""Which settings of a doctor a request changes, for the audit log."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit_log import SettingChange

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor

_MINUTE = timedelta(minutes=1)


def changed_settings(before: Doctor | None, after: Doctor) -> dict[str, SettingChange]:
    """Return the settings whose values differ, by name; all of them for a new doctor."""
    old = {} if before is None else _settings(before)
    return {
        name: SettingChange(before=old.get(name), after=value)
        for name, value in _settings(after).items()
        if old.get(name) != value
    }


def _settings(doctor: Doctor) -> dict[str, Any]:
    """Return the settings by their names in JSON, with values of JSON."""
    return {
        "name": doctor.name,
        "specialty": doctor.specialty,
        "location": doctor.location,
        "time_zone": doctor.zone.key,
        "slot_minutes": doctor.grid.slot_length // _MINUTE,
        "sessions": [str(session) for session in doctor.grid.sessions],
        "lead_minutes": doctor.lead_time // _MINUTE,
        "window_days": doctor.booking_window.days,
        "delegates": sorted(doctor.delegates),
        "active": doctor.is_active,
    }
