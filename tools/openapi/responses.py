"""Types for the details of operations and responses, and the responses that many of them share."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tools.openapi import booking_examples, examples

Examples = Mapping[str, object]
"""Example values by their summaries."""


class ResponseDetails(Struct, frozen=True, kw_only=True):
    """A response: ``headers`` besides the usual ones, and ``links`` to operations with parameters.

    ``optional_headers`` are not in every such response.
    """

    description: str
    examples: Examples = {}
    headers: tuple[str, ...] = ()
    optional_headers: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, str]] = {}


class OperationDetails(Struct, frozen=True, kw_only=True):
    """The examples of request bodies by media type, and the responses by status.

    A status without an entry is one of ``COMMON_RESPONSES``.
    """

    body: Mapping[str, Examples] = {}
    responses: Mapping[int, ResponseDetails]


def response(description: str, **examples: object) -> ResponseDetails:
    """Describe a response, with examples like ``one_doctor=...``."""
    by_summary = {name.replace("_", " "): example for name, example in examples.items()}
    return ResponseDetails(description=description, examples=by_summary)


def linked(details: ResponseDetails, links: Mapping[str, Mapping[str, str]]) -> ResponseDetails:
    """Add links from the response to operations, with their parameters."""
    return ResponseDetails(
        description=details.description,
        examples=details.examples,
        optional_headers=details.optional_headers,
        links=links,
    )


HTML_PAGE = response("An HTML page.")

COMMON_RESPONSES: dict[str, ResponseDetails] = {
    "NotModified": ResponseDetails(description="Not modified.", headers=("ETag",)),
    "Unauthorized": ResponseDetails(
        description="Not signed in, or the token is not valid.",
        examples={"not signed in": examples.AUTHENTICATION_REQUIRED},
        headers=("WWW-Authenticate",),
    ),
    "Forbidden": response("Not permitted.", not_permitted=examples.PERMISSION_DENIED),
    "DoctorNotFound": response("There is no such doctor.", unknown_doctor=examples.UNKNOWN_DOCTOR),
    "SlotNotFound": response(
        "There is no such slot, or no such doctor.", unknown_slot=booking_examples.UNKNOWN_SLOT
    ),
    "BodyTooLarge": response(
        "The body has more than 128 KiB, or that of a plan more than 3 MiB.",
        too_large=examples.BODY_TOO_LARGE,
    ),
    "UnsupportedMediaType": response(
        "The operation does not accept this `Content-Type`.",
        unsupported_type=examples.UNSUPPORTED_MEDIA_TYPE,
    ),
    "TooManyRequests": ResponseDetails(
        description="Too many requests. The response of the firewall has no body.",
        examples={"too many": examples.TOO_MANY_REQUESTS},
        headers=("Retry-After",),
    ),
    "ServerError": response("Server error.", server_error=examples.INTERNAL_ERROR),
    "Unavailable": ResponseDetails(
        description="Try again in a moment.",
        examples={"unavailable": examples.UNAVAILABLE},
        headers=("Retry-After",),
    ),
    "Error": ResponseDetails(
        description="Any other error, such as 405 with `Allow` for another method.",
        examples={"wrong method": examples.METHOD_NOT_ALLOWED},
        optional_headers=("Allow",),
    ),
}
"""Responses that many operations share."""
