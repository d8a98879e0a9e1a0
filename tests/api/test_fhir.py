"""The resources and searches of the FHIR facade, as other systems see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id
from tests.support.fhir import add_doctor, follow, get_fhir, link, resources_of, search, statuses

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


@pytest.mark.usefixtures("cached_doctor")
def test_slot_has_local_times_and_the_id_for_booking(client: AppClient) -> None:
    slot = get_fhir(client, "Slot/dr-lee.20261123T0900Z")

    assert slot["id"] == "dr-lee.20261123T0900Z"
    assert slot["status"] == "free"
    assert slot["schedule"] == {"reference": "Schedule/dr-lee"}
    assert (slot["start"], slot["end"]) == (
        "2026-11-23T09:00:00+00:00",
        "2026-11-23T09:30:00+00:00",
    )
    assert [each["value"] for each in slot["identifier"]] == [make_slot_id("09:00")]


@pytest.mark.usefixtures("cached_doctor")
def test_statuses_are_those_of_the_json_api(client: AppClient) -> None:
    listed = client.get("/doctors/dr-lee/slots?from=2026-11-23&to=2026-11-23").json["slots"]

    found = statuses(client)

    assert found == {"09:00": "free", "09:30": "busy-tentative", "10:00": "busy", "10:30": "free"}
    assert [time for time, status in found.items() if status == "free"] == [
        slot["start"][11:16] for slot in listed
    ]
    assert found == {time: client.get_slot(time).json["status"] for time in found}


@pytest.mark.usefixtures("open_slots")
def test_time_off_closes_slots_that_were_booked_before(client: AppClient) -> None:
    client.book("09:00", "b-1")
    plan = client.post(
        "/doctors/dr-lee/plans",
        {
            "kind": "time_off",
            "from": "2026-11-23",
            "to": "2026-11-23",
            "name": "Conference",
            "act": "stop",
        },
    ).json
    client.post(f"/doctors/dr-lee/plans/{plan['plan_id']}/steps", {})
    client.delete(f"/slots/{make_slot_id('09:00')}/booking?booking_id=b-1")

    assert statuses(client) == {"09:00": "busy-unavailable"}
    assert client.get_slot("09:00").json["status"] == "busy-unavailable"


@pytest.mark.usefixtures("open_slots")
def test_free_slot_that_can_not_be_booked_is_unavailable(client: AppClient) -> None:
    client.update_doctor(lead_minutes=60)
    client.clock.now += timedelta(hours=20, minutes=45)

    assert statuses(client) == {
        "09:00": "busy-unavailable",
        "09:30": "busy-unavailable",
        "10:00": "free",
    }
    listed = client.get("/doctors/dr-lee/slots?from=2026-11-23&to=2026-11-23").json["slots"]
    assert [slot["start"][11:16] for slot in listed] == ["10:00"]


@pytest.mark.usefixtures("cached_doctor")
def test_nothing_says_who_holds_or_booked_a_slot(client: AppClient) -> None:
    client.book("10:30", "b-secret", patient_reference="patient-secret")

    text = client.get("/fhir/Slot?schedule=dr-lee").text

    assert "secret" not in text
    assert "hannah" not in text


@pytest.mark.usefixtures("cached_doctor")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=free", ["09:00", "10:30"]),
        ("status=busy,busy-tentative", ["09:30", "10:00"]),
        ("status=http://hl7.org/fhir/slotstatus|busy", ["10:00"]),
        ("status=busy-unavailable", []),
        ("start=ge2026-11-23T09:30:00Z", ["09:30", "10:00", "10:30"]),
        ("start=ge2026-11-23T10:30:00%2B01:00&start=lt2026-11-23T10:30:00+00:00",
         ["09:30", "10:00"]),
        ("start=ge2026-11-23&start=lt2026-11-24", ["09:00", "09:30", "10:00", "10:30"]),
        ("start=2026-11-23T10:00", ["10:00"]),
        ("start=gt2026-11-23T10:00", ["10:30"]),
        ("start=le2026-11-23T09:30", ["09:00", "09:30"]),
        ("start=2026-11", ["09:00", "09:30", "10:00", "10:30"]),
        ("start=lt2026", []),
        ("schedule.actor=PractitionerRole/dr-lee", ["09:00", "09:30", "10:00", "10:30"]),
        ("schedule.actor:Practitioner=dr-lee", ["09:00", "09:30", "10:00", "10:30"]),
        ("schedule.actor=Practitioner/dr-okafor", []),
        ("schedule=Schedule/dr-lee&schedule=dr-okafor", []),
        ("schedule=Schedule/dr-lee,dr-okafor&_sort=start", ["09:00", "09:30", "10:00", "10:30"]),
        ("schedule=Location/dr-lee", []),
    ],
)  # fmt: skip
def test_slots_are_searched_by_status_start_and_schedule(
    client: AppClient, query: str, expected: list[str]
) -> None:
    assert list(statuses(client, f"Slot?{query}")) == expected


def test_dates_are_those_of_the_doctors_zone(client: AppClient) -> None:
    client.save("08:00", doctor_id="dr-okafor")

    assert len(search(client, "Slot?schedule=dr-okafor&start=2026-11-23T08:00")) == 1
    assert len(search(client, "Slot?schedule=dr-okafor&start=2026-11-23T13:00Z")) == 1
    assert search(client, "Slot?schedule=dr-okafor&start=2026-11-23T08:00Z") == []


@pytest.mark.parametrize("sort", ["", "&_sort=start"])
def test_pages_of_slots_have_each_slot_once_in_order(client: AppClient, sort: str) -> None:
    client.save("09:00", "09:30", "10:00")
    client.save("09:00", date="2026-11-24")
    client.save("08:00", "08:20", doctor_id="dr-okafor")
    bundle = get_fhir(client, f"Slot?_count=2{sort}")
    found, urls = resources_of(bundle), [link(bundle, "next")]
    while urls[-1]:
        bundle = follow(client, urls[-1])
        found += resources_of(bundle)
        urls.append(link(bundle, "next"))

    whole = search(client, f"Slot?_count=100{sort}")
    assert [slot["id"] for slot in found] == [slot["id"] for slot in whole]
    assert len({slot["id"] for slot in whole}) == 6
    starts = [slot["identifier"][0]["value"].rpartition("~")[2] for slot in whole]
    by_doctor = [slot["schedule"]["reference"] for slot in whole]
    assert (starts == sorted(starts)) if sort else (by_doctor == sorted(by_doctor))


@pytest.mark.usefixtures("open_slots")
def test_included_schedules_are_no_matches(client: AppClient) -> None:
    bundle = get_fhir(client, "Slot?_include=Slot:schedule&_count=2")

    assert [entry["search"]["mode"] for entry in bundle["entry"]] == ["match", "match", "include"]
    assert resources_of(bundle)[2]["id"] == "dr-lee"


def test_doctor_is_four_resources_that_refer_to_each_other(client: AppClient) -> None:
    role = get_fhir(client, "PractitionerRole/dr-lee")
    schedule = get_fhir(client, "Schedule/dr-lee")

    references = [
        role["practitioner"],
        *role["location"],
        *role["healthcareService"],
        *schedule["actor"],
    ]
    for reference in references:
        resource = get_fhir(client, reference["reference"])
        assert f"{resource['resourceType']}/{resource['id']}" == reference["reference"]
    assert role["availableTime"][0]["availableStartTime"] == "09:00:00"
    assert schedule["planningHorizon"] == {"start": "2026-11-22", "end": "2027-11-22"}
    assert get_fhir(client, "PractitionerRole/dr-walker")["availableTime"] == [
        {"daysOfWeek": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "allDay": True}
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Practitioner?_id=dr-lee", ["dr-lee"]),
        ("Practitioner?name=okaf", ["dr-okafor"]),
        ("Practitioner?name=kafor", []),
        ("Practitioner?identifier=dr-lee,dr-okafor", ["dr-lee", "dr-okafor"]),
        ("Practitioner?identifier=http://localhost/doctors|dr-lee", []),
        ("PractitionerRole?practitioner=Practitioner/dr-lee", ["dr-lee"]),
        ("PractitionerRole?practitioner=Location/dr-lee", []),
        ("Schedule?actor=Practitioner/dr-lee", ["dr-lee"]),
        ("Schedule?actor:PractitionerRole=dr-lee", ["dr-lee"]),
        ("Schedule?identifier=dr-lee", ["dr-lee"]),
    ],
)
def test_doctors_are_searched_by_declared_parameters(
    client: AppClient, query: str, expected: list[str]
) -> None:
    assert [resource["id"] for resource in search(client, query)] == expected


def test_doctors_of_a_place_share_its_location(client: AppClient) -> None:
    add_doctor(client, "dr-new", location="North Clinic", specialty="surgery")
    add_doctor(client, "dr-newer", location="North Clinic", specialty="urology")

    (place,) = search(client, "Location?name=north")
    services = search(client, f"HealthcareService?location={place['id']}")
    roles = search(client, f"PractitionerRole?location=Location/{place['id']}")

    assert place["name"] == "North Clinic"
    assert {service["name"] for service in services} == {
        "surgery, North Clinic",
        "urology, North Clinic",
    }
    assert [role["id"] for role in roles] == ["dr-new", "dr-newer"]
    assert [
        role["id"]
        for service in services
        for role in search(client, f"PractitionerRole?service={service['id']}")
    ] == ["dr-new", "dr-newer"] or len(services) == 2


def test_pages_of_doctors_have_links_and_a_total(client: AppClient) -> None:
    bundle = get_fhir(client, "Practitioner?_count=4&unknown=1&unknown:missing=true")
    whole = get_fhir(client, "Practitioner")

    assert bundle["total"] == len(whole["entry"]) == 6
    assert str(link(bundle, "self")).endswith("/fhir/Practitioner?_count=4")
    rest = follow(client, str(link(bundle, "next")))
    assert resources_of(bundle) + resources_of(rest) == resources_of(whole)
    assert link(rest, "next") is None


def test_inactive_doctor_is_read_and_not_found(client: AppClient) -> None:
    client.update_doctor(active=False)

    assert get_fhir(client, "Practitioner/dr-lee")["active"] is False
    assert search(client, "Practitioner?_id=dr-lee") == []


def test_capability_statement_has_exactly_supported_parameters(client: AppClient) -> None:
    (rest,) = get_fhir(client, "metadata")["rest"]

    declared = {each["type"]: each["searchParam"] for each in rest["resource"]}
    assert set(declared) == {
        "Slot", "Schedule", "Practitioner", "PractitionerRole", "Location", "HealthcareService"
    }  # fmt: skip
    for resource_type, parameters in declared.items():
        for name in [*(each["name"] for each in parameters), "gender", "_lastUpdated", "date"]:
            value = {"start": "ge2026-11-23", "status": "free", "_sort": "start"}.get(name, "none")
            response = client.get(f"/fhir/{resource_type}?{name}={value}", Prefer="handling=strict")
            is_declared = name in {each["name"] for each in parameters}
            assert (response.status == 200) == is_declared, (resource_type, name)
