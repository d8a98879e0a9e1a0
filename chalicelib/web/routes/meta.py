"""The home page, health, the API's documentation and static files."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Permission
from chalicelib.domain.text import Text
from chalicelib.web.api import schemas
from chalicelib.web.http import static_files
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.request import HTML, JSON, url_prefix
from chalicelib.web.http.responses import file_response, json_response
from chalicelib.web.http.security_headers import PAGE_HEADERS
from chalicelib.web.routing import SERVICE, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.http.types import Headers

routes = Router(__name__)

_REVALIDATE: Headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
_IMMUTABLE: Headers = {**_REVALIDATE, "Cache-Control": "public, max-age=31536000, immutable"}


@routes.get("/", permission=Permission.PUBLIC, doc=RouteDoc(tag=SERVICE, responses={303: {}}))
def get_root(request: Request) -> Response:
    """Redirect to the Manage Slots page."""
    location = f"{url_prefix(request)}/slots"
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers={"Location": location})


@routes.get(
    "/docs",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, parameters=("IfNoneMatch",), responses={200: {HTML: None}}),
)
def get_reference(request: Request) -> Response:
    """Read this API reference."""
    page = static_files.read("reference.html")
    return file_response(page, request, {**PAGE_HEADERS, **_REVALIDATE})


@routes.get(
    "/health",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, responses={200: {JSON: schemas.Health}}, errors=(503,)),
)
def get_health(_request: Request) -> Response:
    """Check the database connection.

    The answer may be a second old.
    """
    get_services().health.check()
    return json_response(schemas.Health())


@routes.get(
    "/openapi.json",
    permission=Permission.PUBLIC,
    doc=RouteDoc(tag=SERVICE, parameters=("IfNoneMatch",), responses={200: {JSON: dict}}),
)
def get_openapi(request: Request) -> Response:
    """Get this OpenAPI document."""
    document = static_files.read_openapi(url_prefix(request))
    return file_response(document, request, _REVALIDATE)


@routes.get(
    "/static/{name}",
    permission=Permission.PUBLIC,
    doc=RouteDoc(
        tag=SERVICE,
        parameters=("IfNoneMatch",),
        responses={200: dict.fromkeys(("text/css", "text/javascript", "image/svg+xml"))},
        errors=(404,),
    ),
)
def get_static(request: Request, name: str) -> Response:
    """Get a static file.

    Browsers keep a file forever under its fingerprinted name, which changes with the content.
    """
    plain_name = static_files.original_name(name)
    asset = static_files.find(plain_name or name)
    if asset is None:
        raise HttpError(
            HTTPStatus.NOT_FOUND, Text('We couldn\'t find a file named "%(name)s"', name=name)
        )
    return file_response(asset, request, _IMMUTABLE if plain_name else _REVALIDATE)
