"""What stands around the two sides, and the answers that all share, for the API's document."""

from __future__ import annotations

from msgspec import structs

from chalicelib.domain.permissions import Permission
from chalicelib.web.api import schemas
from chalicelib.web.http.request import JSON
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.operation import (
    HTML,
    Content,
    Operation,
    ResponseSpec,
    error_response,
    json_content,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/",
        name="get_root",
        permission=Permission.PUBLIC,
        summary="The way to the page",
        responses={
            303: ResponseSpec(description="To the page Manage Slots.", headers=("Location",)),
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/docs",
        name="get_reference",
        permission=Permission.PUBLIC,
        summary="This document for people",
        responses={
            200: ResponseSpec(description="A page.", content={HTML: Content()}, headers=("Vary",)),
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/health",
        name="get_health",
        permission=Permission.PUBLIC,
        summary="Whether the table answers",
        responses={
            200: ResponseSpec(
                description="It does.",
                content=json_content(schemas.Health, well={"status": "ok"}),
                headers=("Vary",),
            ),
            500: "Bug",
            503: "Unavailable",
        },
    ),
    Operation(
        method="GET",
        path="/openapi.json",
        name="get_openapi",
        permission=Permission.PUBLIC,
        summary="This document",
        parameters=("IfNoneMatch",),
        responses={
            200: ResponseSpec(
                description="OpenAPI 3.1.",
                content={JSON: Content(schema=dict)},
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/sign-in",
        name="get_sign_in",
        permission=Permission.PUBLIC,
        summary="The way to the issuer's page",
        description="Where sign-in is not configured, 401.",
        parameters=("Destination",),
        responses={
            303: ResponseSpec(description="To the issuer.", headers=("Location",)),
            401: "SignInNeeded",
            500: "Bug",
            503: "Unavailable",
        },
    ),
    Operation(
        method="GET",
        path="/sign-in/callback",
        name="get_callback",
        permission=Permission.PUBLIC,
        summary="Back from the issuer",
        description="For the browser whose sign-in began here.",
        responses={
            303: ResponseSpec(
                description="Signed in; to where she wanted to go.", headers=("Location",)
            ),
            400: error_response("Not confirmed.", not_begun_here=examples.LOGIN_FAILED),
            401: "SignInNeeded",
            500: "Bug",
            503: "Unavailable",
        },
    ),
    Operation(
        method="POST",
        path="/sign-out",
        name="post_sign_out",
        permission=Permission.PUBLIC,
        summary="Out, here and at the issuer",
        description="The page sends it as a form without fields.",
        responses={
            200: ResponseSpec(description="A page.", content={HTML: Content()}, headers=("Vary",)),
            401: "SignInNeeded",
            403: "NotAllowed",
            413: "TooLarge",
            415: "UnknownType",
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/signed-in",
        name="get_signed_in",
        permission=Permission.PUBLIC,
        summary="For whoever signed in beside a page that waits",
        responses={
            200: ResponseSpec(description="A page.", content={HTML: Content()}, headers=("Vary",)),
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/static/{name}",
        name="get_static",
        permission=Permission.PUBLIC,
        summary="A file of the page",
        description="For good under the name that the page knows, which changes with the content.",
        parameters=("File", "IfNoneMatch"),
        responses={
            200: ResponseSpec(
                description="The file.",
                content=dict.fromkeys(("text/css", "text/javascript", "image/svg+xml"), Content()),
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            404: error_response("There is no such file.", nothing=examples.UNKNOWN_FILE),
            500: "Bug",
        },
    ),
)

_AUTHENTICATION_REQUIRED = error_response(
    "Nobody is signed in, or the token is not valid.", nobody=examples.AUTHENTICATION_REQUIRED
)
_UNAVAILABLE = error_response("Try again in a moment.", out_of_reach=examples.UNAVAILABLE)
_METHOD_NOT_ALLOWED = error_response(
    "To any other method, on any path.", wrong_method=examples.METHOD_NOT_ALLOWED
)
SHARED_RESPONSES = {
    "NotModified": ResponseSpec(description="It is what the client has.", headers=("ETag", "Vary")),
    "SignInNeeded": structs.replace(_AUTHENTICATION_REQUIRED, headers=("WWW-Authenticate", "Vary")),
    "NotAllowed": error_response("This caller may not.", not_allowed=examples.PERMISSION_DENIED),
    "NoDoctor": error_response("There is no such doctor.", no_such_doctor=examples.UNKNOWN_DOCTOR),
    "NoSlot": error_response(
        "There is no such slot, or no such doctor.", no_such_slot=examples.UNKNOWN_SLOT
    ),
    "WrongMethod": structs.replace(_METHOD_NOT_ALLOWED, headers=("Allow", "Vary")),
    "TooLarge": error_response("The body has more than 64 KiB.", too_large=examples.BODY_TOO_LARGE),
    "UnknownType": error_response(
        "Another kind of body.", unknown_type=examples.UNSUPPORTED_MEDIA_TYPE
    ),
    "Bug": error_response("A fault of ours.", a_bug=examples.INTERNAL_ERROR),
    "Unavailable": structs.replace(_UNAVAILABLE, headers=("Retry-After", "Vary")),
}
