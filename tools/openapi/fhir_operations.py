"""What the OpenAPI document says of the FHIR facade."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from tools.openapi.responses import OperationDetails, ResponseDetails, response

if TYPE_CHECKING:
    from tools.openapi.example_values import Json

ResourceType = Annotated[str, Meta(description="A type of FHIR R4 resources.", examples=["Slot"])]
SearchName = Annotated[Literal["_search"], Meta(description="The end of FHIR's path of a search.")]
ResourceId = Annotated[
    str, Meta(description="The id of a FHIR resource.", examples=["dr-lee.20261123T0900Z"])
]
PublishedFile = Annotated[
    str, Meta(description="A file of the bulk publication.", examples=["Slot.ndjson"])
]
Format = Annotated[str, Meta(description="A media type.", examples=["json"])]
Count = Annotated[int, Meta(description="A number of resources.", extra_json_schema={"minimum": 1})]
Preference = Annotated[str, Meta(description="Preferences.", examples=["handling=strict"])]
Schedules = Annotated[str, Meta(description="Ids of schedules.", examples=["dr-lee,dr-okafor"])]


def _outcome(code: str, text: str) -> Json:
    issue = {"severity": "error", "code": code, "details": {"text": text}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


_SLOT: Json = {
    "resourceType": "Slot",
    "id": "dr-lee.20261123T0900Z",
    "identifier": [
        {"system": "https://slots.example/slots", "value": "dr-lee~20261123T0900Z"},
    ],
    "schedule": {"reference": "Schedule/dr-lee"},
    "status": "free",
    "start": "2026-11-23T09:00:00+00:00",
    "end": "2026-11-23T09:30:00+00:00",
}
_BUNDLE: Json = {
    "resourceType": "Bundle",
    "type": "searchset",
    "link": [{"relation": "self", "url": "https://slots.example/fhir/Slot?status=free"}],
    "entry": [
        {
            "fullUrl": "https://slots.example/fhir/Slot/dr-lee.20261123T0900Z",
            "resource": _SLOT,
            "search": {"mode": "match"},
        }
    ],
}
_NOT_FOUND = response(
    "There is no such resource.",
    unknown_slot=_outcome("not-found", "There is no Slot with the id dr-lee"),
)
_NOT_ACCEPTABLE = response(
    "The client accepts another format only.",
    xml=_outcome("not-supported", "This is only available as application/fhir+json"),
)
_INVALID = response(
    "A parameter has an invalid value or a modifier that is not supported, or is not known to a "
    "server that has to be strict.",
    invalid_count=_outcome("invalid", "_count is not valid: expected a whole number from 1 on"),
)
_ERRORS: dict[int, ResponseDetails] = {
    HTTPStatus.BAD_REQUEST: _INVALID,
    HTTPStatus.NOT_FOUND: _NOT_FOUND,
    HTTPStatus.NOT_ACCEPTABLE: _NOT_ACCEPTABLE,
}
FHIR_OPERATIONS: dict[str, OperationDetails] = {
    "get_fhir_metadata": OperationDetails(
        responses={200: response("The CapabilityStatement."), 406: _NOT_ACCEPTABLE}
    ),
    "get_fhir_search": OperationDetails(
        responses={
            200: response("A page of results, or the manifest.", a_free_slot=_BUNDLE),
            **_ERRORS,
        }
    ),
    "post_fhir_search": OperationDetails(
        responses={
            200: response("A page of results.", a_free_slot=_BUNDLE),
            **_ERRORS,
        }
    ),
    "get_fhir_resource": OperationDetails(
        responses={
            200: response("The resource.", a_free_slot=_SLOT),
            404: _NOT_FOUND,
            406: _NOT_ACCEPTABLE,
        }
    ),
    "get_fhir_file": OperationDetails(
        responses={200: response("The resources, one on each line."), **_ERRORS}
    ),
}
