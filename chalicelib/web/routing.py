"""The router: registers views with their method, path, permission and OpenAPI metadata.

A view is a plain function of the request, the authenticated caller and the parameters of the path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode

from chalice.app import Blueprint, Response
from msgspec import Struct

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import PermissionDeniedError
from chalicelib.domain.permissions import Permission
from chalicelib.web.auth.origin_checks import SAFE_METHODS
from chalicelib.web.error_handler import handle_errors, is_fhir, is_malformed_request
from chalicelib.web.http.cors import respond_to_options
from chalicelib.web.http.errors import AuthenticationRequiredError
from chalicelib.web.http.negotiation import is_htmx, wants_html
from chalicelib.web.http.request import MAX_BODY_BYTES, path, require_media_type, url_prefix

if TYPE_CHECKING:
    from chalice.app import Chalice, Request

    from chalicelib.domain.permissions import Caller
    from chalicelib.web.http.types import Headers

DOCTORS, BOOKING_SITES, FHIR, SERVICE = "Doctors", "Booking sites", "FHIR", "Service"
"""The tags that group the operations of the API reference."""
View = Callable[..., Response]
Content = Mapping[str, type | None]
"""The schema of a body by media type; None means plain text."""
ResponseContent = Mapping[str, type | tuple[type, ...] | None]
"""As ``Content``; of several schemas, a response has one."""


class RouteDoc(Struct, frozen=True, kw_only=True):
    """The OpenAPI metadata of a route. The view's docstring is the summary and the description.

    ``parameters`` names the query parameters and headers. ``max_body_bytes`` is the largest body
    that the view accepts. ``errors`` lists the statuses of this
    route beyond those that follow from its permission, parameters and body. tools/openapi adds
    descriptions, examples and links.
    """

    tag: str
    parameters: tuple[str, ...] = ()
    body: Content = {}
    max_body_bytes: int = MAX_BODY_BYTES
    responses: Mapping[int, ResponseContent]
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
    Whether the caller may act on a doctor depends on the doctor, so the use cases check that. A
    caller whose roles never permit the request does not learn what is wrong with it.

    If ``is_open`` is true of the parameters of the path, the request needs no sign-in, and the
    caller is None.

    ``get`` registers the view for HEAD too: the server in front of the app sends the same response
    without its content (RFC 9110, section 9.3.2). It registers OPTIONS besides, which browsers send
    before a request of another site's page.
    """

    def __init__(self, import_name: str) -> None:
        self.routes: list[Route] = []
        self._blueprint = Blueprint(import_name)

    def register(self, app: Chalice) -> None:
        app.register_blueprint(self._blueprint)

    def get(
        self,
        path: str,
        *,
        permission: Permission,
        doc: RouteDoc,
        is_open: Callable[..., bool] | None = None,
    ) -> Callable[[View], View]:
        return partial(self._add, "GET", path, permission, doc, is_open=is_open)

    def post(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "POST", path, permission, doc)

    def put(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "PUT", path, permission, doc)

    def delete(self, path: str, *, permission: Permission, doc: RouteDoc) -> Callable[[View], View]:
        return partial(self._add, "DELETE", path, permission, doc)

    def _add(
        self,
        method: str,
        path: str,
        permission: Permission,
        doc: RouteDoc,
        view: View,
        *,
        is_open: Callable[..., bool] | None = None,
    ) -> View:
        checked = _with_media_type(view, doc) if doc.body else view
        if permission is not Permission.PUBLIC:
            checked = _authenticated(checked, permission, is_open or _never)
        handler = handle_errors(checked)

        @wraps(view)
        def endpoint(**path_parameters: str) -> Response:
            decoded = {name: unquote(value) for name, value in path_parameters.items()}
            return handler(self._blueprint.current_request, **decoded)

        methods = ["GET", "HEAD"] if method == "GET" else [method]
        # Chalice would also check the content type of a request without content.
        self._blueprint.route(path, methods=methods, content_types=["*/*"])(endpoint)
        if method == "GET":
            self._add_options(path)
        self.routes.append(
            Route(method=method, path=path, permission=permission, view=view, doc=doc)
        )
        return view

    def _add_options(self, path: str) -> None:
        def options(**_path_parameters: str) -> Response:
            return respond_to_options(self._blueprint.current_app.routes[path])

        self._blueprint.route(path, methods=["OPTIONS"], content_types=["*/*"])(options)


def _with_media_type(view: View, doc: RouteDoc) -> View:
    """Reject content of a type that the view does not read, after authentication."""

    def handler(request: Request, *args: Caller, **path_parameters: str) -> Response:
        require_media_type(request, tuple(doc.body), doc.max_body_bytes)
        return view(request, *args, **path_parameters)

    return handler


def _never(**_path_parameters: str) -> bool:
    return False


def _authenticated(view: View, permission: Permission, is_open: Callable[..., bool]) -> View:
    """Authenticate the request, pass the caller to the view, and extend the login session."""

    def handler(request: Request, **path_parameters: str) -> Response:
        if is_open(**path_parameters):
            return view(request, None, **path_parameters)
        auth = get_services().auth
        try:
            authentication = auth.authenticate(request)
        except AuthenticationRequiredError as error:
            request_context.current_request().auth_failure = error.reason
            if request.method in SAFE_METHODS and _is_full_page_request(request):
                return _redirect_to_login(request)
            raise
        caller = authentication.caller
        request_context.current_request().set_caller(caller)
        try:
            response = view(request, caller, **path_parameters)
        except Exception as error:
            if is_malformed_request(error):
                _require_permission(caller, permission)
            raise
        return auth.refresh_session(response, authentication, request)

    return handler


def _require_permission(caller: Caller, permission: Permission) -> None:
    try:
        caller.require_permission(permission)
    except PermissionDeniedError:
        # Whether that doctor exists was not checked: the log has only doctors that may exist.
        request_context.current_request().doctor_id = None
        raise


def _redirect_to_login(request: Request) -> Response:
    """Redirect to the sign-in page, from which the user returns to this URL."""
    query = urlencode(request.query_params or {})
    return_path = f"{path(request)}{'?' if query else ''}{query}"
    location = f"{url_prefix(request)}/sign-in?{urlencode({'to': return_path})}"
    headers: Headers = {"Location": location, "Cache-Control": "no-store"}
    return Response(body="", status_code=HTTPStatus.SEE_OTHER.value, headers=headers)


def _is_full_page_request(request: Request) -> bool:
    return wants_html(request) and not is_htmx(request) and not is_fhir(request)
