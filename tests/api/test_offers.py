"""What is offered to patients whose appointments have to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import make_slot_id, rejection_codes, slot_path
from tests.support.factories import date_range

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

TUESDAY, *_, LATER = date_range(40)[1:]


def offers(client: AppClient, start: str, query: str = "") -> list[tuple[str, str]]:
    """Return doctor and local start of each offer for Dr Lee's slot of Monday."""
    response = client.get(f"{slot_path(start)}/offers{query}")
    assert response.status == 200, response.text
    return [
        (offer["slot_id"].partition("~")[0], offer["start"][:16])
        for offer in response.json["offers"]
    ]


def test_offers_are_slots_of_the_same_doctor_soonest_first(client: AppClient) -> None:
    client.save("09:00", date=TUESDAY)
    client.save("09:00", "11:00", "10:00")
    client.book("09:00", "b-1")

    assert offers(client, "09:00") == [
        ("dr-lee", "2026-11-23T10:00"),
        ("dr-lee", "2026-11-23T11:00"),
        ("dr-lee", f"{TUESDAY}T09:00"),
    ]
    assert len(offers(client, "09:00", "?limit=2")) == 2


def test_slot_itself_is_not_offered(client: AppClient) -> None:
    client.save("09:00", "10:00")

    assert offers(client, "09:00") == [("dr-lee", "2026-11-23T10:00")]


def test_offers_end_with_doctors_of_same_specialty_and_location(client: AppClient) -> None:
    client.save("09:00", "11:30")
    client.book("09:00", "b-1")
    client.put("/doctors/dr-kim", client.get("/doctors/dr-lee").json | {"doctor_id": "dr-kim"})
    client.save("09:30", "10:00", doctor_id="dr-kim")
    client.save("09:20", doctor_id="dr-twenty")  # shorter
    client.save("13:00", doctor_id="dr-okafor")  # another specialty

    assert offers(client, "09:00") == [
        ("dr-lee", "2026-11-23T11:30"),
        ("dr-kim", "2026-11-23T09:30"),
        ("dr-kim", "2026-11-23T10:00"),
    ]


def test_slot_of_another_length_is_not_offered(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00", "b-1")
    client.set_slot_minutes("dr-lee", minutes=20)
    client.save("10:00")

    assert offers(client, "09:00") == []


def test_disrupted_patients_are_offered_different_slots(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    for number, start in enumerate(("09:00", "09:30", "10:00")):
        client.book(start, f"b-{number}")
        client.override("disrupt", start)
    client.save("09:00", "09:30", date=LATER)

    assert [offers(client, start, "?limit=1") for start in ("09:00", "09:30", "10:00")] == [
        [("dr-lee", f"{LATER}T09:00")],
        [("dr-lee", f"{LATER}T09:30")],
        [("dr-lee", f"{LATER}T09:00")],
    ]
    assert len(offers(client, "10:00")) == 2


def test_patients_of_several_doctors_are_offered_different_slots(client: AppClient) -> None:
    settings = client.get("/doctors/dr-lee").json
    for doctor_id in ("dr-kim", "dr-well"):
        client.put(f"/doctors/{doctor_id}", settings | {"doctor_id": doctor_id})
    client.save("09:00", "10:00", doctor_id="dr-well")
    for doctor_id in ("dr-kim", "dr-lee"):
        client.save("09:00", doctor_id=doctor_id)
        client.book("09:00", f"b-{doctor_id}", doctor_id)
        client.post(f"{slot_path('09:00', doctor_id)}/disrupt", {"reason": "ill"})

    found = {
        doctor_id: client.get(f"{slot_path('09:00', doctor_id)}/offers?limit=1").json["offers"]
        for doctor_id in ("dr-kim", "dr-lee")
    }

    assert [offer["slot_id"] for (offer,) in found.values()] == [
        make_slot_id("09:00", "dr-well"), make_slot_id("10:00", "dr-well"),
    ]  # fmt: skip


@pytest.mark.parametrize("limit", ["0", "101", "x"])
def test_malformed_limit_is_rejected(client: AppClient, limit: str) -> None:
    client.save("09:00")

    rejected = client.get(f"{slot_path('09:00')}/offers?limit={limit}")

    assert rejection_codes(rejected, 400) == [("limit", "invalid")]


def test_offers_of_unknown_slot_are_not_found(client: AppClient) -> None:
    assert client.get(f"{slot_path('09:00')}/offers").status == 404
