"""Search for available doctors of a specialty, with pages and cursors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from chalicelib.storage.availability_index import AvailabilityIndex
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.find_slots import FindSlots, Search
from tests.support.factories import MONDAY, date_range, make_doctor, make_grid, to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.request_log import RequestLog


DATES = date_range(40)


def test_search_lists_available_doctors_soonest_first(
    client: AppClient,
) -> None:
    client.save("10:00", "11:00")
    client.save("09:00", doctor_id="dr-twenty")
    client.save("09:00", doctor_id="dr-okafor")  # a dermatologist
    client.save(
        "09:00", doctor_id="dr-quarter", date=DATES[20]
    )  # after the default range of two weeks

    assert client.search("specialty=cardiology") == [
        ("dr-twenty", f"{DATES[0]}T09:00:00+00:00", 1),
        ("dr-lee", f"{DATES[0]}T10:00:00+00:00", 2),
    ]


def test_search_result_includes_doctor_and_slots(client: AppClient) -> None:
    client.save("08:00", doctor_id="dr-okafor")

    page = client.get("/availability?specialty=dermatology&location=New%20York").json

    slot = {
        "slot_id": "dr-okafor~20261123T1300Z",
        "start": "2026-11-23T08:00:00-05:00",
        "end": "2026-11-23T08:20:00-05:00",
        "status": "free",
    }
    assert page == {
        "doctors": [
            {
                "doctor_id": "dr-okafor",
                "name": "Dr Chidi Okafor",
                "location": "New York",
                "time_zone": "America/New_York",
                "next_available": slot,
                "slots": [slot],
            }
        ],
        "next": None,
    }


def test_search_without_specialty_is_rejected(client: AppClient) -> None:
    assert client.get("/availability").error_codes == [("specialty", "required")]
    assert client.get("/availability?specialty=x&limit=0").error_codes == [("limit", "invalid")]
    assert client.get("/availability?specialty=x&limit=101").error_codes == [("limit", "invalid")]


def test_search_dates_are_local_to_each_doctor(client: AppClient) -> None:
    client.save("00:30", doctor_id="dr-walker")  # Sunday in UTC

    monday = f"specialty=general-practice&from={MONDAY}&to={MONDAY}"
    assert client.search(monday) == [("dr-walker", "2026-11-23T00:30:00+11:00", 1)]
    sunday = MONDAY - timedelta(days=1)
    assert client.search(f"specialty=general-practice&from={sunday}&to={sunday}") == []


def test_search_without_dates_starts_on_each_doctors_today(client: AppClient) -> None:
    new_york, auckland = ("America/New_York", "Pacific/Auckland")
    for doctor_id, zone in (("dr-west", new_york), ("dr-east", auckland)):
        grid = make_grid(("00:00", "24:00"), zone=zone)
        client.services.doctors.add(replace(make_doctor(doctor_id, grid), specialty="surgery"))
    client.save("21:00", doctor_id="dr-west", date=DATES[0])
    client.save("09:00", doctor_id="dr-west", date=DATES[13])
    client.save("09:00", doctor_id="dr-west", date=DATES[14])
    client.save("09:00", doctor_id="dr-east", date=DATES[14])
    client.save("09:00", doctor_id="dr-east", date=DATES[15])

    client.clock.now = datetime(2026, 11, 24, 1, 31, tzinfo=UTC)  # Monday 20:31, Tuesday 14:31

    assert client.search("specialty=surgery") == [
        ("dr-west", f"{DATES[0]}T21:00:00-05:00", 2),
        ("dr-east", f"{DATES[14]}T09:00:00+13:00", 1),
    ]


@pytest.mark.parametrize(
    ("last", "status"), [("2026-11-21", 400), ("2026-11-22", 200), ("2026-12-22", 200),
                         ("2026-12-23", 400)],
)  # fmt: skip
def test_search_range_starts_today_in_some_zone(client: AppClient, last: str, status: int) -> None:
    assert client.get(f"/availability?specialty=cardiology&to={last}").status == status


def test_unavailable_slots_are_not_found(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00", "10:30")
    client.book("09:30")
    client.hold("10:00")
    client.update_doctor(lead_minutes=30)
    client.clock.now = to_instant("09:59")

    assert client.search(f"specialty=cardiology&from={MONDAY}&to={MONDAY}") == [
        ("dr-lee", "2026-11-23T10:30:00+00:00", 1)
    ]


def add_colleagues(client: AppClient, count: int, first: date = MONDAY) -> list[str]:
    """Add cardiologists in Leeds who each have a slot on one of three dates."""
    ids = [f"dr-{n:03}" for n in range(count)]
    for number, doctor_id in enumerate(ids):
        client.services.doctors.add(replace(make_doctor(doctor_id), location="Leeds"))
        on = (first + timedelta(days=number % 3)).isoformat()
        assert client.save("09:00", doctor_id=doctor_id, date=on).status == 200
    return ids


def doctors_by_page(client: AppClient, query: str) -> list[list[str]]:
    """Return the ids of the doctors on each page of a search."""
    result: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page: dict[str, Any] = client.get(f"/availability?{query}&cursor={cursor}").json
        result.append([doctor["doctor_id"] for doctor in page["doctors"]])
        cursor = page["next"]
    return result


def test_search_pages_by_location_and_doctor_list_each_once(
    client: AppClient,
) -> None:
    ids = add_colleagues(client, 7)
    client.save("09:00")

    result = doctors_by_page(client, "specialty=cardiology&limit=3")

    assert [sorted(page) for page in result] == [ids[:3], ids[3:6], [*ids[6:], "dr-lee"]]


def test_search_in_one_location_is_paginated(client: AppClient) -> None:
    ids = add_colleagues(client, 5)
    client.save("09:00")

    result = doctors_by_page(client, "specialty=cardiology&location=Leeds&limit=2")

    assert [sorted(page) for page in result] == [ids[:2], ids[2:4], ids[4:]]


def test_days_of_doctors_after_the_page_are_not_decoded(
    app_log: RequestLog, client: AppClient
) -> None:
    """The log names each unreadable day that a request decodes."""
    for doctor_id in ("dr-lee", "dr-quarter", "dr-twenty"):
        client.save("09:00", doctor_id=doctor_id)
    client.set_attribute("DOCTOR#dr-twenty", f"DAY#{MONDAY}", "revision", {"S": "none"})

    (found,) = client.search("specialty=cardiology&limit=1")

    assert found[0] == "dr-lee"
    assert "unreadable_items" not in app_log.entries[-1]


def test_page_ends_before_response_exceeds_size_limit(client: AppClient) -> None:
    ids = ["dr-a", "dr-b", "dr-c"]
    all_day = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "24:00"}]}
    settings = {"name": "Dr", "specialty": "always", "location": "Leeds",
                "time_zone": "Etc/UTC", **all_day}  # fmt: skip
    starts = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 24 * 60, 15)]
    for doctor_id in ids:
        client.put(f"/doctors/{doctor_id}", settings)
        client.save(*starts, doctor_id=doctor_id)
        client.save(*starts, doctor_id=doctor_id, date=DATES[1])
    services = client.services
    find_slots = FindSlots(
        DayRepository(),
        AvailabilityIndex(),
        DoctorCache(services.doctors, client.clock),
        client.clock,
        lambda _attempt: None,
        max_slots=400,
    )
    search = Search(
        specialty="always", location=None, first=MONDAY, last=MONDAY + timedelta(days=1),
        limit=20, cursor=None,
    )  # fmt: skip

    first = find_slots.search(search)
    second = find_slots.search(structs.replace(search, cursor=first.cursor))

    assert [result.doctor.doctor_id for result in (*first.doctors, *second.doctors)] == ids
    assert [len(page.doctors) for page in (first, second)] == [2, 1]


def test_search_continues_past_many_doctors_without_slots(client: AppClient) -> None:
    ids = add_colleagues(client, 70)
    for doctor_id in ids[:-1]:
        date_of_slot = MONDAY + timedelta(days=int(doctor_id[3:]) % 3)
        path = f"/slots/{doctor_id}~{date_of_slot:%Y%m%d}T0900Z/booking"
        assert client.put(path, {"booking_id": doctor_id}).status == 201

    result = doctors_by_page(client, "specialty=cardiology&limit=1")

    assert [doctor_id for page in result for doctor_id in page] == ids[-1:]


@pytest.mark.parametrize("cursor", ["x", "YQ", "%ff", "TG9uZG9uIw", "TG9uZG9uI2RyLWxlZSM"])
def test_malformed_cursor_is_rejected(client: AppClient, cursor: str) -> None:
    rejected = client.get(f"/availability?specialty=cardiology&cursor={cursor}")

    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_cursor_of_another_location_is_rejected(client: AppClient) -> None:
    add_colleagues(client, 2)
    cursor = client.get("/availability?specialty=cardiology&limit=1").json["next"]

    rejected = client.get(f"/availability?specialty=cardiology&location=London&cursor={cursor}")

    assert rejected.status == 400


@pytest.mark.parametrize(
    "query", ["", f"&from={DATES[0]}", f"&from={DATES[0]}&to={DATES[2]}", "&location=Leeds"]
)
def test_cursor_with_other_filters_is_rejected(client: AppClient, query: str) -> None:
    add_colleagues(client, 2)
    filters = f"specialty=cardiology&limit=1&from={DATES[0]}&to={DATES[1]}"
    cursor = client.get(f"/availability?{filters}").json["next"]

    rejected = client.get(f"/availability?specialty=cardiology{query}&cursor={cursor}")

    assert cursor
    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_cursor_of_availability_is_rejected_by_doctor_list(client: AppClient) -> None:
    add_colleagues(client, 2)
    cursor = client.get("/availability?specialty=cardiology&limit=1").json["next"]

    rejected = client.get(f"/doctors?specialty=cardiology&cursor={cursor}")

    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_cursor_of_another_specialty_is_rejected(client: AppClient) -> None:
    add_colleagues(client, 2)
    cursor = client.get("/availability?specialty=cardiology&limit=1").json["next"]

    rejected = client.get(f"/availability?specialty=dermatology&cursor={cursor}")

    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_search_text_too_long_for_key_finds_no_doctors(client: AppClient) -> None:
    long = "%F0%9F%98%80" * 128

    assert client.search(f"specialty={long}&location={long}") == []
    assert client.search(f"specialty={long}") == []
