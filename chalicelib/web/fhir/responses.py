"""Responses with FHIR resources: JSON, or a resource on each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib.web.fhir.media_types import FHIR_JSON
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import VARY
from chalicelib.web.http.responses import etag_of_bytes, not_modified

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.web.fhir.resources import Resource
    from chalicelib.web.http.types import Headers

# Only the client may store it, and must revalidate it: a slot may be booked at any moment.
_PRIVATE: Headers = {"Cache-Control": "private, no-cache", **VARY}


def fhir_response(resource: Resource, request: Request) -> Response:
    """Return the resource with its ETag; 304 if the client has it already."""
    return encoded_response(msgspec.json.encode(resource), request, FHIR_JSON, _PRIVATE)


def encoded_response(
    body: bytes, request: Request, content_type: str, headers: Headers, etag: str | None = None
) -> Response:
    """Return the body with its ETag, by default that of its bytes, or 304."""
    tag = etag or etag_of_bytes(None, body)
    if etag_matches(tag, request):
        return not_modified(tag, headers)
    own: Headers = {**headers, "Content-Type": content_type, "ETag": tag}
    return Response(body=body.decode(), headers=own)
