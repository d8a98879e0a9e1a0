"""Series of a doctor, and the plans that make and change them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import plan_schemas, schemas
from chalicelib.web.api.problem_details import PROBLEM_JSON, problem_from_error
from chalicelib.web.api.validators import doctor_id_from_path
from chalicelib.web.http.request import CSV, JSON, MAX_IMPORT_BYTES
from chalicelib.web.http.responses import json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.plan_errors import PreviewChangedError
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.web.api.plan_parsing import PlanRequest

routes = Router(__name__)
_PLAN = {200: {JSON: plan_schemas.Plan}}


@routes.get(
    "/doctors/{doctor_id}/series",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: plan_schemas.SeriesList}}, errors=(404,)),
)
def get_series_list(_request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's series.

    The latest version of each series that applies today or later.
    """
    from chalicelib.web.api.plan_serializers import serialize_series_list

    doctor_id = doctor_id_from_path(doctor_id)
    found = get_services().plans.list_series.list_series(caller, doctor_id)
    return json_response(serialize_series_list(found))


@routes.get(
    "/doctors/{doctor_id}/series/{series_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: plan_schemas.Series}}, errors=(404,)),
)
def get_series(_request: Request, caller: Caller, doctor_id: str, series_id: str) -> Response:
    """Return a series: its latest version, also if it is over."""
    from chalicelib.web.api.plan_parsing import series_id_from_path
    from chalicelib.web.api.plan_serializers import serialize_series

    series_id, doctor_id = series_id_from_path(series_id), doctor_id_from_path(doctor_id)
    series = get_services().plans.list_series.get_series(caller, doctor_id, series_id)
    return json_response(serialize_series(series))


