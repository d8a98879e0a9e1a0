"""Build responses: JSON, files, no content, and 304 Not Modified with ETags."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import VARY
from chalicelib.web.http.request import JSON

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.http.static_files import Asset
    from chalicelib.web.http.types import Headers

_PRIVATE: Headers = {"Cache-Control": "private, no-cache", **VARY}


def etag(version: int | None, content: object) -> str:
    """``"<version>.<digest>"`` or ``"<digest>"``, different for different content (RFC 9110)."""
    return etag_of_bytes(version, msgspec.json.encode(content))


def etag_of_bytes(version: int | None, body: bytes) -> str:
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def not_modified(etag: str, headers: Headers | None = None) -> Response:
    """Return 304 without a body."""
    always: Headers = {**_PRIVATE, "ETag": etag}
    return Response(body="", status_code=HTTPStatus.NOT_MODIFIED, headers=always | (headers or {}))


def json_or_not_modified(
    content: msgspec.Struct | msgspec.Raw, request: Request, *, version: int | None = None
) -> Response:
    """JSON with its ETag, encoded once; 304 if the client has it already."""
    body = msgspec.json.encode(content)
    etag = etag_of_bytes(version, body)
    if etag_matches(etag, request):
        return not_modified(etag)
    return json_response(msgspec.Raw(body), {"ETag": etag})


def json_response(
    content: msgspec.Struct | msgspec.Raw,
    headers: Headers | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return JSON that only the client may store, and must revalidate before it uses it again."""
    always: Headers = {"Content-Type": JSON, **_PRIVATE}
    body = msgspec.json.encode(content).decode()
    return Response(body=body, status_code=status.value, headers=always | (headers or {}))


def file_response(asset: Asset, request: Request, headers: Headers) -> Response:
    """Return a file with its ETag, or 304 if the client has the same already."""
    if etag_matches(asset.etag, request):
        return not_modified(asset.etag, headers)
    own: Headers = {"Content-Type": asset.content_type, "ETag": asset.etag}
    return Response(body=asset.body, headers=headers | own)


def no_content() -> Response:
    """Return 204 without a body."""
    return Response(body="", status_code=HTTPStatus.NO_CONTENT.value, headers={**_PRIVATE})


def add_cookie(response: Response, header: str) -> None:
    """Add a ``Set-Cookie`` header, unless the view has set that cookie: its value is newer."""
    present = response.headers.get("Set-Cookie", [])
    headers = present if isinstance(present, list) else [present]
    if header.partition("=")[0] not in {text.partition("=")[0] for text in headers}:
        response.headers["Set-Cookie"] = [*headers, header]
