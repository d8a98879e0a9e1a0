"""The router: registers views with their method, path, permission and OpenAPI metadata.

A view is a plain function of the request, the authenticated caller and the parameters of the path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Permission
from chalicelib.web.error_handler import handle_errors
from chalicelib.web.http.errors import AuthenticationRequiredError
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import JSON, path, url_prefix

if TYPE_CHECKING:
    from chalice.app import Chalice, Request

    from chalicelib.web.http.types import Headers

DOCTORS, BOOKING_SITES, SERVICE = "Doctors", "Booking sites", "Service"
"""The tags that group the operations of the API reference."""
View = Callable[..., Response]
Content = Mapping[str, type | None]
"""The schema of a body by media type; None means plain text."""


class RouteDoc(Struct, frozen=True, kw_only=True):
    """The OpenAPI metadata of a route. The view's docstring is the summary and the description.

    ``parameters`` names the query parameters and headers. ``errors`` lists the statuses of this
    route beyond those that follow from its permission, parameters and body. tools/openapi adds
    descriptions, examples and links.
    """

    tag: str
    parameters: tuple[str, ...] = ()
    body: Content = {}
    responses: Mapping[int, Content]
    errors: tuple[int, ...] = ()


class Route(Struct, frozen=True, kw_only=True):
    """A registered route. The name of ``view`` is the OpenAPI operation id."""

    method: str
    path: str
    permission: Permission
    view: View
    doc: RouteDoc


class Router:
    """Collects the routes of one module, for ``app.py`` to register.

    Each view gets the request. Unless its permission is ``PUBLIC``, it also gets the caller: the
    request is authenticated first, and a browser without a login session is redirected to sign in.
    Whether the caller may act on a doctor depends on the doctor, so the use cases check that.
    """

    def __init__(self, import_name: str) -> None:
        self.routes: list[Route] = []
        self._blueprint = Blueprint(import_name)

    def register(self, app: Chalice) -> None:
        app.register_blueprint(self._blueprint)

    def get(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "GET", path, permission, doc)

    def post(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "POST", path, permission, doc)

    def put(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "PUT", path, permission, doc)

    def delete(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "DELETE", path, permission, doc)

    def _add(
        self, method: str, path: str, permission: Permission, doc: RouteDoc, view: View
    ) -> View:
        handler = handle_errors(view if permission is Permission.PUBLIC else _authenticated(view))

        @wraps(view)
        def endpoint(**path_parameters: str) -> Response:
            return handler(self._blueprint.current_request, **path_parameters)

        media_types = list(doc.body) or [JSON]
        self._blueprint.route(path, methods=[method], content_types=media_types)(endpoint)
        self.routes.append(
            Route(method=method, path=path, permission=permission, view=view, doc=doc)
        )
        return view


def _authenticated(view: View) -> View:
    """Authenticate the request, pass the caller to the view, and extend the login session."""

    def handler(request: Request, **path_parameters: str) -> Response:
        auth = get_services().auth
        try:
            authentication = auth.authenticate(request)
        except AuthenticationRequiredError as error:
            request_context.current_request().auth_failure = error.reason
            if request.method == "GET" and _is_full_page_request(request):
                return _redirect_to_login(request)
            raise
        caller = authentication.caller
        request_context.current_request().set_caller(caller)
        response = view(request, caller, **path_parameters)
        return auth.refresh_session(response, authentication, request)

    return handler


def _redirect_to_login(request: Request) -> Response:
    """Redirect to the sign-in page, from which the user returns to this URL."""
    query = urlencode(request.query_params or {})
    return_path = f"{path(request)}{'?' if query else ''}{query}"
    location = f"{url_prefix(request)}/sign-in?{urlencode({'to': return_path})}"
    headers: Headers = {"Location": location, "Cache-Control": "no-store"}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)


def _is_full_page_request(request: Request) -> bool:
    return wants_html(request) and not is_htmx(request)
