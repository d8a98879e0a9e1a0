"""URLs of a doctor's dates and views."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.web.pages import booking_links, plan_links

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_PATHS = {"day": "/slots", "week": "/slots/week", "month": "/slots/month"}
_STEPS = {"day": timedelta(days=1), "week": timedelta(days=7)}


class ScheduleLinks(Struct, frozen=True, kw_only=True):
    """Links of the schedule page; None beyond the first and the last date."""

    previous: str | None
    today: str
    next: str | None
    day: str
    week: str
    month: str
    history: str
    origins: str
    repeat: str
    series: str
    bookings: str
    time_off: str
    export_slots: str
    import_slots: str
    settings: str
    poll: str
    rail: str


def schedule_links(base: str, view: str, doctor_id: str, on: date) -> ScheduleLinks:
    """The links of the day or the week that has the date."""
    urls = {name: f"{base}{path}?{_query(doctor_id, on)}" for name, path in _PATHS.items()}
    month = f"{base}{_PATHS['month']}?{urlencode({'doctor_id': doctor_id, 'month': f'{on:%Y-%m}'})}"
    return ScheduleLinks(
        previous=_step(base, view, doctor_id, on, -1),
        # Without a date: the page may stay open past midnight.
        today=f"{landing_url(base, view, doctor_id)}&show=today",
        next=_step(base, view, doctor_id, on, 1),
        day=urls["day"],
        week=urls["week"],
        month=month,
        history=changes_url(base, doctor_id, _dates_shown(view, on)),
        origins=plan_links.origins_url(base, doctor_id, on),
        repeat=_repeat_url(base, view, doctor_id, on),
        series=plan_links.series_list_url(base, doctor_id),
        bookings=booking_links.bookings_url(base, doctor_id, on),
        time_off=plan_links.time_off_url(base, doctor_id, view, on),
        export_slots=plan_links.export_url(base, doctor_id),
        import_slots=plan_links.import_url(base, doctor_id),
        settings=plan_links.settings_url(base, doctor_id),
        poll=f"{urls[view]}&part=schedule",
        rail=f"{urls['month']}&part=rail",
    )


def _repeat_url(base: str, view: str, doctor_id: str, on: date) -> str:
    to_repeat = plan_links.repeat_week_url if view == "week" else plan_links.copy_day_url
    return to_repeat(base, doctor_id, on)


def _dates_shown(view: str, on: date) -> dict[str, str]:
    """The filters of the changes to the day, or to the week."""
    if view == "day":
        return {"date": on.isoformat()}
    monday = max(local_time.MIN_DATE, on - timedelta(days=on.weekday()))
    sunday = min(local_time.MAX_DATE, on + timedelta(days=6 - on.weekday()))
    return {"from": monday.isoformat(), "to": sunday.isoformat(), "view": "week"}


def _step(base: str, view: str, doctor_id: str, on: date, steps: int) -> str | None:
    try:
        other = on + steps * _STEPS[view]
    except OverflowError:
        return None
    if not local_time.MIN_DATE <= other <= local_time.MAX_DATE:
        return None
    return f"{view_path(base, view)}?{_query(doctor_id, other)}"


def view_path(base: str, view: str) -> str:
    """The path of the view, to which its form is sent."""
    return f"{base}{_PATHS[view]}"


def day_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the day's page."""
    return f"{view_path(base, 'day')}?{_query(doctor_id, on)}"


def week_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the page of the week that has the date."""
    return f"{view_path(base, 'week')}?{_query(doctor_id, on)}"


def landing_url(base: str, view: str, doctor_id: str) -> str:
    """The URL of a doctor's schedule without a date: today's, or the next with hours left."""
    return f"{view_path(base, view)}?{urlencode({'doctor_id': doctor_id})}"


def view_url(base: str, view: str, doctor_id: str, on: date) -> str:
    """The URL of the date's page in that view."""
    return f"{view_path(base, view)}?{_query(doctor_id, on)}"


def history_url(base: str, doctor_id: str, on: date) -> str:
    """The URL of the day's history."""
    return f"{base}/slots/history?{_query(doctor_id, on)}"


def changes_url(
    base: str,
    doctor_id: str,
    filters: Mapping[str, str] | None = None,
    cursor: str | None = None,
) -> str:
    """The URL of a doctor's changes with those filters, or of a further page of them."""
    further = {"cursor": cursor} if cursor else {}
    fields = {"doctor_id": doctor_id, **(filters or {}), **further}
    return f"{base}/changes?{urlencode(fields)}"


def _query(doctor_id: str, on: date) -> str:
    return urlencode({"doctor_id": doctor_id, "date": on.isoformat()})
