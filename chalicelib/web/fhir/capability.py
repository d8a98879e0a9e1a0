"""The CapabilityStatement: exactly what the facade can do, made of the tables that do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.web.fhir.kinds import KINDS
from chalicelib.web.fhir.resources import Base, Resource
from chalicelib.web.fhir.searches import SLOT_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request

    from chalicelib.web.fhir.parameters import SearchParameter

# When what the facade can do last changed.
_DATE = "2026-11-29"
_BULK_PUBLISH = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/bulk-publish"


def build_capability_statement(request: Request) -> Resource:
    """Return the statement of this server."""
    base = Base.of(request)
    types = [_resource(kind.name, kind.parameters) for kind in KINDS.values()]
    slot = {**_resource("Slot", SLOT_PARAMETERS), "searchInclude": ["Slot:schedule"]}
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _DATE,
        "kind": "instance",
        "software": {"name": "MediLink Slots"},
        "implementation": {"description": "Slots of doctors, read only", "url": base.fhir},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Slots are held and booked by the JSON API, with the identifier "
                "of the Slot as slot_id.",
                "security": {
                    "cors": bool(get_services().settings.cors_origins),
                    "description": "A bearer token with the scope slots/read. Bulk publication and "
                    "this statement may need none.",
                },
                "resource": [slot, *types],
                "operation": [{"name": "bulk-publish", "definition": _BULK_PUBLISH}],
            }
        ],
    }


def _resource(name: str, parameters: Sequence[SearchParameter]) -> Resource:
    return {
        "type": name,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "conditionalRead": "not-match",
        "searchParam": [
            {"name": each.name, "type": each.kind, "documentation": each.documentation}
            for each in parameters
            if each.name != "_include"
        ],
    }
