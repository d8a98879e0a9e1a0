"""Bulk publication: the manifest and its files, after HL7 SMART Scheduling Links."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from chalicelib.domain.fhir_ids import fhir_id_of
from chalicelib.use_cases.fhir_slot_files import MAX_FILE_DOCTORS, divide_into_slot_files
from chalicelib.use_cases.list_fhir_doctors import FhirDoctor
from tests.support.app_client import build_services
from tests.support.factories import DOCTOR_SETTINGS, make_doctor, make_grid

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient

MANIFEST = "/fhir/$bulk-publish"
SLOTS = "/fhir/bulk-publish/Slot.ndjson?schedule=dr-lee"


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def read_file(client: AppClient, path: str) -> list[Any]:
    """Return the resources of a file, one on each line."""
    response = client.get(path, Accept="application/fhir+ndjson")
    assert response.status == 200
    assert response.headers["Content-Type"] == "application/fhir+ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def publish(client: AppClient) -> dict[str, list[Any]]:
    """Return all published resources by type."""
    found: dict[str, list[Any]] = {}
    for output in client.get(MANIFEST).json["output"]:
        resources = read_file(client, path_of(output["url"]))
        assert {resource["resourceType"] for resource in resources} <= {output["type"]}
        found.setdefault(output["type"], []).extend(resources)
    return found


def publish_to_all(client: AppClient) -> None:
    settings = replace(client.services.settings, has_public_slots=True)
    client.use_services(build_services(settings, client.clock))


@pytest.mark.usefixtures("cached_doctor")
def test_publication_has_every_resource_of_the_searches(client: AppClient) -> None:
    client.save("08:00", doctor_id="dr-okafor")

    published = publish(client)

    assert set(published) == {
        "Slot", "Schedule", "Practitioner", "PractitionerRole", "Location", "HealthcareService"
    }  # fmt: skip
    for resource_type, resources in published.items():
        entries = client.get(f"/fhir/{resource_type}?_count=100").json["entry"]
        by_id = {entry["resource"]["id"]: entry["resource"] for entry in entries}
        assert {resource["id"]: resource for resource in resources} == by_id
        assert len(resources) == len(by_id)


@pytest.mark.parametrize("path", [MANIFEST, "/fhir/%24bulk-publish"])
def test_manifest_names_itself_and_when_it_was_published(client: AppClient, path: str) -> None:
    client.clock.now += timedelta(minutes=7, seconds=5)

    response = client.get(path)

    assert response.status == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "private, max-age=300"
    assert response.json["transactionTime"] == "2026-11-22T12:05:00+00:00"
    assert response.json["request"].endswith(MANIFEST)
    assert response.json["error"] == []


def test_manifest_is_the_same_for_five_minutes(client: AppClient) -> None:
    etag = client.get(MANIFEST).headers["ETag"]

    client.clock.now += timedelta(minutes=4, seconds=59)
    assert client.get(MANIFEST, If_None_Match=etag).status == 304
    client.clock.now += timedelta(seconds=1)
    assert client.get(MANIFEST, If_None_Match=etag).status == 200


@pytest.mark.usefixtures("open_slots")
def test_unchanged_file_is_304_until_a_slot_changes(client: AppClient) -> None:
    first = client.get(SLOTS)
    assert first.headers["Cache-Control"] == "private, max-age=300"

    again = client.get(SLOTS, If_None_Match=first.headers["ETag"])

    assert (again.status, again.text) == (304, "")
    client.hold("09:00", "hannah")
    assert client.get(SLOTS, If_None_Match=first.headers["ETag"]).status == 200


def test_slots_are_from_today_to_the_end_of_the_booking_window(client: AppClient) -> None:
    for on in ("2026-11-23", "2027-11-22", "2027-11-23"):
        client.save("09:00", date=on)
    client.clock.now += timedelta(days=1)

    assert [slot["start"][:10] for slot in read_file(client, SLOTS)] == [
        "2026-11-23",
        "2027-11-22",
        "2027-11-23",
    ]
    client.clock.now += timedelta(days=1)
    assert len(read_file(client, SLOTS)) == 2
    assert len(read_file(client, f"{SLOTS}&first_day=300&days=63")) == 0
    assert len(read_file(client, f"{SLOTS}&first_day=300&days=64")) == 1


def test_doctors_who_take_no_bookings_are_not_published(client: AppClient) -> None:
    client.save("09:00")
    client.update_doctor(active=False)

    assert read_file(client, SLOTS) == []
    assert "dr-lee" not in client.get(MANIFEST).text
    assert "dr-lee" not in json.dumps(publish(client))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Slot.ndjson?first_day=x", 400),
        ("Slot.ndjson?days=-1", 400),
        (f"Slot.ndjson?schedule={',' * 25}", 400),
        ("Practitioner.ndjson?part=one", 400),
        ("Patient.ndjson", 404),
        ("Slot", 404),
        ("Slot.ndjson", 200),
        ("Location.ndjson?part=9", 200),
    ],
)
def test_only_files_of_a_manifest_are_found(client: AppClient, path: str, status: int) -> None:
    assert client.get(f"/fhir/bulk-publish/{path}").status == status


def test_publication_is_open_only_where_the_setting_says_so(sign_in: SignIn) -> None:
    client = sign_in("admin")
    client.save("09:00")
    paths = [MANIFEST, "/fhir/%24bulk-publish", SLOTS, "/fhir/metadata"]
    signed_in = [client.get(path).status for path in paths]
    client.headers.clear()

    assert signed_in == [200] * 4
    assert [client.get(path).status for path in paths] == [401] * 4
    publish_to_all(client)
    assert [client.get(path).status for path in paths] == [200] * 4
    assert client.get(MANIFEST).headers["Cache-Control"] == "max-age=300"
    assert client.get("/fhir/Slot").status == client.get("/fhir/Slot/bulk-publish").status == 401
    assert client.get("/fhir/metadata", Authorization="Bearer of-yesterday").status == 200


def test_manifest_and_files_have_the_types_that_clients_accept(client: AppClient) -> None:
    assert client.get(MANIFEST, Accept="application/json").status == 200
    assert client.get(SLOTS, Accept="application/fhir+ndjson").status == 200
    assert client.get(SLOTS, Accept="application/fhir+xml").status == 406


def owners(*doctors: Doctor) -> list[FhirDoctor]:
    return [FhirDoctor(str(fhir_id_of(doctor)), doctor) for doctor in doctors]


def test_files_of_a_thousand_doctors_are_bounded() -> None:
    practice = owners(*(make_doctor(f"dr-{number:04}") for number in range(1000)))

    files = list(divide_into_slot_files(practice))

    assert [fhir_id for file in files for fhir_id in file.fhir_ids] == [
        owner.fhir_id for owner in practice
    ]
    assert max(len(file.fhir_ids) for file in files) <= MAX_FILE_DOCTORS
    assert len(files) <= 1000
    assert all(file.days is None for file in files)


def test_many_slots_of_one_doctor_are_divided_by_days() -> None:
    busy = make_doctor("dr-busy", make_grid(("00:00", "24:00"), minutes=15))

    files = list(divide_into_slot_files(owners(make_doctor("dr-a"), busy, make_doctor("dr-z"))))

    days = [(file.first_day, file.days) for file in files if file.fhir_ids == ("dr-busy",)]
    assert [first for first, _ in days] == [0, 83, 166, 249, 332]
    assert {length for _, length in days} == {83}
    assert sorted({fhir_id for file in files for fhir_id in file.fhir_ids}) == [
        "dr-a", "dr-busy", "dr-z"
    ]  # fmt: skip


def test_urls_stay_the_same_from_day_to_day(client: AppClient) -> None:
    urls = [output["url"] for output in client.get(MANIFEST).json["output"]]
    client.clock.now += timedelta(days=3)

    assert [output["url"] for output in client.get(MANIFEST).json["output"]] == urls
    assert len(urls) == len(set(urls))
    assert all(re.fullmatch(r"https?://[!-~]+", url) for url in urls)


def test_new_doctor_is_published_at_once(client: AppClient) -> None:
    client.get(MANIFEST)

    client.put("/doctors/dr_new", DOCTOR_SETTINGS)

    assert "dr-new" in client.get(MANIFEST).text
