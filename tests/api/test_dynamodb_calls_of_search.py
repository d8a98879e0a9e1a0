"""The DynamoDB calls of lists and searches, and of reindexing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.retry_budget import MAX_RETRIES
from chalicelib.use_cases.find_slots import MAX_LOOKAHEAD_SLOTS
from tests.support.app_client import is_unavailable
from tests.support.dynamodb_responses import TRANSACT_WRITE, dynamodb_response
from tests.support.factories import MONDAY, date_range, make_doctor, make_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient, AppResponse

    Operation = Callable[[AppClient], AppResponse]

pytestmark = pytest.mark.usefixtures("cached_doctor")

ONE_TRANSACTION = [TRANSACT_WRITE]
WINDOW = timedelta(days=730)


def date_range_query(count: int) -> str:
    """Return the query parameters of a range of dates from Monday on."""
    return f"from={date_range(count)[0]}&to={date_range(count)[-1]}"


def copy_day(client: AppClient, date: str, dates: list[str], doctor_id: str = "dr-lee") -> None:
    """Store a copy of a day on other dates; its slots keep their instants."""
    day = client.get_item(f"DOCTOR#{doctor_id}", f"DAY#{date}")
    client.raw_table.write(
        [{"PutRequest": {"Item": {**day, "SK": {"S": f"DAY#{other}"}}}} for other in dates]
    )


@pytest.mark.parametrize("saved", [1, 30, 31])
def test_month_of_available_slots_is_one_query(client: AppClient, saved: int) -> None:
    for day in date_range(saved):
        client.save("11:00", date=day)

    with client.record_calls() as calls:
        listed = client.list_available(date_range_query(31))

    assert listed.count("11:00") == saved
    assert calls == ["Query"]


def test_next_available_costs_one_extra_query(
    client: AppClient,
) -> None:
    client.save("11:00", date=date_range(8)[7])

    with client.record_calls() as calls:
        listed = client.get(
            f"/doctors/dr-lee/slots?from={date_range(2)[1]}&to={date_range(7)[6]}"
        ).json

    assert listed["next_available"]["start"].startswith(date_range(8)[7])
    assert calls == ["Query"] * 2


def test_next_available_queries_months_until_found(
    client: AppClient,
) -> None:
    dates = date_range(300, first=MONDAY + timedelta(days=1))
    client.save("11:00", date=dates[150])
    client.save("11:00", date=dates[0])
    client.save(closed=("11:00",), date=dates[0])
    copy_day(client, dates[0], [day for day in dates if day not in (dates[0], dates[150])])

    with client.record_calls() as calls:
        listed = client.get(f"/doctors/dr-lee/slots?from={dates[0]}&to={dates[0]}").json

    assert listed["next_available"]["start"].startswith(dates[150])
    assert calls == ["Query"] * 3  # the range, the 128 days after it, and 128 more


def test_search_for_next_available_stops_after_many_booked_slots(client: AppClient) -> None:
    dates = date_range(400)
    fill_day(client, dates[0])
    copy_day(client, dates[0], dates[1:], "dr-full")
    client.restart()

    with client.record_calls() as calls:
        listed = client.get(f"/doctors/dr-full/slots?from={dates[0]}&to={dates[30]}").json

    assert (listed["slots"], listed["next_available"]) == ([], None)
    assert listed["searched_to"] == dates[30 + MAX_LOOKAHEAD_SLOTS // 96]
    assert calls == ["GetItem"] + ["Query"] * 3  # the range, and twice 128 days


def fill_day(client: AppClient, date: str) -> None:
    """Create a doctor, and book all 96 slots of a day."""
    grid = make_grid(("00:00", "24:00"), minutes=15)
    client.services.doctors.add(replace(make_doctor("dr-full", grid), booking_window=WINDOW))
    starts = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 1440, 15)]
    assert client.save(*starts, doctor_id="dr-full", date=date).status == 200
    slots = client.get_item("DOCTOR#dr-full", f"DAY#{date}")["slots"]["M"]
    booked = {start: {"M": {**slot["M"], "status": {"S": "busy"}}} for start, slot in slots.items()}
    client.set_attribute("DOCTOR#dr-full", f"DAY#{date}", "slots", {"M": booked})


@pytest.fixture
def cardiologists(client: AppClient) -> list[str]:
    """Three cardiologists with available slots on some of the next 31 dates."""
    ids = ["dr-lee", "dr-quarter", "dr-twenty"]
    for n, day in enumerate(date_range(31)[::5]):
        client.save("11:00", doctor_id=ids[n % 3], date=day)
    return ids


@pytest.mark.parametrize("dates", [1, 14, 31])
def test_search_with_cached_doctors_is_one_query_per_date(
    client: AppClient, cardiologists: list[str], dates: int
) -> None:
    for doctor_id in cardiologists:
        client.get_day(doctor_id)

    with client.record_calls() as calls:
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(dates)}")

    assert page.json["doctors"]
    assert calls == ["Query"] * dates


def test_search_reads_all_uncached_doctors_in_one_batch(
    client: AppClient, cardiologists: list[str]
) -> None:
    client.clock.now += timedelta(minutes=1)

    with client.record_calls() as calls:
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(14)}")

    assert {doctor["doctor_id"] for doctor in page.json["doctors"]} == set(cardiologists)
    assert calls == ["Query"] * 14 + ["BatchGetItem"]


def test_search_reads_whole_range_for_doctor_being_reindexed(client: AppClient) -> None:
    for day in date_range(30)[1:]:
        client.save("11:00", date=day)
    refused_connections = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9
    with client.inject_responses(
        TRANSACT_WRITE, None, None, *refused_connections
    ):  # settings and the first 25 days are stored
        assert client.update_doctor(location="Leeds").status == 503

    with client.record_calls() as calls:
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(14)}")

    assert [doctor["location"] for doctor in page.json["doctors"]] == ["Leeds"]
    assert calls == ["Query"] * 14 + ["Query"]


@pytest.mark.parametrize("dates", [14, 31])
def test_search_queries_run_in_parallel(client: AppClient, dates: int) -> None:
    """Each query waits until all are about to be sent; sequential queries would time out."""
    barrier = Barrier(dates)

    def wait(**_: object) -> None:
        barrier.wait(timeout=20)

    with client.before_call("Query", wait):
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(dates)}")

    assert page.status == 200
    assert [doctor["doctor_id"] for doctor in page.json["doctors"]] == ["dr-lee"]
    assert not barrier.broken


@pytest.mark.parametrize(("coming", "steps"), [(1, 1), (25, 1), (26, 2)])
@pytest.mark.parametrize("changed", [{"location": "Leeds"}, {"specialty": "surgery"}])
def test_reindexing_writes_days_in_batches_of_25(
    client: AppClient, changed: dict[str, str], coming: int, steps: int
) -> None:
    if dates := date_range(coming)[1:]:
        client.save("11:00", date=dates[0])
        copy_day(client, dates[0], dates[1:])
    settings = client.get("/doctors/dr-lee").json

    with client.record_calls() as calls:
        assert client.put("/doctors/dr-lee", settings | changed).status == 200

    days = ["Query", *ONE_TRANSACTION * (steps + 1)]
    closures = ["Query"]  # in case it repeats the creation of the doctor
    assert calls == ["GetItem", *ONE_TRANSACTION, *days, *closures]


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/doctors", "Query"),
        ("/doctors?specialty=cardiology&location=London", "Query"),
        ("/doctors/dr-lee", "GetItem"),
        ("/health", "GetItem"),
    ],
)
def test_doctor_list_doctor_and_health_are_one_call_each(
    client: AppClient, path: str, call: str
) -> None:
    with client.record_calls() as calls:
        assert client.get(path).status == 200

    assert calls == [call]


@pytest.mark.parametrize(
    ("query", "read"),
    [
        pytest.param("specialty=cardiology&limit=1", 2, id="by-specialty"),
        pytest.param("specialty=cardiology&location=London&limit=1", 2, id="by-both"),
        pytest.param("limit=1", 2, id="all"),
    ],
)
def test_doctor_list_reads_one_more_than_shown(client: AppClient, query: str, read: int) -> None:
    limits = []

    def record_limit(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        limits.append(json.loads(request.body)["Limit"])

    with client.before_call("Query", record_limit):
        (_doctor,) = client.get(f"/doctors?{query}").json["doctors"]

    assert limits == [read]


def test_throttled_search_reads_fewer_partitions(client: AppClient) -> None:
    throttled = (dynamodb_response("ThrottlingException") for _ in range(99))

    with client.record_calls() as calls, client.inject_responses("Query", *throttled):
        rejected = client.get(f"/availability?specialty=x&{date_range_query(31)}")

    assert is_unavailable(rejected)
    assert calls == ["Query"] * (31 + MAX_RETRIES)


def test_search_queries_only_throttled_dates_again(
    client: AppClient, cardiologists: list[str]
) -> None:
    expected = client.get(f"/availability?specialty=cardiology&{date_range_query(31)}").json
    responses = [dynamodb_response("ThrottlingException"), None] * 3

    with client.record_calls() as calls, client.inject_responses("Query", *responses):
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(31)}")

    assert page.json == expected
    assert calls == ["Query"] * (31 + 3)
    assert len(page.json["doctors"]) == len(cardiologists)
