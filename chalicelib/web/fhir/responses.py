"""Responses with FHIR resources: JSON, or a resource on each line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from chalice.app import Response

from chalicelib.bootstrap import get_services
from chalicelib.web.fhir.media_types import FHIR_JSON, FHIR_NDJSON
from chalicelib.web.http.conditional import etag_matches
from chalicelib.web.http.negotiation import VARY
from chalicelib.web.http.responses import etag_of_bytes, not_modified

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalice.app import Request

    from chalicelib.web.fhir.resources import Resource
    from chalicelib.web.http.types import Headers

# Only the client may store it, and must revalidate it: a slot may be booked at any moment.
_PRIVATE: Headers = {"Cache-Control": "private, no-cache", **VARY}


MAX_AGE = timedelta(minutes=5)
"""How long clients should wait before they read the bulk publication again."""


def fhir_response(resource: Resource, request: Request) -> Response:
    """Return the resource with its ETag; 304 if the client has it already."""
    return encoded_response(msgspec.json.encode(resource), request, FHIR_JSON, _PRIVATE)


def posted_search_response(resource: Resource) -> Response:
    """Return the result of a search by POST, without ETag: the URL does not identify it."""
    headers: Headers = {**_PRIVATE, "Content-Type": FHIR_JSON}
    return Response(body=msgspec.json.encode(resource).decode(), headers=headers)


def encoded_response(
    body: bytes, request: Request, content_type: str, headers: Headers, etag: str | None = None
) -> Response:
    """Return the body with its ETag, by default that of its bytes, or 304."""
    tag = etag or etag_of_bytes(None, body)
    if etag_matches(tag, request):
        return not_modified(tag, headers)
    own: Headers = {**headers, "Content-Type": content_type, "ETag": tag}
    return Response(body=body.decode(), headers=own)


def ndjson_response(body: bytes, etag: str) -> Response:
    """Return a file of the bulk publication."""
    headers: Headers = {**publication_headers(), "Content-Type": FHIR_NDJSON, "ETag": etag}
    return Response(body=body.decode(), headers=headers)


def join_lines(lines: Iterable[bytes]) -> bytes:
    """Return the content of a file with a resource on each line."""
    return b"".join(b"%b\n" % line for line in lines)


def publication_headers() -> Headers:
    """Return the headers of the manifest and of all files."""
    scope = "" if get_services().settings.has_public_slots else "private, "
    return {
        "Cache-Control": f"{scope}max-age={MAX_AGE // timedelta(seconds=1)}",
        "Vary": "Accept",
    }
