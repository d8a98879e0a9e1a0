"""Closures of the practice, for admins."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import closure_schemas
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import CSV, FORM, HTML, JSON, is_form
from chalicelib.web.http.responses import json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)
_CLOSURE = closure_schemas.Closure


@routes.get(
    "/closures",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: closure_schemas.ClosureList, HTML: None}}),
)
def get_closures(request: Request, caller: Caller) -> Response:
    """List the closures of the practice.

    With how many doctors have each. A browser gets the page that closes the practice.
    """
    if wants_html(request):
        from chalicelib.web.pages import closures as page

        return page.render_closures(caller, request)
    from chalicelib.web.api.closure_serializers import serialize_closures

    return json_response(serialize_closures(get_services().closures.manage.list_all(caller)))


@routes.post(
    "/closures",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(
        tag=DOCTORS,
        body={JSON: closure_schemas.ClosureRequest, CSV: None, FORM: None},
        responses={
            202: {JSON: (_CLOSURE, closure_schemas.ClosureList)},
            303: {},
        },
        errors=(400,),
    ),
)
def post_closure(request: Request, caller: Caller) -> Response:
    """Close the practice.

    For whole dates, on the clock of each doctor. Every doctor gets it as time off, one after the
    other; ask for the closure again to see how far it is. Doctors who are created later get it too.
    With CSV (`from,to,name`) several closures are made, at most 100, and the response lists them.
    The page sends the form.
    """
    from chalicelib import closure_services
    from chalicelib.web.api import closure_parsing, closure_serializers

    if is_form(request):
        from chalicelib.web.pages import closures as page

        return page.save_form(caller, request)
    requests = closure_parsing.parse_closures(request)
    services = get_services()
    made = services.closures.manage.create(caller, requests)
    closure_services.start(services, [closure.closure_id for closure in made])
    if len(made) > 1:
        return json_response(
            closure_serializers.serialize_closures(made), status=HTTPStatus.ACCEPTED
        )
    closure = services.closures.manage.get(caller, made[0].closure_id)
    return json_response(
        closure_serializers.serialize_closure(closure),
        {"Location": f"/closures/{closure.closure_id}"},
        status=HTTPStatus.ACCEPTED,
    )


@routes.get(
    "/closures/{closure_id}",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={200: {JSON: _CLOSURE}}, errors=(404,)),
)
def get_closure(_request: Request, caller: Caller, closure_id: str) -> Response:
    """Return a closure of the practice."""
    from chalicelib.web.api import closure_parsing, closure_serializers

    closure_id = closure_parsing.closure_id_from_path(closure_id)
    closure = get_services().closures.manage.get(caller, closure_id)
    return json_response(closure_serializers.serialize_closure(closure))


@routes.delete(
    "/closures/{closure_id}",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, responses={202: {JSON: _CLOSURE}}, errors=(404, 409)),
)
def delete_closure(_request: Request, caller: Caller, closure_id: str) -> Response:
    """Lift a closure of the practice.

    Every doctor loses it, one after the other; their slots open again as after time off.
    """
    from chalicelib import closure_services
    from chalicelib.web.api import closure_parsing, closure_serializers

    closure_id, services = closure_parsing.closure_id_from_path(closure_id), get_services()
    services.closures.manage.lift(caller, closure_id)
    closure_services.start(services, [closure_id])
    closure = services.closures.manage.get(caller, closure_id)
    return json_response(closure_serializers.serialize_closure(closure), status=HTTPStatus.ACCEPTED)


@routes.post(
    "/closures/{closure_id}/lift",
    permission=Permission.ADMINISTER,
    doc=RouteDoc(tag=DOCTORS, body={FORM: None}, responses={303: {}}, errors=(404, 409)),
)
def post_closure_lift(request: Request, caller: Caller, closure_id: str) -> Response:
    """Lift a closure of the practice, by the form of the page."""
    from chalicelib.web.api.closure_parsing import closure_id_from_path
    from chalicelib.web.pages import closures as page

    return page.lift(caller, closure_id_from_path(closure_id), request)
