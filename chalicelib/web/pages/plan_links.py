"""URLs of the pages of series and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from datetime import date


def series_list_url(base: str, doctor_id: str) -> str:
    """The URL of a doctor's series."""
    return _url(f"{base}/series", doctor_id)


def repeat_week_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the form that repeats the week of the date."""
    return _url(f"{base}/series/new", doctor_id, week=on.isoformat())


def copy_day_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the form that copies the date."""
    return _url(f"{base}/series/new", doctor_id, date=on.isoformat())


def new_series_url(base: str, doctor_id: str) -> str:
    """The URL of the form of a series that starts from the doctor's hours."""
    return _url(f"{base}/series/new", doctor_id)


def revise_url(base: str, doctor_id: str, plan_id: str) -> str:
    """The URL of the form with the values of a plan."""
    return _url(f"{base}/series/new", doctor_id, plan_id=plan_id)


def edit_url(base: str, doctor_id: str, series_id: str) -> str:
    """The URL of the form that changes a series."""
    return _url(f"{base}/series/{series_id}/edit", doctor_id)


def end_url(base: str, doctor_id: str, series_id: str) -> str:
    """The URL of the form that ends a series."""
    return _url(f"{base}/series/{series_id}/end", doctor_id)


def plan_url(base: str, doctor_id: str, plan_id: str) -> str:
    """The URL of a plan: its preview, its progress or its result."""
    return _url(f"{base}/plans/{plan_id}", doctor_id)


def time_off_url(base: str, doctor_id: str, view: str = "", on: date | None = None) -> str:
    """The URL of time off: its list, and the form for the day or the week of the date."""
    parameters = {"week" if view == "week" else "date": on.isoformat()} if on else {}
    return _url(f"{base}/time-off", doctor_id, **parameters)


def settings_url(base: str, doctor_id: str) -> str:
    """The URL of a doctor's settings."""
    return _url(f"{base}/settings", doctor_id)


def export_url(base: str, doctor_id: str) -> str:
    """The URL of the file with a doctor's slots, from today on."""
    return f"{base}/doctors/{doctor_id}/export"


def import_url(base: str, doctor_id: str) -> str:
    """The URL of the form that imports slots."""
    return _url(f"{base}/import", doctor_id)


def origins_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of what opened the slots of the date."""
    return _url(f"{base}/slots/origins", doctor_id, date=on.isoformat())


def _url(path: str, doctor_id: str, **parameters: str) -> str:
    return f"{path}?{urlencode({'doctor_id': doctor_id, **parameters})}"
