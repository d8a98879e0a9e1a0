"""How many calls of DynamoDB each request costs, and which."""

from __future__ import annotations

import json
from datetime import date, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.slot import format_start
from tests.support.app_client import make_slot_id
from tests.support.factories import MONDAY, to_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

    from tests.support.app_client import AppClient, AppResponse

    Operation = Callable[[AppClient], AppResponse]

ONE_TRANSACTION = ["TransactWriteItems"]
CLAIM_OPERATIONS: dict[str, Operation] = {
    "hold": lambda client: client.hold("09:00"),
    "book": lambda client: client.book("09:00"),
    "move": lambda client: client.book("09:00", "b-1", moves=make_slot_id("10:00")),
}


def date_range(count: int, first: date = MONDAY) -> list[str]:
    """So many dates from Monday on."""
    return [(first + timedelta(days=n)).isoformat() for n in range(count)]


def date_range_query(count: int) -> str:
    """So many dates from Monday on, as a query."""
    return f"from={date_range(count)[0]}&to={date_range(count)[-1]}"


def copy_day(client: AppClient, date: str, dates: list[str]) -> None:
    """Store a day without slots on other dates as well."""
    name = client.services.settings.table_name
    (day,) = (item for item in client.export() if item["SK"]["S"] == f"DAY#{date}")
    puts: list[WriteRequestUnionTypeDef] = [
        {"PutRequest": {"Item": {**day, "SK": {"S": f"DAY#{on}"}}}} for on in dates
    ]
    while puts:
        client.dynamodb.batch_write_item(RequestItems={name: puts[:25]})
        del puts[:25]


@pytest.fixture(autouse=True)
def cached_doctor(client: AppClient) -> None:
    """Dr Lee, whom the process has read a moment ago, has a free, a held and a booked slot."""
    client.save("09:00", "09:30", "10:00", "10:30")
    client.hold("09:30", "hannah")
    client.book("10:00", "b-1")
    assert client.get_slot("09:00").status == 200


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(lambda client: client.hold("09:00"), id="hold"),
        pytest.param(lambda client: client.hold("09:30", "hannah"), id="hold-anew"),
        pytest.param(lambda client: client.release("09:30", "hannah"), id="release"),
        pytest.param(lambda client: client.book("09:00"), id="book"),
        pytest.param(lambda client: client.book("09:30", holder="hannah"), id="book-what-is-held"),
        pytest.param(lambda client: client.cancel("10:00", "b-1"), id="cancel"),
        pytest.param(
            lambda client: client.book("10:30", "b-1", moves=make_slot_id("10:00")),
            id="move-within-a-day",
        ),
    ],
)
def test_patient_operation_is_one_transaction(client: AppClient, deed: Operation) -> None:
    before = client.export()

    with client.record_calls() as calls:
        answer = deed(client)

    assert answer.status in {200, 201, 204}
    assert client.export() != before
    assert calls == ONE_TRANSACTION


def test_move_between_doctors_is_one_transaction(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-twenty")
    client.get_slot("09:00", "dr-twenty")

    with client.record_calls() as calls:
        moved = client.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))

    assert (moved.status, calls) == (201, ONE_TRANSACTION)


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        pytest.param(lambda client: client.hold("09:30", "ivan"), 409, id="hold-what-is-held"),
        pytest.param(lambda client: client.hold("10:00"), 409, id="hold-what-is-booked"),
        pytest.param(lambda client: client.hold("12:30"), 404, id="hold-what-is-not-there"),
        pytest.param(lambda client: client.release("09:30", "ivan"), 409, id="release-anothers"),
        pytest.param(
            lambda client: client.release("09:00", "ivan"), 204, id="release-what-is-free"
        ),
        pytest.param(lambda client: client.book("09:30", "b-2"), 409, id="book-what-is-held"),
        pytest.param(lambda client: client.book("10:00", "b-2"), 409, id="book-what-is-booked"),
        pytest.param(lambda client: client.book("10:00", "b-1"), 200, id="book-once-more"),
        pytest.param(lambda client: client.cancel("10:00", "b-2"), 409, id="cancel-anothers"),
        pytest.param(lambda client: client.cancel("09:00", "b-1"), 204, id="cancel-what-is-free"),
        pytest.param(
            lambda client: client.book("09:30", "b-1", moves=make_slot_id("10:00")),
            409,
            id="move-to-held",
        ),
        pytest.param(
            lambda client: client.book("09:00", "b-2", moves=make_slot_id("10:00")),
            409,
            id="move-anothers",
        ),
    ],
)
def test_state_conflict_is_reported_by_the_same_transaction(
    client: AppClient, deed: Operation, status: int
) -> None:
    before = client.export()

    with client.record_calls() as calls:
        answer = deed(client)

    assert (answer.status, calls) == (status, ONE_TRANSACTION)
    assert client.export() == before


