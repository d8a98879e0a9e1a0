"""What stands around the two sides: the way to the page, health, files, the API's document."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Blueprint, Request, Response

from chalicelib.storage import table
from chalicelib.web.api import schemas
from chalicelib.web.http import static_files
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.request import url_prefix
from chalicelib.web.http.responses import (
    etag_matches,
    json_or_not_modified,
    json_response,
    not_modified,
)
from chalicelib.web.routing import public

if TYPE_CHECKING:
    from chalicelib.web.http.types import Headers

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/", methods=["GET"])
@public(_request)
def get_root() -> Response:
    """The way to the page."""
    location = f"{url_prefix(_request())}/slots"
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers={"Location": location})


@blueprint.route("/health", methods=["GET"])
@public(_request)
def get_health() -> Response:
    """Well as long as the table answers."""
    table.check_connection()
    return json_response(schemas.Health())


@blueprint.route("/openapi.json", methods=["GET"])
@public(_request)
def get_openapi() -> Response:
    """The API's document, for programs."""
    from chalicelib.web import openapi  # noqa: PLC0415  no other route needs it

    request = _request()
    return json_or_not_modified(openapi.render(url_prefix(request)), request)


@blueprint.route("/docs", methods=["GET"])
@public(_request)
def get_reference() -> Response:
    """The same document, for people."""
    from chalicelib.web.openapi import reference_page  # noqa: PLC0415  no other route needs it
    from chalicelib.web.pages.rendering import render  # noqa: PLC0415  no other route needs it

    return render("reference.html", reference_page.build_reference_page(url_prefix(_request())))


@blueprint.route("/static/{name}", methods=["GET"])
@public(_request)
def get_static(name: str) -> Response:
    """A file of ``static/``: for good under its hashed name, asked about each time by its own."""
    plain = static_files.original_name(name)
    asset = static_files.find(plain or name)
    if asset is None:
        raise HttpError(HTTPStatus.NOT_FOUND, f'We couldn\'t find a file named "{name}"')
    lasting = "public, max-age=31536000, immutable" if plain else "no-cache"
    headers: Headers = {"Cache-Control": lasting, "Vary": "Accept-Encoding"}
    if etag_matches(asset.etag, _request()):
        return not_modified(asset.etag, headers)
    about: Headers = {**headers, "Content-Type": asset.content_type, "ETag": asset.etag}
    return Response(body=asset.body, headers=about)
