"""``POST /slots`` with JSON, and the day that results."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY, to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


NINE = "2026-11-23T09:00:00+00:00"


DATE = MONDAY.isoformat()


@pytest.mark.both_stores
def test_opened_slots_are_free_on_next_read(client: AppClient) -> None:
    saved = client.save("09:00", "09:30", "16:30")

    assert saved.status == 200
    assert saved.json["message"] == "Slots saved successfully"
    assert saved.json["version"] == 1
    assert saved.free_times == ["09:00", "09:30", "16:30"]
    assert client.get_day().free_times == saved.free_times


def test_save_writes_slot_items_one_day_and_one_change(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00", "10:30")

    assert client.item_types() == {"day": 1, "slot": 4, "change": 1}


@pytest.mark.both_stores
def test_closed_slots_are_removed_and_others_stay(client: AppClient) -> None:
    client.save("09:00", "09:30")

    saved = client.save("10:00", closed=("09:00",))

    assert saved.free_times == ["09:30", "10:00"]
    assert saved.json["version"] == 2
    assert client.item_types()["slot"] == 2


def test_save_response_equals_day_read(client: AppClient) -> None:
    saved = client.save("09:00")
    read = client.get_day()

    response = dict(saved.json)
    assert response.pop("message") == "Slots saved successfully"
    assert response == read.json
    assert saved.headers["ETag"] == read.headers["ETag"]


def test_slot_has_stable_id_and_local_offset(client: AppClient) -> None:
    client.save("09:00", date="2027-06-01", Idempotency_Key="k")

    slot = next(slot for slot in client.get_day(date="2027-06-01").json["slots"])

    assert slot == {
        "slot_id": "dr-lee~20270601T0800Z",
        "start": "2027-06-01T09:00:00+01:00",
        "end": "2027-06-01T09:30:00+01:00",
        "status": "free",
        "origin": {
            "change_id": "dr-lee~2027-06-01~20261122T120000000000Z~k",
            "series_id": None,
        },
    }


@pytest.mark.both_stores
def test_existing_slot_rejects_whole_save(client: AppClient) -> None:
    client.save("09:00")
    before = client.export()

    rejected = client.save("09:00", "10:00")

    assert rejected.status == 400
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.json == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "Slot already exists: 09:00-09:30",
        "errors": [
            {"start": NINE, "code": "slot_exists", "detail": "Slot already exists: 09:00-09:30"}
        ],
    }
    assert client.export() == before


def test_overlap_with_stored_slot_names_the_conflict(
    client: AppClient,
) -> None:
    client.save("09:00", "09:20", doctor_id="dr-twenty")
    client.set_slot_minutes("dr-twenty", minutes=30)

    rejected = client.save("09:30", doctor_id="dr-twenty")

    assert rejected.error_codes == [("2026-11-23T09:30:00+00:00", "overlaps")]
    assert rejected.json["errors"][0]["conflicts_with"] == {
        "start": "2026-11-23T09:20:00+00:00",
        "end": "2026-11-23T09:40:00+00:00",
    }
    slots = {slot["start"][11:16]: slot for slot in client.get_day("dr-twenty").json["slots"]}
    assert slots["09:30"]["status"] == "busy-unavailable"
    assert slots["09:30"]["conflicts_with"] == rejected.json["errors"][0]["conflicts_with"]
    assert "conflicts_with" not in slots["10:00"]


@pytest.mark.parametrize("claim", ["book", "hold"])
def test_claimed_slot_can_be_neither_opened_nor_closed(client: AppClient, claim: str) -> None:
    client.save("09:00", "09:30")
    getattr(client, claim)("09:00")
    before = client.export()

    assert client.save(closed=("09:00", "09:30")).error_codes == [(NINE, "slot_taken")]
    assert client.save("09:00").error_codes == [(NINE, "slot_exists")]
    assert client.export() == before


def test_slot_with_expired_hold_can_be_closed(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.hold("09:00", seconds=60)
    client.clock.now += timedelta(seconds=60)

    assert client.get_day().free_times == ["09:00", "09:30"]
    assert client.save(closed=("09:00",)).free_times == ["09:30"]


def test_all_violations_are_reported_and_nothing_is_written(client: AppClient) -> None:
    client.save("09:00")
    client.clock.now = to_instant("09:40")
    before = client.export()

    rejected = client.post_slots(
        {
            "doctor_id": "dr-lee",
            "date": DATE,
            "slots": [
                {"start": "09:00", "status": "free"},
                {"start": "09:30", "status": "free"},
                {"start": "12:00", "status": "free"},
                {"start": "24:30", "status": "free"},
                {"start": "10:00", "status": "open"},
                {"start": "10:30", "status": "free"},
                {"start": f"{DATE}T10:30:00Z", "status": "free"},
                {"start": "11:00", "status": "busy-unavailable"},
                {"start": "2026-11-24T09:00:00Z", "status": "free"},
                {"start": "11:30", "status": "free"},
            ],
        }
    )

    assert rejected.status == 400
    assert rejected.error_codes == [
        (NINE, "slot_exists"),
        (f"{DATE}T09:30:00+00:00", "in_past"),
        (f"{DATE}T12:00:00+00:00", "not_on_grid"),
        ("24:30", "invalid"),
        (f"{DATE}T10:00:00+00:00", "invalid"),
        (f"{DATE}T10:30:00+00:00", "repeated"),
        (f"{DATE}T11:00:00+00:00", "slot_not_found"),
        ("2026-11-24T09:00:00+00:00", "not_on_grid"),
    ]
    assert client.export() == before


def test_save_accepts_96_slots_and_rejects_97(client: AppClient) -> None:
    all_day = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]

    assert client.save(*all_day, "00:05", doctor_id="dr-quarter").error_codes == [
        ("slots", "too_many")
    ]
    assert len(client.save(*all_day, doctor_id="dr-quarter").free_times) == 96
    assert client.save(closed=tuple(all_day), doctor_id="dr-quarter").free_times == []
    assert client.item_types() == {"day": 1, "slot": 0, "change": 2}


def test_empty_change_list_is_rejected(client: AppClient) -> None:
    assert client.save().error_codes == [("slots", "nothing_to_save")]


def test_skipped_hour_is_rejected_and_repeated_needs_offset(
    client: AppClient,
) -> None:
    def save(start: str, date: str) -> AppResponse:
        return client.save(start, date=date, doctor_id="dr-night")

    assert save("01:30", "2027-03-28").error_codes == [("01:30", "nonexistent_time")]
    assert save("01:30", "2027-10-31").error_codes == [("01:30", "ambiguous_time")]
    saved = save("2027-10-31T01:30:00+00:00", "2027-10-31")
    assert [slot["start"] for slot in saved.json["slots"] if slot["status"] == "free"] == [
        "2027-10-31T01:30:00+00:00"
    ]


@pytest.mark.both_stores
def test_if_match_rejects_save_on_unseen_version(client: AppClient) -> None:
    etag_read = client.get_day().headers["ETag"]
    client.save("09:00")
    before = client.export()

    stale = client.save("10:00", If_Match=etag_read)

    assert (stale.status, stale.json["version"]) == (412, 1)
    assert client.export() == before
    assert client.save("10:00", If_Match=client.get_day().headers["ETag"]).status == 200


@pytest.mark.parametrize("etag", ["*", '"1.other"', 'W/"1.x"', '"7.x", "1.y"'])
def test_if_match_compares_version_only_and_star_matches_any(client: AppClient, etag: str) -> None:
    client.save("09:00")

    assert client.save("10:00", If_Match=etag).status == 200


def test_booking_does_not_fail_save_with_if_match(client: AppClient) -> None:
    etag_read = client.save("09:00").headers["ETag"]
    client.book("09:00")

    assert client.save("10:00", If_Match=etag_read).status == 200


@pytest.mark.both_stores
def test_repeated_key_and_body_return_first_version_once(
    client: AppClient,
) -> None:
    first = client.save("09:00", Idempotency_Key="once")
    client.save("10:00")
    before = client.export()

    again = client.save("09:00", Idempotency_Key="once", If_Match='"0.x"')

    assert again.status == 200
    assert again.json["version"] == first.json["version"] == 1
    assert again.free_times == ["09:00", "10:00"]
    assert client.export() == before


def test_key_reused_with_other_body_is_rejected(client: AppClient) -> None:
    client.save("09:00", Idempotency_Key="once")

    assert client.save("09:30", Idempotency_Key="once").status == 422
    assert client.save("09:00", closed=("09:30",), Idempotency_Key="once").status == 422


def test_key_is_scoped_to_doctor_and_date(client: AppClient) -> None:
    client.save("09:00", Idempotency_Key="once")

    assert client.save("09:00", Idempotency_Key="once", date="2026-11-24").status == 200
    assert client.save("09:00", Idempotency_Key="once", doctor_id="dr-twenty").status == 200


def test_rejected_save_does_not_use_up_key(client: AppClient) -> None:
    client.save("09:00")
    client.save("09:00", Idempotency_Key="once")

    assert client.save("09:30", Idempotency_Key="once").status == 200


@pytest.mark.parametrize("slots", [1, 96])
def test_save_is_one_read_and_one_transaction(client: AppClient, slots: int) -> None:
    quarters = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]

    with client.record_calls() as calls:
        assert client.save(*quarters[:slots], doctor_id="dr-quarter").status == 200

    assert calls == ["BatchGetItem", TRANSACT_WRITE]


def test_get_day_is_one_read_plus_cached_zone(client: AppClient) -> None:
    with client.record_calls() as first:
        client.get("/slots?doctor_id=dr-lee")
    with client.record_calls() as second:
        client.get("/slots?doctor_id=dr-lee")
    with client.record_calls() as dated:
        client.get_day()

    assert dated == ["BatchGetItem"]
    assert first == ["GetItem", "BatchGetItem"]
    assert second == ["BatchGetItem"]
