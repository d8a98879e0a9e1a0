"""The week view: render it, answer its polls, and save its form, each date by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.bootstrap import get_services
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import query
from chalicelib.web.pages import schedule_responses
from chalicelib.web.pages.saved_days import save_days
from chalicelib.web.pages.schedule import Schedule

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.pages.schedule_form import WeekForm


def render_week(caller: Caller, doctor_id: str, date: date | None, request: Request) -> Response:
    """The full page; for htmx the part that another date changes, or the form for a poll."""
    if date and is_htmx(request) and query(request, "part"):
        return poll_form(caller, doctor_id, date, request)
    week = get_services().manage_weeks.get_week(caller, doctor_id, date)
    schedule = Schedule.of_week(week, date)
    if date is None and not query(request, "show"):
        schedule = _landing_schedule(caller, schedule)
    return schedule_responses.page_response(schedule, caller, request)


def _landing_schedule(caller: Caller, schedule: Schedule) -> Schedule:
    """The week of today while something can still happen in it, else the week after."""
    first = schedule.first_date_to_come()
    if first is None:
        doctor_id, monday = schedule.doctor.doctor_id, schedule.dates[-1] + timedelta(days=1)
        week = get_services().manage_weeks.get_week(caller, doctor_id, monday)
        schedule = Schedule.of_week(week, monday)
        first = schedule.first_date_to_come()
    return structs.replace(schedule, chosen=first or schedule.chosen)


def poll_form(caller: Caller, doctor_id: str, date: date, request: Request) -> Response:
    """The form as stored now, or 304 if the page has it already.

    Cached settings of the doctor are enough for a 304, but not to render from: another process may
    have changed them, and the page could go back to the old ones.
    """
    manage_weeks = get_services().manage_weeks
    for get_week in (manage_weeks.get_week_cached, manage_weeks.get_week):
        schedule = Schedule.of_week(get_week(caller, doctor_id, date), date)
        if schedule_responses.is_current(schedule, request):
            return schedule_responses.unchanged_response(schedule)
    return schedule_responses.form_response(schedule, caller, request)


def save_form(caller: Caller, form: WeekForm, request: Request) -> Response:
    """Save the dates that have changes; of those that are rejected, keep the changes."""
    manage_weeks = get_services().manage_weeks

    def read() -> Schedule:
        return Schedule.of_week(manage_weeks.get_week(caller, form.doctor_id, form.date), form.date)

    return save_days(caller, form, manage_weeks.save_week, read, request)
