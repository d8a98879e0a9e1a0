"""The change feed of a doctor, and of one date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import change_schemas
from chalicelib.web.api.change_parsing import parse_change_search, parse_undo_json
from chalicelib.web.api.change_serializers import serialize_changes, serialize_undone
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.serializers import serialize_day
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    parse_date,
    parse_limit,
    requested_doctor_id,
    required_query,
)
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, is_form, query
from chalicelib.web.http.responses import etag, json_or_not_modified, json_response
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/doctors/{doctor_id}/changes",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=(
            "ChangeDate",
            "ChangeFrom",
            "ChangeTo",
            "ChangeKind",
            "ChangeBy",
            "Limit",
            "Cursor",
        ),
        responses={200: {JSON: change_schemas.Changes}},
        errors=(400, 404),
    ),
)
def get_changes(request: Request, caller: Caller, doctor_id: str) -> Response:
    """List a doctor's changes.

    Saves, bookings, moves, cancellations and settings, the newest first. All filters apply
    together. The feed of one date, or of a range of up to 31 dates, is strongly consistent; without
    it, the newest changes can be missing for about a second. A page reads at most 1,000 changes, so
    with filters it can have fewer than `limit`, or none, although `next` is not null.
    """
    doctor_id, violations = doctor_id_from_path(doctor_id), Violations()
    with violations:
        search = parse_change_search(request, doctor_id)
    with violations:
        limit = parse_limit(request)
    violations.raise_any()
    changes = get_services().changes.list_changes.list_page(
        caller,
        search,
        limit=limit,
        cursor=query(request, "cursor"),
    )
    return json_response(serialize_changes(changes))


@routes.get(
    "/slots/history",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=("DoctorOfDay", "RequiredDate", "Cursor", "IfNoneMatch"),
        responses={200: {JSON: change_schemas.Changes, HTML: None}},
        errors=(400, 404),
    ),
)
def get_history(request: Request, caller: Caller) -> Response:
    """List a date's changes.

    At most 100, the newest first. A browser gets a page.
    """
    if should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_list

        return doctor_list.render_doctor_choice(caller, request, "/slots/history", "changes")
    doctor_id = requested_doctor_id(caller, request)
    on = parse_date(required_query(request, "date"))
    if wants_html(request):
        from chalicelib.web.pages import changes as changes_page

        return changes_page.render_history(caller, doctor_id, on, request)
    from chalicelib.domain.change_feed import ChangeSearch

    search = ChangeSearch(doctor_id=doctor_id, on=on)
    changes = get_services().changes.list_changes.list_page(
        caller, search, cursor=query(request, "cursor")
    )
    return json_or_not_modified(serialize_changes(changes), request)


@routes.post(
    "/slots/undo",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: change_schemas.UndoRequest, FORM: change_schemas.UndoFormFields},
        responses={200: {JSON: change_schemas.UndoneDay, HTML: None}, 303: {}},
        errors=(400, 404, 409),
    ),
)
def post_undo(request: Request, caller: Caller) -> Response:
    """Undo a change of a date.

    Close what it opened and open what it closed, as far as the day as it is now allows that; `kept`
    names the rest. An undo is a change that can be undone itself. Sent twice, it has one effect.
    Pages send the form, with up to seven changes.
    """
    if is_form(request):
        from chalicelib.web.pages import undo

        return undo.undo_form(caller, undo.parse_undo_form(request), request)
    undone = get_services().changes.undo_changes.undo(caller, parse_undo_json(request))
    request_context.current_request().metrics["Saves"] += undone.saved.created
    day = serialize_day(undone.saved)
    return json_response(serialize_undone(undone, day), {"ETag": etag(day.version, day)})
