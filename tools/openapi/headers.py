"""The response headers of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.openapi.example_values import Json

HEADERS = {
    "ETag": ("The ETag of this response, for `If-None-Match`.", '"1.68048e9e729602d2"'),
    "Vary": ("The request headers that the response depends on.", "Accept, HX-Request"),
    "Retry-After": ("The number of seconds to wait before the next try.", "1"),
    "WWW-Authenticate": ("How to authenticate: with a bearer token (RFC 6750).", "Bearer"),
    "Allow": ("The supported methods.", "GET, HEAD, OPTIONS, POST"),
    "Location": ("The URL to go to.", "/slots"),
}
"""The description and an example of each, by name."""
OPTIONAL_HEADER = "Allow"
"""Only 405 has it."""


def header(name: str, *, required: bool) -> Json:
    """Describe a response header."""
    description, example = HEADERS[name]
    return {
        "description": description,
        "required": required,
        "schema": {"type": "string"},
        "example": example,
    }
