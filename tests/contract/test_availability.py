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
from tests.builders import MONDAY, make_doctor, to_instant

if TYPE_CHECKING:
    from tests.site import AppClient

DATES = [(MONDAY + timedelta(days=n)).isoformat() for n in range(40)]


def test_bookable_slots_are_listed_in_time_order_with_the_first_of_them(site: AppClient) -> None:
    site.save("10:00", "09:00")
    site.save("09:30", date=DATES[2])

    listed = site.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[2]}").json

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


def test_without_dates_two_weeks_from_her_today_are_listed(site: AppClient) -> None:
    listed = site.get("/doctors/dr-walker/slots").json
    assert (listed["from"], listed["to"]) == ("2026-11-22", "2026-12-05")

    site.clock.now += timedelta(hours=2)  # Monday on Lord Howe Island

    listed = site.get("/doctors/dr-walker/slots").json
    assert (listed["from"], listed["to"]) == ("2026-11-23", "2026-12-06")
    later = site.get(f"/doctors/dr-walker/slots?from={DATES[5]}").json
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
def test_what_is_no_range_is_refused(site: AppClient, path: str, query: str, field: str) -> None:
    refused = site.get(f"{path}{query}")

    assert (refused.status, refused.error_codes) == (400, [(field, "invalid")])


@pytest.mark.parametrize("first", ["2011-01-01", "9999-12-30"])
def test_a_range_at_the_limits_of_what_is_kept_is_answered(site: AppClient, first: str) -> None:
    for path in ("/doctors/dr-lee/slots?", "/availability?specialty=cardiology&"):
        assert site.get(f"{path}from={first}").status == 200


def test_a_range_of_31_days_is_whole(site: AppClient) -> None:
    site.save("09:00", date=DATES[0])
    site.save("09:00", date=DATES[30])

    assert len(site.list_available(f"from={DATES[0]}&to={DATES[30]}")) == 2


def test_the_slots_of_a_doctor_who_is_not_there_are_not_found(site: AppClient) -> None:
    assert site.get("/doctors/dr-who/slots").status == 404
    assert site.get("/doctors/dr.who/slots").status == 404


def test_the_next_available_is_looked_for_behind_a_range_without_any(site: AppClient) -> None:
    site.save("09:00", date=DATES[0])
    site.save("11:00", date=DATES[35])
    site.save("10:00", date=DATES[36])
    site.book("09:00")

    listed = site.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[6]}").json

    assert listed["slots"] == []
    assert listed["next_available"]["start"] == f"{DATES[35]}T11:00:00+00:00"
    later = site.get(f"/doctors/dr-lee/slots?from={DATES[36]}&to={DATES[36]}").json
    assert later["next_available"]["start"] == f"{DATES[36]}T10:00:00+00:00"


def test_behind_the_booking_window_nothing_is_available(site: AppClient) -> None:
    site.update_doctor(window_days=7)
    site.save("09:00", date=DATES[7])

    listed = site.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[30]}").json

    assert (listed["slots"], listed["next_available"]) == ([], None)
    site.clock.now += timedelta(days=1)
    listed = site.get(f"/doctors/dr-lee/slots?from={DATES[0]}&to={DATES[1]}").json
    assert listed["next_available"]["start"] == f"{DATES[7]}T09:00:00+00:00"


def test_what_has_not_changed_is_not_sent_again(site: AppClient) -> None:
    site.save("09:00", "09:30")
    for path in (f"/doctors/dr-lee/slots?from={DATES[0]}", "/availability?specialty=cardiology"):
        etag = site.get(path).headers["ETag"]

        same = site.get(path, If_None_Match=etag)
        assert (same.status, same.text, same.headers["ETag"]) == (304, "", etag)

        site.hold("09:00")
        assert site.get(path, If_None_Match=etag).status == 200
        site.release("09:00")


def test_a_change_by_the_doctor_shows_on_the_next_read(site: AppClient) -> None:
    site.save("09:00")
    assert site.list_available() == ["09:00"]

    site.save("10:00", withdrawn=("09:00",))

    assert site.list_available() == ["10:00"]


