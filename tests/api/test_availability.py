"""What a booking site is offered: a doctor's slots, and doctors across a specialty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec import structs

from chalicelib.storage.availability_index import AvailabilityIndex
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.find_slots import FindSlots, Search
from tests.support.factories import MONDAY, make_doctor, to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

DATES = [(MONDAY + timedelta(days=n)).isoformat() for n in range(40)]


def test_available_slots_are_in_time_order_with_next_available(client: AppClient) -> None:
    client.save("10:00", "09:00")
    client.save("09:30", date=DATES[2])

    listed = client.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[2]}").json

    assert listed | {"slots": [], "next_available": None} == {
        "doctor_id": "dr-lee",
        "time_zone": "Europe/London",
        "from": DATES[0],
        "to": DATES[2],
        "slots": [],
        "next_available": None,
    }
    assert [slot["start"] for slot in listed["slots"]] == [
        f"{DATES[0]}T09:00:00+00:00",
        f"{DATES[0]}T10:00:00+00:00",
        f"{DATES[2]}T09:30:00+00:00",
    ]
    assert listed["next_available"] == listed["slots"][0]


def test_default_range_is_two_weeks_from_doctors_today(client: AppClient) -> None:
    listed = client.get("/doctors/dr-walker/slots").json
    assert (listed["from"], listed["to"]) == ("2026-11-22", "2026-12-05")

    client.clock.now += timedelta(hours=2)  # Monday on Lord Howe Island

    listed = client.get("/doctors/dr-walker/slots").json
    assert (listed["from"], listed["to"]) == ("2026-11-23", "2026-12-06")
    later = client.get(f"/doctors/dr-walker/slots?from={DATES[5]}").json
    assert (later["from"], later["to"]) == (DATES[5], DATES[18])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"from={DATES[1]}&to={DATES[0]}", "to"),
        (f"from={DATES[0]}&to={DATES[31]}", "to"),
        ("from=tomorrow", "from"),
        ("to=2026-02-30", "to"),
        ("from=2010-12-31", "from"),
        ("to=2026-11-21", "to"),
    ],
)
@pytest.mark.parametrize("path", ["/doctors/dr-lee/slots?", "/availability?specialty=x&"])
def test_invalid_range_is_rejected(client: AppClient, path: str, query: str, field: str) -> None:
    refused = client.get(f"{path}{query}")

    assert (refused.status, refused.error_codes) == (400, [(field, "invalid")])


@pytest.mark.parametrize("first", ["2011-01-01", "9999-12-30"])
def test_range_at_calendar_limits_is_answered(client: AppClient, first: str) -> None:
    for path in ("/doctors/dr-lee/slots?", "/availability?specialty=cardiology&"):
        assert client.get(f"{path}from={first}").status == 200


def test_range_of_31_days_includes_both_ends(client: AppClient) -> None:
    client.save("09:00", date=DATES[0])
    client.save("09:00", date=DATES[30])

    assert len(client.list_available(f"from={DATES[0]}&to={DATES[30]}")) == 2


def test_slots_of_unknown_doctor_are_not_found(client: AppClient) -> None:
    assert client.get("/doctors/dr-who/slots").status == 404
    assert client.get("/doctors/dr.who/slots").status == 404


def test_next_available_is_found_after_empty_range(client: AppClient) -> None:
    client.save("09:00", date=DATES[0])
    client.save("11:00", date=DATES[35])
    client.save("10:00", date=DATES[36])
    client.book("09:00")

    listed = client.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[6]}").json

    assert listed["slots"] == []
    assert listed["next_available"]["start"] == f"{DATES[35]}T11:00:00+00:00"
    later = client.get(f"/doctors/dr-lee/slots?from={DATES[36]}&to={DATES[36]}").json
    assert later["next_available"]["start"] == f"{DATES[36]}T10:00:00+00:00"


def test_nothing_is_available_after_booking_window(client: AppClient) -> None:
    client.update_doctor(window_days=7)
    client.save("09:00", date=DATES[7])

    listed = client.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[30]}").json

    assert (listed["slots"], listed["next_available"]) == ([], None)
    client.clock.now += timedelta(days=1)
    listed = client.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[1]}").json
    assert listed["next_available"]["start"] == f"{DATES[7]}T09:00:00+00:00"


def test_unchanged_response_returns_304(client: AppClient) -> None:
    client.save("09:00", "09:30")
    for path in (f"/doctors/dr-lee/slots?from={DATES[0]}", "/availability?specialty=cardiology"):
        etag = client.get(path).headers["ETag"]

        same = client.get(path, If_None_Match=etag)
        assert (same.status, same.text, same.headers["ETag"]) == (304, "", etag)

        client.hold("09:00")
        assert client.get(path, If_None_Match=etag).status == 200
        client.release("09:00")


def test_doctors_change_is_visible_on_next_read(client: AppClient) -> None:
    client.save("09:00")
    assert client.list_available() == ["09:00"]

    client.save("10:00", closed=("09:00",))

    assert client.list_available() == ["10:00"]


def search(client: AppClient, query: str) -> list[tuple[str, str, int]]:
    """Doctor, next available and number of slots of each that is found."""
    found = client.get(f"/availability?{query}").json["doctors"]
    return [(d["doctor_id"], d["next_available"]["start"], len(d["slots"])) for d in found]


def test_search_lists_available_doctors_soonest_first(
    client: AppClient,
) -> None:
    client.save("10:00", "11:00")
    client.save("09:00", doctor_id="dr-twenty")
    client.save("09:00", doctor_id="dr-okafor")  # a dermatologist
    client.save("09:00", doctor_id="dr-quarter", date=DATES[20])  # later than two weeks

    assert search(client, "specialty=cardiology") == [
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
    assert search(client, monday) == [("dr-walker", "2026-11-23T00:30:00+11:00", 1)]
    sunday = MONDAY - timedelta(days=1)
    assert search(client, f"specialty=general-practice&from={sunday}&to={sunday}") == []


def test_unavailable_slots_are_not_found(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00", "10:30")
    client.book("09:30")
    client.hold("10:00")
    client.update_doctor(lead_minutes=30)
    client.clock.now = to_instant("09:59")

    assert search(client, f"specialty=cardiology&from={MONDAY}&to={MONDAY}") == [
        ("dr-lee", "2026-11-23T10:30:00+00:00", 1)
    ]


def add_colleagues(client: AppClient, count: int, first: date = MONDAY) -> list[str]:
    """Cardiologists of Leeds who each have a slot, on one of three dates."""
    ids = [f"dr-{n:03}" for n in range(count)]
    for place, doctor_id in enumerate(ids):
        client.services.doctors.add(replace(make_doctor(doctor_id), location="Leeds"))
        on = (first + timedelta(days=place % 3)).isoformat()
        assert client.save("09:00", doctor_id=doctor_id, date=on).status == 200
    return ids


def doctors_by_page(client: AppClient, query: str) -> list[list[str]]:
    """The doctors of page after page."""
    found: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page: dict[str, Any] = client.get(f"/availability?{query}&cursor={cursor}").json
        found.append([doctor["doctor_id"] for doctor in page["doctors"]])
        cursor = page["next"]
    return found


def test_search_pages_by_location_and_doctor_list_each_once(
    client: AppClient,
) -> None:
    ids = add_colleagues(client, 7)
    client.save("09:00")

    found = doctors_by_page(client, "specialty=cardiology&limit=3")

    assert [sorted(page) for page in found] == [ids[:3], ids[3:6], [*ids[6:], "dr-lee"]]


def test_search_in_one_location_is_paginated(client: AppClient) -> None:
    ids = add_colleagues(client, 5)
    client.save("09:00")

    found = doctors_by_page(client, "specialty=cardiology&location=Leeds&limit=2")

    assert [sorted(page) for page in found] == [ids[:2], ids[2:4], ids[4:]]


def test_page_ends_before_response_exceeds_size_limit(client: AppClient) -> None:
    ids = ["dr-a", "dr-b", "dr-c"]
    whole_day = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "24:00"}]}
    settings = {"name": "Dr", "specialty": "always", "location": "Leeds",
                "time_zone": "Europe/London", **whole_day}  # fmt: skip
    every = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 24 * 60, 15)]
    for doctor_id in ids:
        client.put(f"/doctors/{doctor_id}", settings)
        client.save(*every, doctor_id=doctor_id)
        client.save(*every, doctor_id=doctor_id, date=DATES[1])
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

    assert [found.doctor.doctor_id for found in (*first.doctors, *second.doctors)] == ids
    assert [len(page.doctors) for page in (first, second)] == [2, 1]


def test_search_continues_past_many_doctors_without_slots(client: AppClient) -> None:
    ids = add_colleagues(client, 70)
    for doctor_id in ids[:-1]:
        date_of_slot = MONDAY + timedelta(days=int(doctor_id[3:]) % 3)
        path = f"/slots/{doctor_id}~{date_of_slot:%Y%m%d}T0900Z/booking"
        assert client.put(path, {"booking_id": "b", "patient_reference": "p"}).status == 201

    found = doctors_by_page(client, "specialty=cardiology&limit=1")

    assert [doctor_id for page in found for doctor_id in page] == ids[-1:]


@pytest.mark.parametrize(
    "cursor", ["x", "YQ", "%ff", "TG9uZG9uIw", "Y2FyZGlvbG9neSNMb25kb24jZHItbGVlIw"]
)
def test_malformed_cursor_is_rejected(client: AppClient, cursor: str) -> None:
    refused = client.get(f"/availability?specialty=cardiology&cursor={cursor}")

    assert (refused.status, refused.error_codes) == (400, [("cursor", "invalid")])


def test_cursor_of_another_location_is_rejected(client: AppClient) -> None:
    add_colleagues(client, 2)
    cursor = client.get("/availability?specialty=cardiology&limit=1").json["next"]

    refused = client.get(f"/availability?specialty=cardiology&location=London&cursor={cursor}")

    assert refused.status == 400


def test_search_text_too_long_for_key_finds_no_doctors(client: AppClient) -> None:
    long = "%F0%9F%98%80" * 128

    assert search(client, f"specialty={long}&location={long}") == []
    assert search(client, f"specialty={long}") == []


def test_relocated_doctor_is_found_at_new_location(client: AppClient) -> None:
    for n in range(27):  # more than one step
        client.save("09:00", date=DATES[n])

    assert client.update_doctor(location="Leeds").status == 200

    everywhere = f"specialty=cardiology&from={DATES[0]}&to={DATES[26]}"
    assert search(client, f"{everywhere}&location=London") == []
    assert search(client, f"{everywhere}&location=Leeds")[0][2] == 27
    assert client.update_doctor(specialty="surgery").status == 200
    assert search(client, everywhere) == []
    assert search(client, everywhere.replace("cardiology", "surgery"))[0][2] == 27


def test_failed_relocation_is_completed_by_retry(client: AppClient) -> None:
    for n in range(30):
        client.save("09:00", date=DATES[n])
    away = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9

    with client.inject_responses("TransactWriteItems", None, *away):
        assert client.update_doctor(location="Leeds").status == 503
    everywhere = f"specialty=cardiology&from={DATES[0]}&to={DATES[29]}"
    assert search(client, everywhere) == [("dr-lee", f"{DATES[0]}T09:00:00+00:00", 30)]
    assert search(client, f"{everywhere}&location=London") == []

    assert client.update_doctor().status == 200

    assert search(client, f"{everywhere}&location=Leeds")[0][2] == 30


def test_concurrent_relocations_keep_the_later_location(client: AppClient) -> None:
    client.save("09:00")

    with (
        client.record_calls() as calls,
        client.before_commit(lambda: client.update_doctor(location="York")),
    ):
        assert client.update_doctor(location="Leeds").status == 200

    assert calls.count("TransactWriteItems") == 2  # who is overtaken does not try again
    assert client.get("/doctors/dr-lee").json["location"] == "York"
    assert search(client, "specialty=cardiology&location=York")[0][0] == "dr-lee"
    assert search(client, "specialty=cardiology&location=Leeds") == []


def test_first_save_with_stale_location_is_indexed_at_new_one(
    client: AppClient,
) -> None:
    with client.before_commit(lambda: client.update_doctor(location="Leeds")):
        assert client.save("09:00").status == 200

    assert search(client, "specialty=cardiology&location=Leeds")[0][0] == "dr-lee"


def test_unavailable_store_returns_503_not_empty_list(client: AppClient) -> None:
    client.save("09:00")
    client.list_available()
    away = [EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)]

    with client.inject_responses("*", *away):
        answers = [
            client.get("/doctors/dr-lee/slots"),
            client.get("/availability?specialty=cardiology"),
            client.get_slot("09:00"),
        ]

    assert [answer.status for answer in answers] == [503] * 3
    assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
