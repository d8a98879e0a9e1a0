"""What stands around the two sides, and the answers that all share, for the API's document."""

from __future__ import annotations

from msgspec import structs

from chalicelib.domain.caller import Need
from chalicelib.web import inputs, shapes
from chalicelib.web.openapi import examples
from chalicelib.web.openapi.parts import (
    HTML,
    Answer,
    Content,
    Operation,
    json,
    refusal,
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/",
        name="get_root",
        need=Need.NOTHING,
        summary="The way to the page",
        answers={303: Answer(says="To the page Manage Slots.", headers=("Location",)), 500: "Bug"},
    ),
    Operation(
        method="GET",
        path="/docs",
        name="get_reference",
        need=Need.NOTHING,
        summary="This document for people",
        answers={
            200: Answer(says="A page.", content={HTML: Content()}, headers=("Vary",)),
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/health",
        name="get_health",
        need=Need.NOTHING,
        summary="Whether the table answers",
        answers={
            200: Answer(
                says="It does.",
                content=json(shapes.Health, well={"status": "ok"}),
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
        need=Need.NOTHING,
        summary="This document",
        parameters=("IfNoneMatch",),
        answers={
            200: Answer(
                says="OpenAPI 3.1.",
                content={inputs.JSON: Content(shape=dict)},
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
        need=Need.NOTHING,
        summary="The way to the issuer's page",
        says="Where sign-in is not configured, 401.",
        parameters=("Destination",),
        answers={
            303: Answer(says="To the issuer.", headers=("Location",)),
            401: "SignInNeeded",
            500: "Bug",
            503: "Unavailable",
        },
    ),
    Operation(
        method="GET",
        path="/sign-in/callback",
        name="get_callback",
        need=Need.NOTHING,
        summary="Back from the issuer",
        says="For the browser whose sign-in began here.",
        answers={
            303: Answer(says="Signed in; to where she wanted to go.", headers=("Location",)),
            400: refusal("Not confirmed.", not_begun_here=examples.NOT_SIGNED_IN),
            401: "SignInNeeded",
            500: "Bug",
            503: "Unavailable",
        },
    ),
    Operation(
        method="POST",
        path="/sign-out",
        name="post_sign_out",
        need=Need.NOTHING,
        summary="Out, here and at the issuer",
        says="The page sends it as a form without fields.",
        answers={
            200: Answer(says="A page.", content={HTML: Content()}, headers=("Vary",)),
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
        need=Need.NOTHING,
        summary="For whoever signed in beside a page that waits",
        answers={
            200: Answer(says="A page.", content={HTML: Content()}, headers=("Vary",)),
            500: "Bug",
        },
    ),
    Operation(
        method="GET",
        path="/static/{name}",
        name="get_static",
        need=Need.NOTHING,
        summary="A file of the page",
        says="For good under the name that the page knows, which changes with the content.",
        parameters=("File", "IfNoneMatch"),
        answers={
            200: Answer(
                says="The file.",
                content=dict.fromkeys(("text/css", "text/javascript", "image/svg+xml"), Content()),
                headers=("ETag", "Vary"),
            ),
            304: "NotModified",
            404: refusal("There is no such file.", nothing=examples.NO_FILE),
            500: "Bug",
        },
    ),
)

_SIGN_IN_NEEDED = refusal("Nobody is signed in, or the token is not valid.", nobody=examples.NOBODY)
_OUT_OF_REACH = refusal("Try again in a moment.", out_of_reach=examples.OUT_OF_REACH)
_WRONG_METHOD = refusal("To any other method, on any path.", wrong_method=examples.WRONG_METHOD)
SHARED = {
    "NotModified": Answer(says="It is what the client has.", headers=("ETag", "Vary")),
    "SignInNeeded": structs.replace(_SIGN_IN_NEEDED, headers=("WWW-Authenticate", "Vary")),
    "NotAllowed": refusal("This caller may not.", not_allowed=examples.NOT_ALLOWED),
    "NoDoctor": refusal("There is no such doctor.", no_such_doctor=examples.NO_DOCTOR),
    "NoSlot": refusal("There is no such slot, or no such doctor.", no_such_slot=examples.NO_SLOT),
    "WrongMethod": structs.replace(_WRONG_METHOD, headers=("Allow", "Vary")),
    "TooLarge": refusal("The body has more than 64 KiB.", too_large=examples.TOO_LARGE),
    "UnknownType": refusal("Another kind of body.", unknown_type=examples.UNKNOWN_TYPE),
    "Bug": refusal("A fault of ours.", a_bug=examples.BUG),
    "Unavailable": structs.replace(_OUT_OF_REACH, headers=("Retry-After", "Vary")),
}
