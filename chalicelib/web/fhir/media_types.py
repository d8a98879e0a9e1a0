"""FHIR's media types, and which of them a client accepts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.text import Text
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.negotiation import accepts
from chalicelib.web.http.request import JSON, header, query

if TYPE_CHECKING:
    from chalice.app import Request

FHIR_JSON = "application/fhir+json"
FHIR_NDJSON = "application/fhir+ndjson"
_JSON_TYPES = (FHIR_JSON, JSON, "text/json")
_NDJSON_TYPES = (FHIR_NDJSON, "application/ndjson", "application/x-ndjson", "ndjson")
# Values of ``_format``; in a query, a "+" that is not encoded is a space.
_JSON_FORMATS = ("json", *_JSON_TYPES)


def require_json(request: Request) -> None:
    """Raise ``HttpError`` if the client accepts no JSON; ``_format`` counts more than ``Accept``.

    See https://hl7.org/fhir/R4/http.html#mime-type.
    """
    _require(request, _JSON_FORMATS, _JSON_TYPES)


def require_ndjson(request: Request) -> None:
    """The same for files with a resource on each line."""
    _require(request, _NDJSON_TYPES, (*_NDJSON_TYPES, *_JSON_TYPES))


def _require(request: Request, formats: tuple[str, ...], types: tuple[str, ...]) -> None:
    wanted = query(request, "_format")
    if wanted is not None:
        is_acceptable = _media_type(wanted) in formats
    else:
        is_acceptable = accepts(header(request, "accept") or "", types)
    if not is_acceptable:
        detail = Text("This is only available as %(media_type)s", media_type=types[0])
        raise HttpError(HTTPStatus.NOT_ACCEPTABLE, detail)


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower().replace(" ", "+")
