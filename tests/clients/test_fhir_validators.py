"""Broken slots, and which of the validators catches them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fhir_rules import find_violations
from tests.support.fhir_validators import validate_in_node, validate_in_python
from tests.support.publication_rules import (
    is_http_url,
    manifest_structure,
    manifest_url_form,
    schedule_resources,
    slot_resources,
)

Resource = dict[str, Any]
SCHEDULE: Resource = {
    "resourceType": "Schedule",
    "id": "dr-lee",
    "serviceType": [{"text": "cardiology"}],
    "actor": [{"reference": "Practitioner/dr-lee"}, {"reference": "Location/1"}],
}
PRACTITIONER: Resource = {"resourceType": "Practitioner", "id": "dr-lee"}
LOCATION: Resource = {"resourceType": "Location", "id": "1", "name": "London"}


def make_slot(**members: object) -> Resource:
    slot = {
        "resourceType": "Slot",
        "id": "dr-lee.20261123T0900Z",
        "schedule": {"reference": "Schedule/dr-lee"},
        "status": "free",
        "start": "2026-11-23T09:00:00+00:00",
        "end": "2026-11-23T09:30:00+00:00",
    }
    return {name: value for name, value in {**slot, **members}.items() if value is not None}


OTHER = make_slot(id="dr-lee.20261123T0930Z", start="2026-11-23T09:15:00Z")
# What is wrong with it, the slots, and the validators that catch it besides our own rules.
BROKEN: list[tuple[str, list[Resource], set[str]]] = [
    ("ends before it starts", [make_slot(end="2026-11-23T08:30:00+00:00")], set()),
    ("overlaps another slot", [make_slot(), {**OTHER, "end": "2026-11-23T10:00:00Z"}], set()),
    ("has a status of its own", [make_slot(status="open")], {"node"}),
    ("has a lost schedule", [make_slot(schedule={"reference": "Schedule/a"})], set()),
    ("has the id of the JSON API", [make_slot(id="dr_lee~20261123T0900Z")], {"python"}),
    ("has times without an offset", [make_slot(start="2026-11-23T09:00:00")], {"python"}),
    ("has no schedule", [make_slot(schedule=None)], {"python", "node"}),
    ("has the id of another slot", [make_slot(), make_slot()], set()),
    ("says who booked it", [make_slot(patient="p-1")], {"python", "node"}),
    ("has an empty list", [make_slot(identifier=[])], set()),
]  # fmt: skip


def publication(slots: list[Resource]) -> list[Resource]:
    return [*slots, SCHEDULE, PRACTITIONER, LOCATION]


def test_correct_slots_pass_every_validator() -> None:
    resources = publication([make_slot()])

    assert find_violations(resources) == []
    assert validate_in_python(resources) == []
    assert validate_in_node(resources) == []


@pytest.mark.parametrize(("slots", "others"), [pytest.param(s, o, id=f) for f, s, o in BROKEN])
def test_broken_slot_is_caught(slots: list[Resource], others: set[str]) -> None:
    validators = {"python": validate_in_python, "node": validate_in_node}

    assert find_violations(publication(slots)) != []
    assert {name for name, validate in validators.items() if validate(slots)} == others


def test_broken_publications_are_caught() -> None:
    url = "https://slots.example/fhir/$bulk-publish"
    output = {"type": "Slot", "url": "https://slots.example/slots.ndjson"}
    manifest = {"transactionTime": "2026-11-22T12:00:00+00:00", "request": url, "output": [output]}

    assert manifest_url_form(url)
    assert manifest_structure(manifest)
    assert not manifest_url_form("https://slots.example/fhir/$export")
    assert not is_http_url("/fhir/$bulk-publish")
    wrong_members: tuple[dict[str, object], ...] = (
        {"transactionTime": "2026-11-22"},
        {"request": "/fhir/$bulk-publish"},
        {"output": {}},
        {"output": [{**output, "type": "Patient"}]},
        {"output": [{**output, "url": "slots.ndjson"}]},
        {"output": [{**output, "extension": {"state": "MA"}}]},
    )
    for wrong in wrong_members:
        assert not manifest_structure({**manifest, **wrong})
    assert not slot_resources(make_slot(end="2026-11-23T18:00:00+00:00"))
    assert not schedule_resources({**SCHEDULE, "actor": [{"reference": "Practitioner/dr-lee"}]})
