"""The journey from a week, a day or a series to the preview of a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.plan_errors import SeriesNotFoundError
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api.plan_parsing import plan_id_from_path, series_id_from_path
from chalicelib.web.api.validators import parse_date, valid_doctor_id
from chalicelib.web.api.week_parsing import parse_week_date
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import query
from chalicelib.web.pages import series as pages
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.plan import redirect_to_plan
from chalicelib.web.pages.series import FormContext
from chalicelib.web.pages.series_form import SeriesForm
from chalicelib.web.pages.series_form_parsing import parse_end_date, parse_series_form
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.web.pages.series_form_parsing import Errors

    Fields = Mapping[str, list[str]]

_ONE_DAY = timedelta(days=1)
# The fields of a problem by the field of the form beside which its sentence stands.
_FIELDS_OF_FORM = {
    "series.weekly": "weekday",
    "series.name": "name",
    "series.from": "from",
    "series.to": "to",
    "from": "to",
}


def render_new(caller: Caller, doctor_id: str, request: Request) -> Response:
    """Render the form: of a week or a day to repeat, of a plan to revise, or of all hours."""
    services = get_services()
    if query(request, "plan_id"):
        return _render_revised(caller, doctor_id, query(request, "plan_id") or "", request)
    if week_date := query(request, "week"):
        on = parse_week_date(week_date, "week")
        week = services.manage_weeks.get_week(caller, doctor_id, on)
        form = SeriesForm.of_week(week.doctor, week.days, week.now)
        hint = "" if form.weekdays else _("This week has no slots. Choose weekdays and hours.")
        context = FormContext(doctor=week.doctor, source=("week", on), hint=hint)
    elif day := query(request, "date"):
        on = parse_date(day)
        view = services.manage_slots.get_day(caller, doctor_id, on)
        form = SeriesForm.of_day(view.doctor, view.day, view.now)
        hint = "" if view.day.slots else _("This day has no slots. Enter the hours.")
        context = FormContext(doctor=view.doctor, source=("date", on), hint=hint)
    else:
        doctor = require_doctor(caller, doctor_id)
        form = SeriesForm.of_hours(doctor, services.now())
        context = FormContext(doctor=doctor)
    return pages.render_form(form, context, caller, request)


def _render_revised(caller: Caller, doctor_id: str, plan_id: str, request: Request) -> Response:
    """Render the form with the values of a plan that was previewed."""
    view = get_services().plans.apply_plans.view(caller, doctor_id, plan_id_from_path(plan_id))
    plan = view.plan
    if plan.series is None:
        raise SeriesNotFoundError
    form = SeriesForm.of_series(plan.series, plan.replaced)
    return pages.render_form(form, FormContext(doctor=view.doctor), caller, request)


def render_edit(caller: Caller, doctor_id: str, series_id: str, request: Request) -> Response:
    """Render the form that changes a series."""
    doctor = require_doctor(caller, doctor_id)
    series_id = series_id_from_path(series_id)
    series = get_services().plans.list_series.get_series(caller, doctor_id, series_id)
    form = SeriesForm.of_series(series, series.version)
    return pages.render_form(form, FormContext(doctor=doctor), caller, request)


def render_end(caller: Caller, doctor_id: str, series_id: str, request: Request) -> Response:
    """Render the form that ends a series, by default today."""
    doctor = require_doctor(caller, doctor_id)
    series_id = series_id_from_path(series_id)
    series = get_services().plans.list_series.get_series(caller, doctor_id, series_id)
    today = local_time.local_date(get_services().now(), doctor.zone)
    return pages.render_end(series, today, FormContext(doctor=doctor), caller, request)


def preview_form(caller: Caller, request: Request) -> Response:
    """Propose the series of the form and redirect to its preview; or say what is wrong with it."""
    fields = decode_fields(request, ("doctor_id", "name"))
    doctor = require_doctor(caller, valid_doctor_id(fields["doctor_id"][-1]))
    parsed, errors = parse_series_form(fields), {}
    if parsed.request:
        try:
            proposals = get_services().plans.propose_series
            view = proposals.propose(caller, doctor.doctor_id, parsed.request)
            return redirect_to_plan(view.plan, request)
        except RequestRejectedError as error:
            errors = _errors_of(error, request)
    context = FormContext(
        doctor=doctor,
        source=_source(fields),
        errors=errors or parsed.errors,
    )
    return pages.render_form(parsed.form, context, caller, request)


def preview_end(caller: Caller, series_id: str, request: Request) -> Response:
    """Propose the end of a series and redirect to its preview; or say what is wrong."""
    fields = decode_fields(request, ("doctor_id", "to"))
    doctor = require_doctor(caller, valid_doctor_id(fields["doctor_id"][-1]))
    series_id = series_id_from_path(series_id)
    series = get_services().plans.list_series.get_series(caller, doctor.doctor_id, series_id)
    errors: Errors = {}
    last = parse_end_date(fields, errors)
    if last:
        try:
            view = _propose_end(caller, doctor, series_id, last)
            return redirect_to_plan(view.plan, request)
        except RequestRejectedError as error:
            errors = _errors_of(error, request)
    context = FormContext(doctor=doctor, errors=errors)
    return pages.render_end(series, fields["to"][-1], context, caller, request)


def _propose_end(caller: Caller, doctor: Doctor, series_id: str, last: date) -> PlanView:
    proposals = get_services().plans.propose_series
    return proposals.propose_end(caller, doctor.doctor_id, series_id, last + _ONE_DAY)


def require_doctor(caller: Caller, doctor_id: str) -> Doctor:
    """Return the doctor. Raises ``PermissionDeniedError``, ``DoctorNotFoundError``."""
    doctor = get_services().doctors.get(doctor_id)
    caller.require_role_for(doctor)
    return doctor


def _source(fields: Fields) -> tuple[str, date] | None:
    """The week or the day that the form repeats."""
    if text := fields.get("week"):
        return "week", parse_week_date(text[-1], "week")
    if text := fields.get("date"):
        return "date", parse_date(text[-1])
    return None


def _errors_of(error: RequestRejectedError, request: Request) -> Errors:
    """Return the reasons by their fields of the form. Raises the error for an API client."""
    if not wants_html(request):
        raise error
    request_context.current_request().code = error.code
    if not any(isinstance(each, FieldViolation) for each in error.violations):
        return {"form": _nothing_opens()}
    return errors_by_field(error, _FIELDS_OF_FORM)


def _nothing_opens() -> str:
    return _(
        "None of these slots can be opened: each is open already, overlaps another slot or has "
        "started"
    )
