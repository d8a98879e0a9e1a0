"""The change feed of a doctor, and of one date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.text import Text
from chalicelib.web.api import change_schemas
from chalicelib.web.api.change_parsing import parse_undo_json
from chalicelib.web.api.change_serializers import serialize_changes, serialize_undone
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.serializers import serialize_day
from chalicelib.web.api.validators import (
    doctor_id_from_path,
    invalid_field,
    optional_date,
    parse_date,
    parse_limit,
    requested_doctor_id,
    require_dates,
    required_query,
    search_text,
)
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import FORM, HTML, JSON, is_form, query
from chalicelib.web.http.responses import etag, json_or_not_modified, json_response
from chalicelib.web.routes.slots import should_pick_doctor
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.change_feed import ChangeSearch

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
    together. The feed of one `date` is strongly consistent; without it, the newest changes can be
    missing for about a second. A page reads at most 1,000 changes, so with filters it can have
    fewer than `limit`, or none, although `next` is not null.
    """
    doctor_id, violations = doctor_id_from_path(doctor_id), Violations()
    with violations:
        search = _parse_search(request, doctor_id)
    with violations:
        limit = parse_limit(request)
    violations.raise_any()
    changes = get_services().list_changes.list_page(
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
    from chalicelib.domain.change_feed import ChangeSearch  # noqa: PLC0415  see bootstrap

    if should_pick_doctor(caller, request):
        from chalicelib.web.pages import doctor_list  # noqa: PLC0415

        return doctor_list.render_doctor_choice(caller, request, "/slots/history", "changes")
    doctor_id = requested_doctor_id(caller, request)
    search = ChangeSearch(doctor_id=doctor_id, on=parse_date(required_query(request, "date")))
    changes = get_services().list_changes.list_page(caller, search, cursor=query(request, "cursor"))
    if wants_html(request):
        from chalicelib.web.pages import history as history_page  # noqa: PLC0415

        return history_page.render_history(caller, changes, request)
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
        from chalicelib.web.pages import undo  # noqa: PLC0415

        return undo.undo_form(caller, undo.parse_undo_form(request), request)
    undone = get_services().undo_changes.undo(caller, parse_undo_json(request))
    request_context.current_request().metrics["Saves"] += undone.saved.created
    day = serialize_day(undone.saved)
    return json_response(serialize_undone(undone, day), {"ETag": etag(day.version, day)})


def _parse_search(request: Request, doctor_id: str) -> ChangeSearch:
    from chalicelib.domain.change_feed import ChangeSearch  # noqa: PLC0415  see bootstrap

    violations = Violations()
    with violations:
        on = optional_date(request, "date")
    with violations:
        first, last = _parse_range(request)
    with violations:
        kind = _parse_kind(request)
    with violations:
        by = search_text(request, "by")
    violations.raise_any()
    return ChangeSearch.of_dates(doctor_id, on, first, last, kind=kind, by=by)


def _parse_range(request: Request) -> tuple[date | None, date | None]:
    require_dates(request, "from", "to")
    first, last = optional_date(request, "from"), optional_date(request, "to")
    if first and last and last < first:
        raise invalid_field("to", Text("no earlier than from, %(date)s", date=first))
    return first, last


def _parse_kind(request: Request) -> ChangeKind | None:
    text = query(request, "kind")
    if text is None:
        return None
    try:
        return ChangeKind(text)
    except ValueError:
        raise invalid_field("kind", Text("one of %(kinds)s", kinds=", ".join(ChangeKind))) from None
