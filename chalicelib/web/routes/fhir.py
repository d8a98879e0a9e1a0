"""FHIR R4: read and search resources, and bulk publication. The code is imported on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.http.request import FORM, JSON
from chalicelib.web.routing import FHIR, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)
_JSON, _NDJSON = "application/fhir+json", "application/fhir+ndjson"
_BULK_PUBLISH = "$bulk-publish"


def _is_open(resource_type: str = _BULK_PUBLISH, **_others: str) -> bool:
    """Whether it is published to all, if the settings say so."""
    return resource_type == _BULK_PUBLISH and get_services().settings.has_public_slots


@routes.get(
    "/fhir/metadata",
    permission=Permission.READ,
    is_open=_is_open,
    doc=RouteDoc(
        tag=FHIR,
        parameters=("FhirFormat", "IfNoneMatch"),
        responses={200: {_JSON: dict}},
        errors=(406,),
    ),
)
def get_fhir_metadata(request: Request, _caller: Caller | None) -> Response:
    """Get the CapabilityStatement.

    It says exactly what works. It needs no sign-in where the setting `PUBLIC_SLOTS` is `on`.
    """
    from chalicelib.web.fhir.capability import build_capability_statement
    from chalicelib.web.fhir.media_types import require_json
    from chalicelib.web.fhir.responses import fhir_response

    require_json(request)
    return fhir_response(build_capability_statement(request), request)


@routes.get(
    "/fhir/{resource_type}",
    permission=Permission.READ,
    is_open=_is_open,
    doc=RouteDoc(
        tag=FHIR,
        parameters=("FhirFormat", "FhirCount", "Prefer", "IfNoneMatch"),
        responses={200: {_JSON: dict, JSON: dict}},
        errors=(400, 404, 406),
    ),
)
def get_fhir_search(request: Request, _caller: Caller | None, resource_type: str) -> Response:
    """Search resources of a type, or get the bulk publication's manifest.

    `/fhir/$bulk-publish` is the manifest of bulk publication (HL7 SMART Scheduling Links), with the
    URLs of its files. It needs no sign-in where the setting `PUBLIC_SLOTS` is `on`.
    The types are Slot, Schedule, Practitioner, PractitionerRole, Location and HealthcareService.
    `/fhir/metadata` has the search parameters of each; a parameter that is not known is ignored,
    and the self link of the bundle says what was used.
    """
    from chalicelib.web.fhir import bulk, media_types, responses, searches

    media_types.require_json(request)
    if resource_type == bulk.OPERATION:
        return bulk.publish_manifest(request)
    return responses.fhir_response(searches.search(resource_type, request), request)


# FHIR's path is /fhir/{resource_type}/_search. Written so, OpenAPI could not tell it from
# /fhir/bulk-publish/{file}.
@routes.post(
    "/fhir/{resource_type}/{resource_id}",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=FHIR,
        parameters=("FhirFormat", "FhirCount", "Prefer"),
        body={FORM: None},
        responses={200: {_JSON: dict}},
        errors=(400, 404, 406),
    ),
)
def post_fhir_search(
    request: Request, _caller: Caller, resource_type: str, resource_id: str
) -> Response:
    """Search resources of a type, by a form.

    In place of an id, the path has `_search`. The same as `GET /fhir/{resource_type}`: parameters
    can be in the form, in the URL, or in both. The links of the bundle are for GET.
    """
    from chalicelib.web.fhir import media_types, parameters, responses, searches

    searches.require_search_path(resource_id)
    parameters.add_form_fields(request)
    media_types.require_json(request)
    return responses.posted_search_response(searches.search(resource_type, request))


@routes.get(
    "/fhir/{resource_type}/{resource_id}",
    permission=Permission.READ,
    doc=RouteDoc(
        tag=FHIR,
        parameters=("FhirFormat", "IfNoneMatch"),
        responses={200: {_JSON: dict}},
        errors=(404, 406),
    ),
)
def get_fhir_resource(
    request: Request, _caller: Caller, resource_type: str, resource_id: str
) -> Response:
    """Get a resource.

    The identifier of a Slot is the `slot_id` with which it can be booked.
    """
    from chalicelib.web.fhir import media_types, responses, searches

    media_types.require_json(request)
    return responses.fhir_response(searches.read(resource_type, resource_id, request), request)


@routes.get(
    "/fhir/bulk-publish/{file}",
    permission=Permission.READ,
    is_open=_is_open,
    doc=RouteDoc(
        tag=FHIR,
        parameters=("FhirSchedules", "FhirFormat", "IfNoneMatch"),
        responses={200: {_NDJSON: None}},
        errors=(400, 404, 406),
    ),
)
def get_fhir_file(request: Request, _caller: Caller | None, file: str) -> Response:
    """Get a file of the bulk publication.

    The manifest, `/fhir/$bulk-publish`, has the URLs. A file is made when it is read, with a
    resource on each line, of doctors who take bookings: slots are from today to the end of the
    booking window. It needs no sign-in where the setting `PUBLIC_SLOTS` is `on`.
    """
    from chalicelib.web.fhir import bulk, media_types

    media_types.require_ndjson(request)
    return bulk.publish_file(file, request)
