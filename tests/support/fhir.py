"""Requests of the FHIR facade, and what tests read in its responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.factories import DOCTOR_SETTINGS

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

FHIR_JSON = "application/fhir+json"


def get_fhir(client: AppClient, path: str, **headers: str) -> Any:  # noqa: ANN401  JSON
    """Return the resource at the path."""
    response = client.get(f"/fhir/{path}", **headers)
    assert response.status == 200, response.text
    assert response.headers["Content-Type"] == FHIR_JSON
    return response.json


def resources_of(bundle: Any) -> list[Any]:  # noqa: ANN401  JSON
    return [entry["resource"] for entry in bundle.get("entry", [])]


def search(client: AppClient, query: str) -> list[Any]:
    """Return the resources of the first page of a search."""
    return resources_of(get_fhir(client, query))


def statuses(client: AppClient, query: str = "Slot?schedule=dr-lee") -> dict[str, str]:
    """Return the status of each slot by its local start."""
    return {slot["start"][11:16]: slot["status"] for slot in search(client, query)}


def link(bundle: Any, relation: str) -> str | None:  # noqa: ANN401  JSON
    return next((each["url"] for each in bundle["link"] if each["relation"] == relation), None)


def follow(client: AppClient, url: str) -> Any:  # noqa: ANN401  JSON
    parts = urlsplit(url)
    return get_fhir(client, f"{parts.path.removeprefix('/fhir/')}?{parts.query}")


def add_doctor(client: AppClient, doctor_id: str, **settings: object) -> AppResponse:
    return client.put(f"/doctors/{doctor_id}", {**DOCTOR_SETTINGS, **settings})


def outcome_of(response: AppResponse, status: int) -> str:
    """Return the code of the OperationOutcome's first issue."""
    assert response.status == status
    assert response.headers["Content-Type"] == FHIR_JSON
    assert response.json["resourceType"] == "OperationOutcome"
    issue = response.json["issue"][0]
    assert issue["severity"] == "error"
    assert issue["details"]["text"]
    return str(issue["code"])
