"""The page of time off: the form that takes it, and what is to come, each with a way to lift it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.time_off import TimeOffAct
from chalicelib.web.api.time_off_parsing import parse_time_off_id
from chalicelib.web.api.validators import parse_date, valid_doctor_id
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links, messages, time_off_words
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.plan import redirect_to_plan
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.series_journey import require_doctor
from chalicelib.web.pages.time_off_form import TimeOffForm
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.time_off import TimeOff
    from chalicelib.use_cases.list_time_off import DoctorTimeOff

_MAX_PAST = 10
_FIELDS = {name: name for name in ("name", "from", "to", "from_time", "to_time")}


class TimeOffView(Struct, frozen=True, kw_only=True):
    """Time off of the list. Without ``time_off_id`` it can't be lifted here."""

    name: str
    when: str
    act: str
    time_off_id: str


class TimeOffPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``errors`` are sentences by the ids of the fields."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    form: TimeOffForm
    acts: tuple[tuple[str, str, str], ...]
    errors: Mapping[str, str]
    coming: tuple[TimeOffView, ...]
    past: tuple[TimeOffView, ...]
    earliest_date: str
    back_url: str


def render_time_off(caller: Caller, doctor_id: str, request: Request) -> Response:
    """Render the page, with the form for the date or the week that the query names."""
    found = get_services().plans.list_time_off.list_time_off(caller, doctor_id)
    return _render(found, _form_of(request, found), {}, caller, request)


def preview_form(caller: Caller, request: Request) -> Response:
    """Propose the time off of the form and redirect to its preview; or say what is wrong."""
    fields = decode_fields(request, ("doctor_id", "name", "from", "to", "act"))
    doctor = require_doctor(caller, valid_doctor_id(fields["doctor_id"][-1]))
    form, errors = TimeOffForm.of_fields(fields), dict[str, str]()
    requested = form.to_request(doctor.zone, errors)
    if requested:
        try:
            proposals = get_services().plans.propose_time_off
            view = proposals.propose(caller, doctor.doctor_id, requested)
            return redirect_to_plan(view.plan, request)
        except RequestRejectedError as error:
            if not wants_html(request):
                raise
            request_context.current_request().code = error.code
            errors = errors_by_field(error, _FIELDS)
    found = get_services().plans.list_time_off.list_time_off(caller, doctor.doctor_id)
    return _render(found, form, errors, caller, request)


def lift(caller: Caller, request: Request) -> Response:
    """Lift time off, as far as one step does it, and redirect to the page of the plan."""
    fields = decode_fields(request, ("doctor_id", "time_off_id"))
    doctor_id = valid_doctor_id(fields["doctor_id"][-1])
    time_off_id = parse_time_off_id(fields["time_off_id"][-1])
    services = get_services()
    view = services.plans.propose_time_off.propose_lift(caller, doctor_id, time_off_id)
    plan = services.plans.apply_plans.step(caller, doctor_id, view.plan.plan_id)
    return redirect_to_plan(plan, request)


def _form_of(request: Request, found: DoctorTimeOff) -> TimeOffForm:
    if text := query(request, "week"):
        return TimeOffForm.of_week(parse_date(text, "week"), found.today)
    text = query(request, "date")
    on = parse_date(text) if text else found.today
    return TimeOffForm.of_dates(on, on)


def _render(
    found: DoctorTimeOff,
    form: TimeOffForm,
    errors: Mapping[str, str],
    caller: Caller,
    request: Request,
) -> Response:
    base, doctor = url_prefix(request), found.doctor
    page = TimeOffPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        form=form,
        acts=tuple(_acts()),
        errors=errors,
        coming=tuple(_view(each, found) for each in found.coming),
        past=tuple(_view(each, found) for each in found.past[:_MAX_PAST]),
        earliest_date=found.today.isoformat(),
        back_url=links.landing_url(base, "week", doctor.doctor_id),
    )
    frame = build_frame(request, caller, section=SCHEDULE, doctor=doctor, path="/time-off")
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    return render("time_off.html", page, frame, status=status)


def _acts() -> list[tuple[str, str, str]]:
    """The value, the name and the explanation of each act."""
    explanations = {
        TimeOffAct.STOP: _("Free slots close. Patients who have a booking keep it."),
        TimeOffAct.DISRUPT: _("Free slots close. Every booking needs rebooking."),
    }
    return [(act.value, time_off_words.describe_act(act), explanations[act]) for act in TimeOffAct]


def _view(time_off: TimeOff, found: DoctorTimeOff) -> TimeOffView:
    is_over = time_off.last < found.today
    return TimeOffView(
        name=time_off.name,
        when=time_off_words.describe_when(time_off, found.doctor.zone),
        act=_("Closure of the practice")
        if time_off.closure_id
        else time_off_words.describe_act(time_off.act),
        time_off_id="" if is_over or time_off.closure_id else time_off.time_off_id,
    )