def search(client: AppClient, query: str) -> list[tuple[str, str, int]]:
    """Doctor, next available and number of slots of each that is found."""
    found = client.get(f"/availability?{query}").json["doctors"]
    return [(d["doctor_id"], d["next_available"]["start"], len(d["slots"])) for d in found]


def test_doctors_of_a_specialty_with_something_bookable_are_found_the_soonest_first(
    site: AppClient,
) -> None:
    site.save("10:00", "11:00")
    site.save("09:00", doctor_id="dr-twenty")
    site.save("09:00", doctor_id="dr-okafor")  # a dermatologist
    site.save("09:00", doctor_id="dr-quarter", date=DATES[20])  # later than two weeks

    assert search(site, "specialty=cardiology") == [
        ("dr-twenty", f"{DATES[0]}T09:00:00+00:00", 1),
        ("dr-lee", f"{DATES[0]}T10:00:00+00:00", 2),
    ]


def test_a_doctor_who_is_found_is_told_with_her_slots(site: AppClient) -> None:
    site.save("08:00", doctor_id="dr-okafor")

    page = site.get("/availability?specialty=dermatology&location=New%20York").json

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


def test_a_search_without_a_specialty_is_refused(site: AppClient) -> None:
    assert site.get("/availability").error_codes == [("specialty", "required")]
    assert site.get("/availability?specialty=x&limit=0").error_codes == [("limit", "invalid")]
    assert site.get("/availability?specialty=x&limit=101").error_codes == [("limit", "invalid")]


def test_dates_of_a_search_are_each_doctors_own(site: AppClient) -> None:
    site.save("00:30", doctor_id="dr-walker")  # Sunday in UTC

    monday = f"specialty=general-practice&from={MONDAY}&to={MONDAY}"
    assert search(site, monday) == [("dr-walker", "2026-11-23T00:30:00+11:00", 1)]
    sunday = MONDAY - timedelta(days=1)
    assert search(site, f"specialty=general-practice&from={sunday}&to={sunday}") == []


