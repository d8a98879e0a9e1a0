"""Undo a change of a date: ``POST /slots/undo``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.support.app_client import rejection_codes
from tests.support.factories import MONDAY, to_instant
from tests.support.undo import changes, undo

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


NINE = "2026-11-23T09:00:00+00:00"


def stored(client: AppClient) -> list[dict[str, Any]]:
    """Return the stored slots of Monday, with their origins."""
    return [slot for slot in client.get_day().json["slots"] if "origin" in slot]


def test_stored_slots_name_the_change_that_opened_them(client: AppClient) -> None:
    client.save("09:00")
    client.save("09:30")

    newest, oldest = changes(client)

    assert [slot["origin"] for slot in stored(client)] == [
        {"change_id": oldest["change_id"], "series_id": None},
        {"change_id": newest["change_id"], "series_id": None},
    ]


def test_bookings_do_not_change_what_opened_a_slot(client: AppClient) -> None:
    client.save("09:00")
    before = stored(client)[0]["origin"]

    client.hold("09:00")
    client.book("09:00")
    assert stored(client)[0]["origin"] == before

    client.cancel("09:00")
    assert stored(client)[0]["origin"] == before


def test_undo_directly_after_a_save_restores_the_day(client: AppClient) -> None:
    client.save("09:00", "09:30")
    before = stored(client)
    client.save("10:00", closed=("09:00",))

    response = undo(client, changes(client)[0])

    assert response.status == 200
    assert response.json["message"] == "Slots saved successfully"
    assert response.json["kept"] == []
    assert response.json["version"] == 3
    assert stored(client) == before


def test_undo_is_on_record_and_can_be_undone(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    assert saved["can_undo"]

    undo(client, saved)
    undone, saved = changes(client)
    assert (undone["kind"], undone["undoes"]) == ("undo", saved["change_id"])
    assert (undone["can_undo"], saved["can_undo"]) == (True, False)

    assert undo(client, undone).status == 200
    assert client.get_day().free_times == ["09:00"]
    assert [change["can_undo"] for change in changes(client)] == [True, False, False]


def test_undo_that_is_sent_twice_has_one_effect(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    saved = changes(client)[-1]

    first, second = undo(client, saved), undo(client, saved)

    assert (first.status, second.status) == (200, 200)
    assert second.json["version"] == first.json["version"]
    assert first.json["kept"] == [{"start": NINE, "code": "booked"}]
    assert second.json["kept"] == first.json["kept"]
    assert len([change for change in changes(client) if change["kind"] == "undo"]) == 1


def test_undo_leaves_what_was_booked_or_held_since_and_names_it(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.hold("09:30")

    response = undo(client, changes(client)[-1])

    assert [(kept["start"][11:16], kept["code"]) for kept in response.json["kept"]] == [
        ("09:00", "booked"),
        ("09:30", "held"),
    ]
    assert [change["kept"] for change in changes(client) if change["kind"] == "undo"] == [
        response.json["kept"]
    ]
    assert [slot["status"] for slot in stored(client)] == ["busy", "busy-tentative"]


def test_undo_with_nothing_left_to_undo_is_rejected_with_reason(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    saved = changes(client)[-1]

    response = undo(client, saved)

    assert rejection_codes(response) == [(NINE, "nothing_to_undo")]
    assert response.json["detail"] == "09:00–09:30 has been booked since"
    client.cancel("09:00")
    assert undo(client, saved).status == 200


def test_undo_of_what_is_already_as_before_is_rejected(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    client.save(closed=("09:00",))

    response = undo(client, saved)

    assert response.status == 409
    assert response.json["errors"][0]["field"] == "change_id"


def test_undo_leaves_a_slot_that_was_closed_and_opened_again(client: AppClient) -> None:
    client.save("09:00", "09:30")
    saved = changes(client)[0]
    client.save(closed=("09:00",))
    client.save("09:00")

    response = undo(client, saved)

    assert response.json["kept"] == [{"start": NINE, "code": "opened_by_hand"}]
    assert client.get_day().free_times == ["09:00"]


def test_undo_opens_a_closed_slot_with_its_old_length(client: AppClient) -> None:
    client.save("09:00")
    client.save(closed=("09:00",))
    client.set_slot_minutes("dr-lee", minutes=20)

    undo(client, changes(client)[0])

    assert [(slot["start"][11:16], slot["end"][11:16]) for slot in stored(client)] == [
        ("09:00", "09:30")
    ]


def test_the_past_cannot_be_undone(client: AppClient) -> None:
    client.save("09:00")
    client.clock.now = to_instant("09:00")

    (saved,) = changes(client)

    assert not saved["can_undo"]
    assert rejection_codes(undo(client, saved)) == [(NINE, "nothing_to_undo")]


def test_bookings_and_settings_cannot_be_undone(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    client.update_doctor(location="Leeds")

    booking = next(change for change in changes(client) if change["kind"] == "desk")
    feed = client.get("/doctors/dr-lee/changes?kind=settings").json["changes"]

    assert not booking["can_undo"]
    assert undo(client, booking).status == 409
    assert not feed[0]["can_undo"]
    assert undo(client, feed[0]).status == 400


def test_unknown_change_is_not_found(client: AppClient) -> None:
    client.save("09:00")
    (saved,) = changes(client)
    later = client.clock.now + timedelta(days=1)
    unknown = {"change_id": f"dr-lee~{MONDAY}~{later:%Y%m%dT%H%M%S}000000Z~save-1"}
    other_doctor = {"change_id": saved["change_id"].replace("dr-lee", "dr-okafor", 1)}
    no_doctor = {"change_id": saved["change_id"].replace("dr-lee", "dr-who", 1)}

    assert [undo(client, change).status for change in (unknown, other_doctor, no_doctor)] == [
        404
    ] * 3


def test_malformed_change_id_is_rejected(client: AppClient) -> None:
    for text in ("", "dr-lee", f"dr-lee~{MONDAY}~x~y", f"dr-lee~{MONDAY}~20261122T120000000000Z~"):
        response = client.post("/slots/undo", {"change_id": text})
        assert (response.status, response.json["errors"][0]["field"]) == (400, "change_id")
