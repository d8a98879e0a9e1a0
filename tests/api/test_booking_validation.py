"""Requests of booking sites with unknown slots, or with invalid or missing fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import rejection_codes, slot_path

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.usefixtures("open_slots")


def test_slot_id_accepts_encoded_tilde(client: AppClient) -> None:
    assert client.get("/slots/dr-lee%7E20261123T0900Z").status == 200


@pytest.mark.parametrize(
    "slot_id",
    ["dr-lee~20261123T1100Z", "dr-who~20261123T0900Z", "dr-lee~20261123T0901Z", "nothing", "~",
     "dr-lee~20261332T0900Z", "dr-lee~00010101T0000Z", "dr-lee~99991231T2359Z",
     "dr-lee~99991231T0900Z", "dr-walker~99991231T0900Z", "a.b~20261123T0900Z",
     "x" * 65 + "~20261123T0900Z"],
)  # fmt: skip
def test_unknown_slot_is_not_found(client: AppClient, slot_id: str) -> None:
    path = f"/slots/{slot_id}"
    responses = [
        client.get(path),
        client.put(f"{path}/hold", {"holder": "h", "seconds": 60}),
        client.delete(f"{path}/hold?holder=h"),
        client.put(f"{path}/booking", {"booking_id": "b", "patient_reference": "p"}),
        client.delete(f"{path}/booking?booking_id=b"),
    ]

    assert [response.status for response in responses] == [404] * 5
    assert {response.headers["Content-Type"] for response in responses} == {
        "application/problem+json"
    }


def test_last_minutes_of_calendar_are_no_error(
    client: AppClient,
) -> None:
    settings = {"name": "K", "specialty": "s", "location": "l", "slot_minutes": 240,
                "sessions": [{"from": "00:00", "to": "24:00"}]}  # fmt: skip
    for doctor_id, zone in (("east", "Pacific/Kiritimati"), ("west", "Etc/GMT+12")):
        assert client.put(f"/doctors/{doctor_id}", {**settings, "time_zone": zone}).status == 201
        for start in ("99991231T0900Z", "99991231T0400Z", "99991231T0359Z", "20101231T0000Z"):
            path = f"/slots/{doctor_id}~{start}/hold"
            assert client.put(path, {"holder": "h", "seconds": 60}).status == 404


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"booking_id": "a/b"}, "booking_id", "invalid"),
        ({"booking_id": 7}, "booking_id", "invalid"),
        ({"patient_reference": "x" * 65}, "patient_reference", "invalid"),
        ({"patient_reference": ""}, "patient_reference", "invalid"),
        ({"patient_reference": "\0"}, "patient_reference", "invalid"),
        ({"patient_reference": "John Smith 1970-01-01"}, "patient_reference", "invalid"),
        ({"holder": "a b"}, "holder", "invalid"),
        ({"moves": "nothing"}, "moves", "invalid"),
    ],
)
def test_malformed_booking_is_rejected(
    client: AppClient, changed: dict[str, object], field: str, code: str
) -> None:
    body = {"booking_id": "b", "patient_reference": "p", **changed}

    assert rejection_codes(client.put(f"{slot_path('09:00')}/booking", body), 400) == [
        (field, code)
    ]


def test_missing_booking_fields_are_listed(client: AppClient) -> None:
    path = f"{slot_path('09:00')}/booking"

    assert rejection_codes(client.put(path, {}), 400) == [("booking_id", "required")]
    assert rejection_codes(client.delete(path), 400) == [("booking_id", "required")]
    assert rejection_codes(client.delete(f"{path}?booking_id=a%20b"), 400) == [
        ("booking_id", "invalid")
    ]
    assert rejection_codes(client.delete(f"{slot_path('09:00')}/hold"), 400) == [
        ("holder", "required")
    ]


def test_booking_site_must_name_patient_reference(site: AppClient) -> None:
    rejected = site.put(f"{slot_path('09:00')}/booking", {"booking_id": "b"})

    assert rejection_codes(rejected, 400) == [("patient_reference", "required")]
