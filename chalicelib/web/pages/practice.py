"""The practice day: render it, answer its polls, and save its form, each doctor by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.web.api.practice_parsing import parse_doctor_ids, parse_practice_search
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import queries, query
from chalicelib.web.pages import schedule_responses
from chalicelib.web.pages.landing import find_landing_schedule
from chalicelib.web.pages.saved_days import save_days
from chalicelib.web.pages.schedule import Practice, Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.pages.schedule_form import DaysForm


def render_practice(caller: Caller, date: date | None, request: Request) -> Response:
    """The full page; for htmx the part that another date changes, or the form for a poll."""
    if date and is_htmx(request) and query(request, "part"):
        return poll_form(caller, date, request)
    practice = _parse_practice(request)
    day = get_services().practice.get_day(caller, practice.search, date)
    found = Practice(
        search=practice.search, focus=practice.focus, previous=day.previous, next=day.next
    )
    schedule = Schedule.of_practice(day, found)
    if not (date or is_htmx(request) or query(request, "show")):
        schedule = _landing_schedule(caller, schedule, found)
    return schedule_responses.page_response(schedule, caller, request)


def _landing_schedule(caller: Caller, today: Schedule, found: Practice) -> Schedule:
    get_doctors = get_services().practice.get_doctors
    doctor_ids = [column.doctor.doctor_id for column in today.columns]
    return find_landing_schedule(
        today, lambda on: Schedule.of_practice(get_doctors(caller, doctor_ids, on), found)
    )


def poll_form(caller: Caller, date: date, request: Request) -> Response:
    """The form as stored now, or 304 if the page has it already.

    As for a week, cached settings of the doctors are enough for a 304, but not to render from.
    """
    practice = get_services().practice
    shown = parse_doctor_ids(queries(request, "shown"), "shown")
    for get_doctors in (practice.get_doctors_cached, practice.get_doctors):
        day = get_doctors(caller, shown, date)
        schedule = Schedule.of_practice(day, _parse_practice(request))
        if schedule_responses.is_current(schedule, request):
            return schedule_responses.unchanged_response(schedule)
    return schedule_responses.form_response(schedule, caller, request)


def save_form(caller: Caller, form: DaysForm, request: Request) -> Response:
    """Save the doctors that have changes; of those that are rejected, keep the changes."""
    doctor_ids = [day.request.doctor_id for day in form.days]
    return save_days(
        caller,
        form,
        get_services().practice.save,
        lambda: read_schedule(caller, doctor_ids, form.date, request),
        request,
    )


def read_schedule(
    caller: Caller, doctor_ids: Sequence[str], date: date, request: Request
) -> Schedule:
    """Read the date of the doctors that a form has, found as the query of its URL says."""
    day = get_services().practice.get_doctors(caller, doctor_ids, date)
    return Schedule.of_practice(day, _parse_practice(request))


def _parse_practice(request: Request) -> Practice:
    return Practice(search=parse_practice_search(request), focus=query(request, "focus"))
