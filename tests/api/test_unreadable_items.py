"""Items that this release cannot read: lists leave them out, and nothing else is affected."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY
from tests.support.unreadable_items import MISSING, NINE, change, is_clear_error

if TYPE_CHECKING:
    from tests.api.conftest import ItemsAfter
    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem
    from tests.support.request_log import RequestLog

DAY_SK = f"DAY#{MONDAY}"

unreadable_doctors = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", {"S": "Mars/Olympus"}),
        ("window_days", MISSING),
        ("window_days", {"N": "1e12"}),
        ("slot_minutes", {"N": "0"}),
        ("sessions", {"S": "09:00-12:00"}),
        ("specialty", MISSING),
        ("type", {"S": "doctor2"}),
    ],
    ids=str,
)
unreadable_days = pytest.mark.parametrize(
    ("name", "value"),
    [
        ("type", {"S": "day2"}),
        ("revision", MISSING),
        ("version", {"S": "one"}),
        ("slots", {"S": "none"}),
    ],
    ids=str,
)


@pytest.fixture(scope="module")
def items_of_two_doctors(items_after: ItemsAfter) -> list[RawItem]:
    """The items after two cardiologists have opened two slots on Monday and one on Tuesday."""

    def send(client: AppClient) -> None:
        for doctor_id in ("dr-lee", "dr-twenty"):
            client.save("09:00", "10:00", doctor_id=doctor_id)
            client.save("09:00", doctor_id=doctor_id, date="2026-11-24")

    return items_after(send)


@pytest.fixture
def two_doctors(
    client: AppClient, doctor_items: list[RawItem], items_of_two_doctors: list[RawItem]
) -> AppClient:
    """The app on those items."""
    client.restore(items_of_two_doctors, current=doctor_items)
    return client


def change_slot(client: AppClient, start: str, entry: dict[str, Any]) -> None:
    """Replace an entry in the slot map of Dr Lee's Monday."""
    slots = client.get_item("DOCTOR#dr-lee", DAY_SK)["slots"]["M"]
    change(client, DAY_SK, "slots", {"M": {**slots, start: {"M": entry}}})


def found_doctors(client: AppClient) -> list[tuple[str, int]]:
    """Return the doctors whom a search finds, with the number of their slots."""
    found = client.get("/availability?specialty=cardiology").json["doctors"]
    return [(doctor["doctor_id"], len(doctor["slots"])) for doctor in found]