def test_booked_held_past_and_unbookable_slots_are_not_found(site: AppClient) -> None:
    site.save("09:00", "09:30", "10:00", "10:30")
    site.book("09:30")
    site.hold("10:00")
    site.update_doctor(lead_minutes=30)
    site.clock.now = to_instant("09:59")

    assert search(site, f"specialty=cardiology&from={MONDAY}&to={MONDAY}") == [
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


def test_a_search_comes_page_by_page_by_location_and_doctor_each_of_them_once(
    site: AppClient,
) -> None:
    ids = add_colleagues(site, 7)
    site.save("09:00")

    found = doctors_by_page(site, "specialty=cardiology&limit=3")

    assert [sorted(page) for page in found] == [ids[:3], ids[3:6], [*ids[6:], "dr-lee"]]


def test_doctors_of_one_location_come_page_by_page_too(site: AppClient) -> None:
    ids = add_colleagues(site, 5)
    site.save("09:00")

    found = doctors_by_page(site, "specialty=cardiology&location=Leeds&limit=2")

    assert [sorted(page) for page in found] == [ids[:2], ids[2:4], ids[4:]]


def test_a_page_ends_before_its_answer_is_too_large_to_be_sent(site: AppClient) -> None:
    ids = ["dr-a", "dr-b", "dr-c"]
    whole_day = {"slot_minutes": 15, "sessions": [{"from": "00:00", "to": "24:00"}]}
    settings = {"name": "Dr", "specialty": "always", "location": "Leeds",
                "time_zone": "Europe/London", **whole_day}  # fmt: skip
    every = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in range(0, 24 * 60, 15)]
    for doctor_id in ids:
        site.put(f"/doctors/{doctor_id}", settings)
        site.save(*every, doctor_id=doctor_id)
        site.save(*every, doctor_id=doctor_id, date=DATES[1])
    services = site.services
    find_slots = FindSlots(
        DayRepository(),
        AvailabilityIndex(),
        DoctorCache(services.doctors, site.clock),
        site.clock,
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


def test_no_doctor_is_missed_where_many_in_a_row_have_nothing_left(site: AppClient) -> None:
    ids = add_colleagues(site, 70)
    for doctor_id in ids[:-1]:
        date_of_slot = MONDAY + timedelta(days=int(doctor_id[3:]) % 3)
        path = f"/slots/{doctor_id}~{date_of_slot:%Y%m%d}T0900Z/booking"
        assert site.put(path, {"booking_id": "b", "patient_reference": "p"}).status == 201

    found = doctors_by_page(site, "specialty=cardiology&limit=1")

    assert [doctor_id for page in found for doctor_id in page] == ids[-1:]


@pytest.mark.parametrize(
    "cursor", ["x", "YQ", "%ff", "TG9uZG9uIw", "Y2FyZGlvbG9neSNMb25kb24jZHItbGVlIw"]
)
def test_a_malformed_cursor_is_refused(site: AppClient, cursor: str) -> None:
    refused = site.get(f"/availability?specialty=cardiology&cursor={cursor}")

    assert (refused.status, refused.error_codes) == (400, [("cursor", "invalid")])


def test_a_cursor_of_another_location_is_refused(site: AppClient) -> None:
    add_colleagues(site, 2)
    cursor = site.get("/availability?specialty=cardiology&limit=1").json["next"]

    refused = site.get(f"/availability?specialty=cardiology&location=London&cursor={cursor}")

    assert refused.status == 400


def test_a_search_for_what_is_too_long_for_a_key_finds_nobody(site: AppClient) -> None:
    long = "%F0%9F%98%80" * 128

    assert search(site, f"specialty={long}&location={long}") == []
    assert search(site, f"specialty={long}") == []


def test_a_doctor_who_moves_is_found_where_she_is_now(site: AppClient) -> None:
    for n in range(27):  # more than one step
        site.save("09:00", date=DATES[n])

    assert site.update_doctor(location="Leeds").status == 200

    everywhere = f"specialty=cardiology&from={DATES[0]}&to={DATES[26]}"
    assert search(site, f"{everywhere}&location=London") == []
    assert search(site, f"{everywhere}&location=Leeds")[0][2] == 27
    assert site.update_doctor(specialty="surgery").status == 200
    assert search(site, everywhere) == []
    assert search(site, everywhere.replace("cardiology", "surgery"))[0][2] == 27


def test_a_move_that_failed_half_way_is_finished_when_it_is_sent_again(site: AppClient) -> None:
    for n in range(30):
        site.save("09:00", date=DATES[n])
    away = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9

    with site.inject_responses("TransactWriteItems", None, *away):
        assert site.update_doctor(location="Leeds").status == 503
    everywhere = f"specialty=cardiology&from={DATES[0]}&to={DATES[29]}"
    assert search(site, everywhere) == [("dr-lee", f"{DATES[0]}T09:00:00+00:00", 30)]
    assert search(site, f"{everywhere}&location=London") == []

    assert site.update_doctor().status == 200

    assert search(site, f"{everywhere}&location=Leeds")[0][2] == 30


def test_of_two_moves_at_once_the_later_is_where_her_days_are(site: AppClient) -> None:
    site.save("09:00")

    with (
        site.record_calls() as calls,
        site.before_commit(lambda: site.update_doctor(location="York")),
    ):
        assert site.update_doctor(location="Leeds").status == 200

    assert calls.count("TransactWriteItems") == 2  # who is overtaken does not try again
    assert site.get("/doctors/dr-lee").json["location"] == "York"
    assert search(site, "specialty=cardiology&location=York")[0][0] == "dr-lee"
    assert search(site, "specialty=cardiology&location=Leeds") == []


def test_a_first_save_that_read_the_doctor_before_she_moved_is_found_where_she_is(
    site: AppClient,
) -> None:
    with site.before_commit(lambda: site.update_doctor(location="Leeds")):
        assert site.save("09:00").status == 200

    assert search(site, "specialty=cardiology&location=Leeds")[0][0] == "dr-lee"


def test_a_store_out_of_reach_is_503_never_an_empty_list(site: AppClient) -> None:
    site.save("09:00")
    site.list_available()
    away = [EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)]

    with site.inject_responses("*", *away):
        answers = [
            site.get("/doctors/dr-lee/slots"),
            site.get("/availability?specialty=cardiology"),
            site.get_slot("09:00"),
        ]

    assert [answer.status for answer in answers] == [503] * 3
    assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