@pytest.mark.parametrize("deed", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
@pytest.mark.parametrize(
    ("time", "lead_minutes", "code"), [("09:00", 0, "in_past"), ("08:00", 90, "not_bookable")]
)
def test_time_violation_costs_one_slot_read(
    client: AppClient, deed: Operation, time: str, lead_minutes: int, code: str
) -> None:
    client.clock.now = to_instant(time)
    client.update_doctor(lead_minutes=lead_minutes)

    with client.record_calls() as calls:
        refused = deed(client)

    assert refused.error_codes == [("2026-11-23T09:00:00+00:00", code)]
    assert calls == ["GetItem"]


@pytest.mark.parametrize("deed", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
def test_slot_of_other_length_costs_second_transaction(client: AppClient, deed: Operation) -> None:
    client.set_slot_minutes("dr-lee", minutes=60)

    with client.record_calls() as calls:
        assert deed(client).status in {200, 201}

    assert calls == ONE_TRANSACTION * 2


def test_get_slot_is_one_read(client: AppClient) -> None:
    with client.record_calls() as calls:
        assert client.get_slot("09:00").status == 200

    assert calls == ["GetItem"]


def test_doctor_is_cached_for_ten_seconds_then_read_once(client: AppClient) -> None:
    asked_at = client.clock.now
    client.clock.now = asked_at + timedelta(seconds=9, microseconds=999_999)
    with client.record_calls() as known:
        client.hold("09:00")
    client.clock.now = asked_at + timedelta(seconds=10)
    with client.record_calls() as unknown:
        client.release("09:00")
    with client.record_calls() as known_again:
        client.book("09:00")

    assert known == ONE_TRANSACTION
    assert unknown == ["GetItem", *ONE_TRANSACTION]
    assert known_again == ONE_TRANSACTION


@pytest.mark.parametrize("saved", [1, 30, 31])
def test_month_of_available_slots_is_one_query(client: AppClient, saved: int) -> None:
    for on in date_range(saved):
        client.save("11:00", date=on)

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
    copy_day(client, dates[0], [on for on in dates if on not in (dates[0], dates[150])])

    with client.record_calls() as calls:
        listed = client.get(f"/doctors/dr-lee/slots?from={dates[0]}&to={dates[0]}").json

    assert listed["next_available"]["start"].startswith(dates[150])
    assert calls == ["Query"] * 3  # the range, 128 days behind it, and 128 more


@pytest.fixture
def cardiologists(client: AppClient) -> list[str]:
    """Three who have something bookable on some of the next 31 dates."""
    ids = ["dr-lee", "dr-quarter", "dr-twenty"]
    for n, on in enumerate(date_range(31)[::5]):
        client.save("11:00", doctor_id=ids[n % 3], date=on)
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
    for on in date_range(30)[1:]:
        client.save("11:00", date=on)
    away = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9
    with client.inject_responses("TransactWriteItems", None, *away):  # the first 25 days come along
        assert client.update_doctor(location="Leeds").status == 503

    with client.record_calls() as calls:
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(14)}")

    assert [doctor["location"] for doctor in page.json["doctors"]] == ["Leeds"]
    assert calls == ["Query"] * 14 + ["Query"]


@pytest.mark.parametrize("dates", [14, 31])
def test_search_queries_run_in_parallel(client: AppClient, dates: int) -> None:
    """Each is sent when all are ready to be: one after another, the first would wait in vain."""
    all_of_them = Barrier(dates)

    def wait(**_: object) -> None:
        all_of_them.wait(timeout=20)

    with client.before_call("Query", wait):
        page = client.get(f"/availability?specialty=cardiology&{date_range_query(dates)}")

    assert page.status == 200
    assert [doctor["doctor_id"] for doctor in page.json["doctors"]] == ["dr-lee"]
    assert not all_of_them.broken


def test_doctor_settings_cost_one_read_and_one_write(client: AppClient) -> None:
    settings = client.get("/doctors/dr-lee").json

    with client.record_calls() as changed:
        assert client.put("/doctors/dr-lee", settings | {"lead_minutes": 60}).status == 200
    with client.record_calls() as added:
        settings |= {"doctor_id": "dr-new", "delegates": []}
        assert client.put("/doctors/dr-new", settings).status == 201

    assert changed == added == ["GetItem", "PutItem"]


@pytest.mark.parametrize(("coming", "steps"), [(1, 1), (25, 1), (26, 2)])
@pytest.mark.parametrize("changed", [{"location": "Leeds"}, {"specialty": "surgery"}])
def test_reindexing_writes_days_in_batches_of_25(
    client: AppClient, changed: dict[str, str], coming: int, steps: int
) -> None:
    for on in date_range(coming)[1:]:
        client.save("11:00", date=on)
    settings = client.get("/doctors/dr-lee").json

    with client.record_calls() as calls:
        assert client.put("/doctors/dr-lee", settings | changed).status == 200

    assert calls == ["GetItem", "PutItem", "Query", *ONE_TRANSACTION * steps, "PutItem"]


def test_cached_day_poll_is_one_read_of_one_item(client: AppClient) -> None:
    services = client.services

    with client.record_calls() as calls:
        seen = services.manage_slots.get_day_cached(client.caller, "dr-lee", MONDAY)

    assert len(seen.day.slots) == 4
    assert calls == ["GetItem"]


def test_cached_day_poll_reads_unknown_doctor_in_same_batch(client: AppClient) -> None:
    client.clock.now += timedelta(seconds=10)
    services = client.services

    with client.record_calls() as calls:
        services.manage_slots.get_day_cached(client.caller, "dr-lee", MONDAY)

    assert calls == ["BatchGetItem"]


def test_rejected_save_costs_two_reads_and_repeated_save_one(
    client: AppClient,
) -> None:
    client.save("11:00", Idempotency_Key="once")

    with client.record_calls() as refused:
        assert client.save("11:00").status == 400
    with client.record_calls() as repeated:
        assert client.save("11:00", Idempotency_Key="once").status == 200

    assert refused == ["BatchGetItem"] * 2
    assert repeated == ["BatchGetItem"]


@pytest.mark.parametrize(
    ("shown", "status", "reads"),
    [(["09:00", "10:30"], 200, 1), (["10:30"], 400, 2)],
    ids=["unchanged", "rejected"],
)
def test_noop_form_is_not_read_again_to_render(
    client: AppClient, shown: list[str], status: int, reads: int
) -> None:
    starts = {time: format_start(to_instant(time)) for time in ("09:00", "10:30")}
    form: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "once",
        "shown": [starts[time] for time in shown],
        "offered": [*starts.values()],
        "ticked": [*starts.values()],
    }

    with client.record_calls() as calls:
        assert client.post_form(form, HX_Request="true").status == status

    assert calls == ["BatchGetItem"] * reads


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
        pytest.param("location=London&limit=1", 101, id="by-location-which-a-filter-must-find"),
    ],
)
def test_doctor_list_reads_one_more_than_shown(client: AppClient, query: str, read: int) -> None:
    limits = []

    def note(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        limits.append(json.loads(request.body)["Limit"])

    with client.before_call("Query", note):
        (_doctor,) = client.get(f"/doctors?{query}").json["doctors"]

    assert limits == [read]
