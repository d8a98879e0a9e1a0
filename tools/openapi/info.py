"""What the OpenAPI document says of the API as a whole."""

from __future__ import annotations

_DESCRIPTION = """\
A doctor opens and closes slots; a booking site finds, holds, books, moves and cancels them.

Send an access token from the identity provider (`Authorization: Bearer ...`) with the scope
`slots/read`, or `slots/book` to hold and book. The web app uses a session cookie instead.

Dates and times of day are in the doctor's time zone; instants have its offset. An empty query
parameter counts as missing. Unknown query parameters are ignored, and so are unknown JSON members,
except in the settings of a doctor. A number such as `300.0` counts as the integer 300.

Every 4xx and 5xx response is a problem (RFC 9457) that names each invalid slot or field; a browser
(`Accept: text/html`) gets a page with the same status and sentence, and FHIR's clients get an
OperationOutcome. Unknown paths return 404; unsupported methods return 405 with an `Allow` header.
Content of a type that an operation does not accept, or of none, returns 415. Every response has
`X-Content-Type-Options: nosniff`.

HEAD works wherever GET does: the response has the same status and headers, and no content. OPTIONS
works there too. Pages of the sites that the operator lists (`CORS_ORIGINS`) may send GET and HEAD
with a bearer token from a browser (CORS); no other page can."""
INFO = {
    "title": "MediLink Slots",
    "version": "0.1.0",
    "description": _DESCRIPTION,
    "contact": {"name": "The MediLink Slots authors"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
