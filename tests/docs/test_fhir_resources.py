"""Every FHIR resource of a busy practice passes two validators and the rules of the publication."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.support.fhir_rules import find_violations
from tests.support.fhir_validators import validate_in_node, validate_in_python
from tests.support.publication_rules import (
    find_broken_rules,
    manifest_cache_control_header,
    manifest_structure,
    manifest_url_form,
)

if TYPE_CHECKING:
    from tests.support.live_server import LiveServer

PROJECT = Path(__file__).parents[2]
Resource = dict[str, Any]


class FhirClient:
    """Reads the FHIR facade of a live server as a booking site."""

    def __init__(self, server: LiveServer) -> None:
        self.base = f"{server.url}/fhir"
        self._session = requests.Session()
        self._session.headers.update(server.auth_headers("booking-site", "slots/read"))

    def get(self, url: str, accept: str) -> requests.Response:
        response = self._session.get(url, headers={"Accept": accept}, timeout=30)
        assert response.status_code == 200
        return response

    def publish(self) -> list[Resource]:
        """Return all resources of the bulk publication."""
        manifest = self.get(f"{self.base}/$bulk-publish", "application/json").json()
        files = [
            self.get(output["url"], "application/fhir+ndjson") for output in manifest["output"]
        ]
        return [resource for file in files for resource in map(_decode, file.text.splitlines())]


def _decode(line: str) -> Resource:
    resource: Resource = json.loads(line)
    return resource


@pytest.fixture(scope="module")
def client(live_server: LiveServer) -> FhirClient:
    """A client of a server with the busy practice, which a guide may have made already."""
    admin = live_server.auth_headers("admin")
    if requests.get(f"{live_server.url}/doctors/dr-berg", headers=admin, timeout=30).ok:
        return FhirClient(live_server)
    settings = {"DATA_DIR": str(live_server.data_dir), "WEEKS": "2"}
    subprocess.run(
        [PROJECT / "scripts" / "demo", "busy"],
        env={**os.environ, **settings},
        capture_output=True,
        check=True,
    )
    return FhirClient(live_server)


@pytest.fixture(scope="module")
def published(client: FhirClient) -> list[Resource]:
    return client.publish()


def test_every_resource_of_the_busy_practice_is_valid(
    client: FhirClient, published: list[Resource]
) -> None:
    statuses = {each["status"] for each in published if each["resourceType"] == "Slot"}
    searched = [
        client.get(f"{client.base}/{path}", "application/fhir+json").json()
        for path in ("metadata", "Slot?_count=100&_include=Slot:schedule", "PractitionerRole")
    ]

    assert statuses >= {"free", "busy", "busy-tentative"}
    assert find_violations(published) == []
    assert validate_in_python([*published, *searched]) == []
    assert validate_in_node([*published, *searched]) == []


def test_publication_follows_the_rules_of_inferno(
    client: FhirClient, published: list[Resource]
) -> None:
    url = f"{client.base}/$bulk-publish"
    response = client.get(url, "application/json")

    assert manifest_url_form(url)
    assert manifest_cache_control_header(response.headers["Cache-Control"])
    assert manifest_structure(response.json())
    assert find_broken_rules(published) == []
    assert client.get(url, "").json() == client.get(url, "*/*").json()
