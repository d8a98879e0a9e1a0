"""FHIR ids of doctors: each leads to one doctor, whatever the ids of the others are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.fhir_ids import FhirIdTakenError
from chalicelib.use_cases.assign_fhir_ids import assign_missing_fhir_ids
from chalicelib.use_cases.backfill_doctors import backfill_page
from tests.support.factories import DOCTOR_SETTINGS, make_doctor

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

LONG = "a" * 50


def add(client: AppClient, *doctor_ids: str) -> None:
    for doctor_id in doctor_ids:
        settings = {**DOCTOR_SETTINGS, "name": f"Dr {doctor_id}"}
        assert client.put(f"/doctors/{doctor_id}", settings).status == 201


def fhir_id(client: AppClient, doctor_id: str) -> str:
    """Return the only id with which the doctor is found, and read."""
    bundle = client.get(f"/fhir/Practitioner?identifier={doctor_id}").json
    (found,) = (entry["resource"]["id"] for entry in bundle["entry"])
    read = client.get(f"/fhir/Practitioner/{found}").json
    assert [each["value"] for each in read["identifier"]] == [doctor_id]
    return str(found)


def test_underscores_become_hyphens(client: AppClient) -> None:
    add(client, "dr_van_dam")

    assert fhir_id(client, "dr_van_dam") == "dr-van-dam"
    assert client.get("/fhir/Practitioner/dr_van_dam").status == 404


@pytest.mark.parametrize("order", [("dr_kim", "dr-kim"), ("dr-kim", "dr_kim")])
def test_second_of_two_doctors_gets_another_id(client: AppClient, order: tuple[str, str]) -> None:
    add(client, *order)

    first, second = (fhir_id(client, doctor_id) for doctor_id in order)

    assert first == "dr-kim"
    assert second.startswith("dr-kim.")


def test_long_id_is_shortened_so_that_slots_have_one(client: AppClient) -> None:
    add(client, LONG, f"{LONG}b")
    client.save("09:00", doctor_id=LONG)

    assert fhir_id(client, LONG) != fhir_id(client, f"{LONG}b")
    (entry,) = client.get(f"/fhir/Slot?schedule={fhir_id(client, LONG)}").json["entry"]
    assert len(entry["resource"]["id"]) == 64
    assert client.get(f"/fhir/Slot/{entry['resource']['id']}").json == entry["resource"]


def test_id_stays_when_settings_change(client: AppClient) -> None:
    add(client, "dr-kim", "dr_kim")
    before = fhir_id(client, "dr_kim")

    client.put("/doctors/dr_kim", {**DOCTOR_SETTINGS, "lead_minutes": 5})

    assert fhir_id(client, "dr_kim") == before
    assert fhir_id(client, "dr-kim") == "dr-kim"


@pytest.mark.parametrize("doctor_id", ["dr_old", LONG])
def test_doctor_of_an_earlier_release_gets_an_id_in_the_night(
    client: AppClient, doctor_id: str
) -> None:
    client.services.doctors.add(make_doctor(doctor_id))
    assert client.get(f"/fhir/Practitioner?identifier={doctor_id}").json["total"] == 0

    backfill_page(client.services.doctors, None)

    found = fhir_id(client, doctor_id)
    assert found == "dr-old" if doctor_id == "dr_old" else found.startswith("a" * 36 + ".")


def test_doctor_of_earlier_release_gets_an_id_that_is_not_taken(client: AppClient) -> None:
    client.services.doctors.add(make_doctor("dr_old"))
    add(client, "dr-old")

    backfill_page(client.services.doctors, None)

    assert fhir_id(client, "dr-old") == "dr-old"
    assert fhir_id(client, "dr_old").startswith("dr-old.")


def test_doctor_who_is_changed_meanwhile_keeps_the_change(client: AppClient) -> None:
    client.services.doctors.add(make_doctor("dr_old"))
    read_before = client.services.doctors.get("dr_old")
    client.put("/doctors/dr_old", {**DOCTOR_SETTINGS, "lead_minutes": 5})

    assign_missing_fhir_ids(client.services.doctors, [read_before])

    assert client.get("/doctors/dr_old").json["lead_minutes"] == 5
    assert fhir_id(client, "dr_old") == "dr-old"


def test_doctor_of_earlier_release_gets_an_id_with_next_save(client: AppClient) -> None:
    client.services.doctors.add(make_doctor("dr_old"))

    client.put("/doctors/dr_old", DOCTOR_SETTINGS)

    assert fhir_id(client, "dr_old") == "dr-old"


@pytest.mark.parametrize("order", [("dr_kim", "dr-kim"), ("dr-kim", "dr_kim")])
def test_stored_ids_are_never_shared(client: AppClient, order: tuple[str, str]) -> None:
    """What two processes write that both found the id free."""
    doctors = client.services.doctors
    first, second = (
        make_doctor(doctor_id, fhir_id="dr-kim" if "_" in doctor_id else None)
        for doctor_id in order
    )
    doctors.save(first)

    with pytest.raises(FhirIdTakenError):
        doctors.save(second)


def test_two_doctors_never_share_a_stored_id(client: AppClient) -> None:
    doctors = client.services.doctors
    doctors.save(make_doctor("dr_kim_b", fhir_id="dr-kim-b"))

    with pytest.raises(FhirIdTakenError):
        doctors.save(make_doctor("dr-kim_b", fhir_id="dr-kim-b"))
