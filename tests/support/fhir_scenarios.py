"""Requests of the FHIR facade, whose DynamoDB calls are documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.call_scenarios import Scenario, Send


def _get(*paths: str) -> list[Scenario]:
    return [_scenario(path) for path in paths]


def _scenario(path: str) -> Scenario:
    def prepare(client: AppClient) -> Send:
        return lambda: client.get(f"/fhir/{path}")

    return prepare


def _unchanged_file(client: AppClient) -> Send:
    path = "/fhir/bulk-publish/Slot.ndjson?schedule=dr-lee,dr-okafor"
    etag = client.get(path).headers["ETag"]
    return lambda: client.get(path, If_None_Match=etag)


FHIR_SCENARIOS: dict[str, list[Scenario]] = {
    "FHIR: a doctor, in any type of resource": _get("Schedule/dr-lee", "Practitioner/dr-lee"),
    "FHIR: a location or a healthcare service, or a search of doctors": _get(
        "Location/none", "HealthcareService/none", "Schedule?actor=Practitioner/dr-lee"
    ),
    "FHIR: a slot, or the slots of a schedule": _get(
        "Slot/dr-lee.20261123T0900Z", "Slot?schedule=dr-lee&_include=Slot:schedule"
    ),
    "FHIR: slots of all schedules, for 6 doctors": _get("Slot", "Slot?_sort=start"),
    "bulk publication: the manifest": _get("$bulk-publish"),
    "bulk publication: a file of the slots of 2 doctors": _get(
        "bulk-publish/Slot.ndjson?schedule=dr-lee,dr-okafor"
    ),
    "... of a file that has not changed": [_unchanged_file],
}
