"""The page of a plan: render it, and apply, stop or undo the plan by its buttons."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.plan import PlanState
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.pace import STEP_SECONDS
from chalicelib.web.api.validators import invalid_field, valid_doctor_id
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import plan_links
from chalicelib.web.pages.day_form import decode_fields
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.plan_view import build_plan_page, build_progress_page
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import Plan

# The page shows progress once a second, so its steps are short. Without JavaScript a person asks
# for each step.
_PAGE_STEP_SECONDS = 0.4
_START, _NEXT, _CONTINUE, _STOP, _UNDO = "start", "next", "continue", "stop", "undo"
_ACTS = (_START, _NEXT, _CONTINUE, _STOP, _UNDO)


def render_plan(
    caller: Caller,
    doctor_id: str,
    plan_id: str,
    request: Request,
    *,
    error: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Render the plan as it is now; for htmx the part of the page that its buttons change."""
    view = get_services().plans.apply_plans.view(caller, doctor_id, plan_id)
    page = build_plan_page(view, url_prefix(request), error)
    if is_htmx(request):
        return render("_plan.html", page, status=status)
    frame = build_frame(request, caller, section=SCHEDULE, doctor=view.doctor, path="/series")
    return render("plan.html", page, frame, status=status)


def act_on_plan(caller: Caller, plan_id: str, request: Request) -> Response:
    """Do what the button says.

    Raises ``RequestRejectedError`` if the plan does not allow it, for a client that wants no page.
    """
    fields = decode_fields(request, ("doctor_id", "act"))
    doctor_id, act = valid_doctor_id(fields["doctor_id"][-1]), fields["act"][-1]
    if act not in _ACTS:
        raise invalid_field("act", Text("one of %(acts)s", acts=", ".join(_ACTS)))
    try:
        return _act(caller, doctor_id, plan_id, act, request)
    except RequestRejectedError as error:
        if not wants_html(request):
            raise
        request_context.current_request().code = error.code
        return render_plan(
            caller,
            doctor_id,
            plan_id,
            request,
            error=_reason(error),
            status=HTTPStatus.CONFLICT,
        )


def _reason(error: RequestRejectedError) -> str:
    fields = [each for each in error.violations if isinstance(each, FieldViolation)]
    if fields:
        return translate(fields[0].detail)
    return _("Nothing was undone: the slots have been booked or changed since")


def _act(caller: Caller, doctor_id: str, plan_id: str, act: str, request: Request) -> Response:
    services = get_services()
    if act == _UNDO:
        undo = services.plans.propose_undos.propose_for_plan(caller, doctor_id, plan_id)
        return redirect_to_plan(undo.plan, request)
    if act == _STOP:
        plan = services.plans.apply_plans.stop(caller, doctor_id, plan_id)
    else:
        plan = services.plans.apply_plans.step(
            caller,
            doctor_id,
            plan_id,
            continues_stopped=act != _NEXT,
            seconds=_PAGE_STEP_SECONDS if is_htmx(request) else STEP_SECONDS,
        )
    if not is_htmx(request):
        return redirect_to_plan(plan, request)
    if plan.state is PlanState.RUNNING:
        page = build_progress_page(plan, doctor_id, url_prefix(request))
        return render("_plan.html", page)
    return render_plan(caller, doctor_id, plan_id, request)


def redirect_to_plan(plan: Plan, request: Request) -> Response:
    """Redirect to the page of the plan (RFC 9110, section 15.4.4)."""
    url = plan_links.plan_url(url_prefix(request), plan.doctor_id, plan.plan_id)
    return Response("", {"Location": url}, HTTPStatus.SEE_OTHER)
