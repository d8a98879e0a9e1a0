"""What stands around the two sides: the way to the page, health, files, the API's document."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Request, Response

from chalicelib.storage import table
from chalicelib.web import assets, auth, negotiation, problems, representations, shapes

blueprint = Blueprint(__name__)


def _request() -> Request:
    return blueprint.current_request


@blueprint.route("/", methods=["GET"])
@auth.public(_request)
def get_root() -> Response:
    """The way to the page."""
    location = f"{negotiation.url_prefix(_request())}/slots"
    return Response(body="", status_code=HTTPStatus.SEE_OTHER, headers={"Location": location})


@blueprint.route("/health", methods=["GET"])
@auth.public(_request)
def get_health() -> Response:
    """Well as long as the table answers."""
    table.check_connection()
    return representations.json_response(shapes.Health())


@blueprint.route("/openapi.json", methods=["GET"])
@auth.public(_request)
def get_openapi() -> Response:
    """The API's document, for programs."""
    from chalicelib.web import openapi  # noqa: PLC0415  no other route needs it

    request = _request()
    return representations.json_or_not_modified(
        openapi.render(negotiation.url_prefix(request)), request
    )


@blueprint.route("/docs", methods=["GET"])
@auth.public(_request)
def get_reference() -> Response:
    """The same document, for people."""
    from chalicelib.web import reference, rendering  # noqa: PLC0415  no other route needs it

    return rendering.render(
        "reference.html", reference.build_reference_page(negotiation.url_prefix(_request()))
    )


@blueprint.route("/static/{name}", methods=["GET"])
@auth.public(_request)
def get_static(name: str) -> Response:
    """A file of ``static/``: for good under its hashed name, asked about each time by its own."""
    plain = assets.original_name(name)
    asset = assets.find(plain or name)
    if asset is None:
        raise problems.HttpError(HTTPStatus.NOT_FOUND, f"There is no file {name}")
    lasting = "public, max-age=31536000, immutable" if plain else "no-cache"
    headers: negotiation.Headers = {"Cache-Control": lasting, "Vary": "Accept-Encoding"}
    if representations.etag_matches(asset.etag, _request()):
        return representations.not_modified(asset.etag, headers)
    about: negotiation.Headers = {**headers, "Content-Type": asset.content_type, "ETag": asset.etag}
    return Response(body=asset.body, headers=about)