@unreadable_doctors
def test_unreadable_doctor_is_left_out_of_lists(
    two_doctors: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(two_doctors, "PROFILE", name, value)

    listed = two_doctors.get("/doctors").json["doctors"]

    assert [d["doctor_id"] for d in listed if d["doctor_id"] == "dr-lee"] == []
    assert len(listed) == 5
    assert found_doctors(two_doctors) == [("dr-twenty", 3)]


@unreadable_doctors
def test_request_about_unreadable_doctor_is_clear_error(
    two_doctors: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(two_doctors, "PROFILE", name, value)

    assert is_clear_error(two_doctors.get("/doctors/dr-lee"))
    assert is_clear_error(two_doctors.get_day())
    assert is_clear_error(two_doctors.get("/doctors/dr-lee/slots"))
    assert is_clear_error(two_doctors.save("11:00"))
    assert is_clear_error(two_doctors.get_slot("09:00"))
    assert is_clear_error(two_doctors.book("09:00"))


def test_pages_of_doctors_continue_past_unreadable_ones(two_doctors: AppClient) -> None:
    change(two_doctors, "PROFILE", "time_zone", {"S": "Mars/Olympus"})

    ids, query = [], "?limit=1"
    while query:
        page = two_doctors.get(f"/doctors{query}").json
        ids += [doctor["doctor_id"] for doctor in page["doctors"]]
        query = page["next"] and f"?limit=1&cursor={page['next']}"

    assert ids == ["dr-night", "dr-quarter", "dr-twenty", "dr-okafor", "dr-walker"]


@unreadable_days
def test_unreadable_day_is_left_out_of_lists(
    two_doctors: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(two_doctors, DAY_SK, name, value)

    assert two_doctors.list_available("from=2026-11-23&to=2026-11-24") == ["09:00"]
    assert sorted(found_doctors(two_doctors)) == [("dr-lee", 1), ("dr-twenty", 3)]


@unreadable_days
def test_request_about_unreadable_day_is_clear_error(
    two_doctors: AppClient, name: str, value: dict[str, Any]
) -> None:
    change(two_doctors, DAY_SK, name, value)
    before = two_doctors.export()

    assert is_clear_error(two_doctors.get_day())
    assert is_clear_error(two_doctors.save("11:00"))
    page = two_doctors.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", **BROWSER_HEADERS)
    assert page.status == 500
    assert "read the stored data" in page.text
    assert two_doctors.export() == before


def test_day_with_malformed_key_is_left_out(two_doctors: AppClient) -> None:
    day = two_doctors.get_item("DOCTOR#dr-lee", DAY_SK)
    name = two_doctors.services.settings.table_name
    two_doctors.dynamodb.put_item(TableName=name, Item={**day, "SK": {"S": f"{DAY_SK}x"}})

    assert two_doctors.list_available("from=2026-11-23&to=2026-11-24") == [
        "09:00", "10:00", "09:00"
    ]  # fmt: skip
    assert sorted(found_doctors(two_doctors)) == [("dr-lee", 3), ("dr-twenty", 3)]
    assert two_doctors.update_doctor(location="Leeds").status == 200  # reindexes the days
    assert sorted(found_doctors(two_doctors)) == [("dr-lee", 3), ("dr-twenty", 3)]


@pytest.mark.parametrize(
    "entry",
    [
        {"minutes": {"N": "30"}, "status": {"S": "reserved"}},
        {"minutes": {"N": "30"}},
        {"minutes": {"N": "30"}, "status": {"S": "busy-tentative"}, "until": {"S": "soon"}},
    ],
)
def test_slot_with_unreadable_state_stays_blocked(
    two_doctors: AppClient, entry: dict[str, Any]
) -> None:
    change_slot(two_doctors, NINE, entry)

    assert two_doctors.list_available() == ["10:00"]
    assert sorted(found_doctors(two_doctors)) == [("dr-lee", 2), ("dr-twenty", 3)]
    assert two_doctors.get_day().slot_status("09:00") == "busy"
    assert two_doctors.save("09:00").error_codes[0][1] == "slot_exists"
    assert two_doctors.save(closed=("09:00",)).error_codes[0][1] == "slot_taken"
    two_doctors.update_doctor(slot_minutes=20)
    assert two_doctors.save("09:20").error_codes[0][1] == "overlaps"
    assert two_doctors.save("10:40").status == 200


@pytest.mark.parametrize(
    ("start", "entry"),
    [
        (NINE, {"status": {"S": "free"}}),
        (NINE, {"minutes": {"N": "-5"}, "status": {"S": "free"}}),
        ("nine", {"minutes": {"N": "30"}, "status": {"S": "free"}}),
        ("2026-11-23T09:00", {"minutes": {"N": "30"}, "status": {"S": "free"}}),
    ],
)
def test_day_with_slot_of_unknown_time_allows_no_save(
    two_doctors: AppClient, start: str, entry: dict[str, Any]
) -> None:
    change_slot(two_doctors, start, entry)

    assert is_clear_error(two_doctors.save("11:00"))
    assert two_doctors.get_day().status == 200
    assert "10:00" in two_doctors.list_available()
    assert two_doctors.book("10:00").status == 201


@pytest.mark.parametrize("origins", ['{"a": 1}', "[1]", '[{"change": "c"}]', "7"])
def test_slots_with_unreadable_origins_are_shown_and_saved(
    app_log: RequestLog, two_doctors: AppClient, origins: str
) -> None:
    two_doctors.set_attribute("DOCTOR#dr-lee", DAY_SK, "origins", {"S": origins})

    slots = [slot for slot in two_doctors.get_day().json["slots"] if "origin" in slot]

    assert [slot["origin"] for slot in slots] == [None, None]
    assert app_log.entries[-1]["UnreadableItems"] == 1
    assert two_doctors.save("11:00").status == 200


def test_unreadable_change_is_left_out_of_history(two_doctors: AppClient) -> None:
    two_doctors.save("11:00")
    items = two_doctors.export()
    audit = next(item for item in items if item["type"]["S"] in {"audit", "change"})
    two_doctors.set_attribute(audit["PK"]["S"], audit["SK"]["S"], "at", {"S": "yesterday"})

    history = two_doctors.get(f"/slots/history?doctor_id=dr-lee&date={MONDAY}")

    assert (history.status, len(history.json["changes"])) == (200, 1)


def test_extra_attributes_do_not_matter(two_doctors: AppClient) -> None:
    for sk in ("PROFILE", DAY_SK, f"SLOT#{NINE}"):
        change(two_doctors, sk, "of_a_later_release", {"S": "x"})
    change_slot(
        two_doctors,
        NINE,
        {"minutes": {"N": "30"}, "status": {"S": "free"}, "colour": {"S": "blue"}},
    )

    assert two_doctors.list_available() == ["09:00", "10:00"]
    assert two_doctors.book("09:00").status == 201
    assert two_doctors.save("11:00").status == 200
    assert two_doctors.get_item("DOCTOR#dr-lee", DAY_SK)["of_a_later_release"] == {"S": "x"}


def test_unreadable_items_are_counted_and_logged_by_key(
    app_log: RequestLog, client: AppClient
) -> None:
    client.set_attribute("DOCTOR#dr-lee", "PROFILE", "time_zone", {"S": "Mars/Olympus"})

    client.get("/doctors")

    entry = app_log.entries[-1]
    assert entry["UnreadableItems"] == 1
    assert entry["unreadable_items"] == ["DOCTOR#dr-lee PROFILE"]
    assert "Olympus" not in json.dumps(entry)


def test_items_have_the_schema_number(two_doctors: AppClient) -> None:
    two_doctors.update_doctor(delegates=["sam"])
    two_doctors.hold("09:00")

    assert {item["schema"]["N"] for item in two_doctors.export()} == {"1"}
