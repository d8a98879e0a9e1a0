"""Slots, booking records and holds that this release cannot read: requests for them fail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.dynamodb_responses import TRANSACT_WRITE, cancelled_transaction
from tests.support.factories import to_instant
from tests.support.unreadable_items import MISSING, NINE, change, is_clear_error

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.request_log import RequestLog


DAY_SK = "DAY#2026-11-23"
FREE_ENTRY = {"M": {"minutes": {"N": "30"}, "status": {"S": "free"}}}

unreadable_records = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "booking2"}),
        ("type", {"S": "day"}),
        ("version", MISSING),
        ("expires_at", MISSING),
        ("expires_at", {"N": "1e17"}),
        ("slot_id", {"S": "nine"}),
        ("cancelled", {"SS": ["dr-lee~20261123T0900Z@yesterday"]}),
    ],
    ids=str,
)
unreadable_holds = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "holds2"}),
        ("version", MISSING),
        ("held", {"SS": ["nine"]}),
        (NINE, MISSING),
        (NINE, {"S": "soon"}),
        (NINE, {"N": "9"}),
    ],
    ids=str,
)


@pytest.fixture(autouse=True)
def two_slots(client: AppClient) -> None:
    """Dr Lee has two free slots."""
    client.save("09:00", "10:00")


def change_record(client: AppClient, name: str, value: dict[str, Any]) -> None:
    """Change an attribute of the record of the practice's booking ``b-1``."""
    client.set_attribute("BOOKING#practice#b-1", "BOOKING", name, value or None)


@pytest.mark.parametrize(("name", "value"), [("end", MISSING), ("status", {"S": "weird"})])
def test_request_about_unreadable_slot_is_clear_error(
    client: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(client, f"SLOT#{NINE}", name, value)

    assert is_clear_error(client.get_slot("09:00"))
    assert is_clear_error(client.hold("09:00"))
    assert is_clear_error(client.book("09:00"))
    assert client.hold("10:00").status == 200


def test_save_that_meets_unreadable_slot_is_clear_error(client: AppClient) -> None:
    client.book("09:00")
    change(client, f"SLOT#{NINE}", "changed_at", {"S": "yesterday"})
    change(client, DAY_SK, "slots", {"M": {NINE: FREE_ENTRY}})

    assert is_clear_error(client.save(closed=("09:00",)))


@pytest.mark.parametrize(
    ("name", "value"), [("type", {"S": "day2"}), ("version", {"S": "one"})], ids=str
)
def test_slot_in_unreadable_day_is_clear_error(
    client: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(client, DAY_SK, name, value)

    assert is_clear_error(client.get_slot("09:00"))


@unreadable_records
def test_request_about_unreadable_booking_record_is_clear_error(
    client: AppClient, name: str, value: dict[str, Any]
) -> None:
    client.book("09:00")
    change_record(client, name, value)
    before = client.export()

    assert is_clear_error(client.book("09:00"))
    assert is_clear_error(client.book("10:00"))
    assert client.export() == before
    assert client.book("10:00", "b-2").status == 201


@unreadable_records
def test_unreadable_booking_record_of_begun_slot_is_clear_error(
    client: AppClient, name: str, value: dict[str, Any]
) -> None:
    client.book("09:00")
    change_record(client, name, value)
    client.clock.now = to_instant("09:10")

    assert is_clear_error(client.book("09:00"))


@unreadable_holds
def test_request_that_counts_unreadable_holds_is_clear_error(
    client: AppClient, name: str, value: dict[str, Any]
) -> None:
    client.hold("09:00")
    change(client, "HOLDS#practice", name, value)
    before = client.export()

    assert is_clear_error(client.delete("/doctors/dr-lee/holds?client_id=practice"))
    assert client.export() == before
    assert client.book("10:00").status == 201


def test_hold_at_limit_with_unreadable_holds_is_clear_error(client: AppClient) -> None:
    starts = {"SS": [f"2026-11-24T09:{minute:02}Z" for minute in range(20)]}
    client.hold("09:00")
    change(client, "HOLDS#practice", "held", starts)

    assert is_clear_error(client.hold("10:00"))
    assert client.get_slot("10:00").json["status"] == "free"


def test_booking_in_day_without_revision_is_clear_error(client: AppClient) -> None:
    change(client, DAY_SK, "revision", MISSING)

    assert is_clear_error(client.book("09:00"))
    assert client.get_slot("09:00").json["status"] == "free"


def test_invalid_write_to_stored_item_is_clear_error(client: AppClient) -> None:
    invalid = cancelled_transaction("ValidationError")

    with client.inject_responses(TRANSACT_WRITE, invalid):
        assert is_clear_error(client.book("09:00"))


def test_unreadable_booking_record_is_logged_without_booking_id(app_log: RequestLog) -> None:
    app_log.client.book("09:00", "b-secret")
    key = "BOOKING#practice#b-secret"
    app_log.client.set_attribute(key, "BOOKING", "expires_at", {"S": "soon"})
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:30", "b-secret"))

    assert (entry["code"], entry["UnreadableItems"]) == ("unreadable", 1)
    assert entry["unreadable_items"] == ["BOOKING#practice"]
    assert "b-secret" not in json.dumps(entry)


def test_rejected_booking_write_is_logged_without_booking_id(app_log: RequestLog) -> None:
    invalid = cancelled_transaction("ValidationError")

    with app_log.client.inject_responses(TRANSACT_WRITE, invalid):
        entry = app_log.entry_for(app_log.client.book("09:00", "b-secret"))

    assert (entry["UnreadableItems"], entry["unreadable_items"]) == (1, ["BOOKING#practice"])
    assert "b-secret" not in json.dumps(entry)


@pytest.mark.both_stores
def test_write_to_day_without_revision_logs_one_item(app_log: RequestLog) -> None:
    """DynamoDB says which item lacks an attribute; moto does not."""
    app_log.client.set_attribute("DOCTOR#dr-lee", DAY_SK, "revision", None)
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:00"))

    slot, day, record = f"DOCTOR#dr-lee SLOT#{NINE}", f"DOCTOR#dr-lee {DAY_SK}", "BOOKING#practice"
    assert entry["UnreadableItems"] == 1
    assert entry["unreadable_items"] in ([day], [f"one of {slot}, {day}, {record}"])