@routes.get(
    "/doctors/{doctor_id}/plans",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("PlanState",),
        responses={200: {JSON: plan_schemas.PlanList}},
        errors=(400, 404),
    ),
)
def get_plans(request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's latest plans.

    At most 20, the newest first, without what they do to each date.
    """
    from chalicelib.web.api.plan_parsing import parse_state
    from chalicelib.web.api.plan_serializers import serialize_plans

    doctor_id = doctor_id_from_path(doctor_id)
    found = get_services().plans.list_plans.list_latest(caller, doctor_id, parse_state(request))
    return json_response(serialize_plans(found))


@routes.post(
    "/doctors/{doctor_id}/plans",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: plan_schemas.PlanRequest, CSV: None},
        max_body_bytes=MAX_IMPORT_BYTES,
        responses={201: {JSON: plan_schemas.Plan}},
        errors=(400, 404, 409),
    ),
)
def post_plan(request: Request, caller: Caller, doctor_id: str) -> Response:
    """Propose a change of many dates.

    A new series, another version or the end of one, an import, time off, to lift that, the
    replacement of open slots that are not of the weekly hours, or an undo of a plan or a change.
    Nothing but the proposal is stored: the response shows what it would do. Steps apply it.
    """
    from chalicelib.web.api.plan_parsing import parse_plan_request
    from chalicelib.web.api.plan_serializers import serialize_plan

    doctor_id = doctor_id_from_path(doctor_id)
    view = _propose(caller, doctor_id, parse_plan_request(request, doctor_id))
    return json_response(
        serialize_plan(view),
        {"Location": f"/doctors/{doctor_id}/plans/{view.plan.plan_id}"},
        status=HTTPStatus.CREATED,
    )


@routes.get(
    "/doctors/{doctor_id}/plans/{plan_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses=_PLAN, errors=(404,)),
)
def get_plan(_request: Request, caller: Caller, doctor_id: str, plan_id: str) -> Response:
    """Return a plan.

    For each date: what it did, or what it would do now.
    """
    return _plan_response(_view(caller, doctor_id, plan_id))


@routes.post(
    "/doctors/{doctor_id}/plans/{plan_id}/steps",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        responses={
            **_PLAN,
            409: {PROBLEM_JSON: (plan_schemas.ChangedPreview, schemas.Problem)},
        },
        parameters=("StepDays",),
        errors=(400, 404),
    ),
)
def post_plan_step(request: Request, caller: Caller, doctor_id: str, plan_id: str) -> Response:
    """Apply the next dates of a plan.

    For at most three seconds; send it again until `state` is `done`. Each date is one save. A
    stopped plan goes on; on a plan that is done nothing happens. If the plan would close slots that
    its preview did not show, the response is 409 with a new preview, which the next step applies.
    If it would open slots that the weekly hours no longer have, it is 409 too, and the change has
    to be proposed again. A plan of a year is megabytes of JSON: with `days=applied` the response
    has only the dates that this step applied. The totals are those of the plan in any case.
    """
    from chalicelib.domain import plan_errors
    from chalicelib.web.api.plan_parsing import parse_only_applied

    only_applied = parse_only_applied(request)
    doctor_id, plan_id = _ids(doctor_id, plan_id)
    try:
        view = get_services().plans.apply_plans.step_and_view(
            caller, doctor_id, plan_id, only_applied=only_applied
        )
    except plan_errors.PreviewChangedError as error:
        return _changed_preview(caller, doctor_id, plan_id, error)
    return _plan_response(view)


@routes.delete(
    "/doctors/{doctor_id}/plans/{plan_id}",
    permission=Permission.MANAGE,
    doc=RouteDoc(tag=DOCTORS, responses=_PLAN, errors=(404,)),
)
def delete_plan(_request: Request, caller: Caller, doctor_id: str, plan_id: str) -> Response:
    """Stop a plan.

    What is done stays; a step continues it.
    """
    doctor_id, plan_id = _ids(doctor_id, plan_id)
    get_services().plans.apply_plans.stop(caller, doctor_id, plan_id)
    return _plan_response(_view(caller, doctor_id, plan_id))


def _propose(caller: Caller, doctor_id: str, requested: PlanRequest) -> PlanView:
    services = get_services()
    if requested.series:
        return services.plans.propose_series.propose(caller, doctor_id, requested.series)
    if requested.ended:
        return services.plans.propose_series.propose_end(caller, doctor_id, *requested.ended)
    if requested.imported:
        return services.plans.propose_imports.propose(caller, doctor_id, requested.imported)
    if requested.replaces_open:
        return services.plans.propose_hours.propose(caller, doctor_id)
    if requested.time_off or requested.lifted:
        return _propose_time_off(caller, doctor_id, requested)
    return _propose_undo(caller, doctor_id, requested)


def _propose_time_off(caller: Caller, doctor_id: str, requested: PlanRequest) -> PlanView:
    proposals = get_services().plans.propose_time_off
    if requested.time_off:
        return proposals.propose(caller, doctor_id, requested.time_off)
    return proposals.propose_lift(caller, doctor_id, requested.lifted or "")


def _propose_undo(caller: Caller, doctor_id: str, requested: PlanRequest) -> PlanView:
    undos = get_services().plans.propose_undos
    if requested.undone_change:
        return undos.propose_for_change(caller, requested.undone_change)
    return undos.propose_for_plan(caller, doctor_id, requested.undone_plan or "")


def _ids(doctor_id: str, plan_id: str) -> tuple[str, str]:
    from chalicelib.web.api.plan_parsing import plan_id_from_path

    plan_id = plan_id_from_path(plan_id)
    return doctor_id_from_path(doctor_id), plan_id


def _view(caller: Caller, doctor_id: str, plan_id: str) -> PlanView:
    return get_services().plans.apply_plans.view(caller, *_ids(doctor_id, plan_id))


def _plan_response(view: PlanView) -> Response:
    from chalicelib.web.api.plan_serializers import serialize_plan

    return json_response(serialize_plan(view))


def _changed_preview(
    caller: Caller, doctor_id: str, plan_id: str, error: PreviewChangedError
) -> Response:
    """Return the problem with the plan and its new preview."""
    from chalicelib.web.api.plan_serializers import serialize_changed_preview

    problem = problem_from_error(error)
    request_context.current_request().code = problem.code
    view = _view(caller, doctor_id, plan_id)
    return json_response(
        serialize_changed_preview(view, problem.to_schema()),
        {"Content-Type": PROBLEM_JSON},
        status=problem.status,
    )
