"""Available slots of a doctor, and search for available doctors of a specialty."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.support.app_client import is_unavailable
from tests.support.factories import date_range

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


DATES = date_range(40)


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
    rejected = client.get(f"{path}{query}")

    assert (rejected.status, rejected.error_codes) == (400, [(field, "invalid")])


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


def test_unavailable_store_returns_503_not_empty_list(client: AppClient) -> None:
    client.save("09:00")
    client.list_available()
    refused_connections = [
        EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)
    ]

    with client.inject_responses("*", *refused_connections):
        responses = [
            client.get("/doctors/dr-lee/slots"),
            client.get("/availability?specialty=cardiology"),
            client.get_slot("09:00"),
        ]

    assert all(is_unavailable(response) for response in responses)
