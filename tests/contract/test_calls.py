"""How many calls of DynamoDB each request costs, and which."""

from __future__ import annotations

import json
from datetime import date, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.slot import format_start
from tests.builders import MONDAY, to_instant
from tests.site import make_slot_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

    from tests.site import AppClient, AppResponse

    Operation = Callable[[AppClient], AppResponse]

ONE_TRANSACTION = ["TransactWriteItems"]
CLAIM_OPERATIONS: dict[str, Operation] = {
    "hold": lambda site: site.hold("09:00"),
    "book": lambda site: site.book("09:00"),
    "move": lambda site: site.book("09:00", "b-1", moves=make_slot_id("10:00")),
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
def known(site: AppClient) -> None:
    """Dr Lee, whom the process has read a moment ago, has a free, a held and a booked slot."""
    site.save("09:00", "09:30", "10:00", "10:30")
    site.hold("09:30", "hannah")
    site.book("10:00", "b-1")
    assert site.get_slot("09:00").status == 200


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param(lambda site: site.hold("09:00"), id="hold"),
        pytest.param(lambda site: site.hold("09:30", "hannah"), id="hold-anew"),
        pytest.param(lambda site: site.release("09:30", "hannah"), id="release"),
        pytest.param(lambda site: site.book("09:00"), id="book"),
        pytest.param(lambda site: site.book("09:30", holder="hannah"), id="book-what-is-held"),
        pytest.param(lambda site: site.cancel("10:00", "b-1"), id="cancel"),
        pytest.param(
            lambda site: site.book("10:30", "b-1", moves=make_slot_id("10:00")),
            id="move-within-a-day",
        ),
    ],
)
def test_what_a_patient_does_to_a_slot_is_one_transaction_and_nothing_else(
    site: AppClient, deed: Operation
) -> None:
    before = site.export()

    with site.record_calls() as calls:
        answer = deed(site)

    assert answer.status in {200, 201, 204}
    assert site.export() != before
    assert calls == ONE_TRANSACTION


def test_a_move_from_one_doctor_to_another_is_one_transaction(site: AppClient) -> None:
    site.save("09:00", doctor_id="dr-twenty")
    site.get_slot("09:00", "dr-twenty")

    with site.record_calls() as calls:
        moved = site.book("09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00"))

    assert (moved.status, calls) == (201, ONE_TRANSACTION)


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        pytest.param(lambda site: site.hold("09:30", "ivan"), 409, id="hold-what-is-held"),
        pytest.param(lambda site: site.hold("10:00"), 409, id="hold-what-is-booked"),
        pytest.param(lambda site: site.hold("12:30"), 404, id="hold-what-is-not-there"),
        pytest.param(lambda site: site.release("09:30", "ivan"), 409, id="release-anothers"),
        pytest.param(lambda site: site.release("09:00", "ivan"), 204, id="release-what-is-free"),
        pytest.param(lambda site: site.book("09:30", "b-2"), 409, id="book-what-is-held"),
        pytest.param(lambda site: site.book("10:00", "b-2"), 409, id="book-what-is-booked"),
        pytest.param(lambda site: site.book("10:00", "b-1"), 200, id="book-once-more"),
        pytest.param(lambda site: site.cancel("10:00", "b-2"), 409, id="cancel-anothers"),
        pytest.param(lambda site: site.cancel("09:00", "b-1"), 204, id="cancel-what-is-free"),
        pytest.param(
            lambda site: site.book("09:30", "b-1", moves=make_slot_id("10:00")),
            409,
            id="move-to-held",
        ),
        pytest.param(
            lambda site: site.book("09:00", "b-2", moves=make_slot_id("10:00")),
            409,
            id="move-anothers",
        ),
    ],
)
def test_what_the_state_of_a_slot_refuses_or_has_already_is_told_by_that_one_transaction(
    site: AppClient, deed: Operation, status: int
) -> None:
    before = site.export()

    with site.record_calls() as calls:
        answer = deed(site)

    assert (answer.status, calls) == (status, ONE_TRANSACTION)
    assert site.export() == before


@pytest.mark.parametrize("deed", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
@pytest.mark.parametrize(
    ("time", "lead_minutes", "code"), [("09:00", 0, "in_past"), ("08:00", 90, "not_bookable")]
)
def test_what_time_refuses_is_one_read_of_the_slot(
    site: AppClient, deed: Operation, time: str, lead_minutes: int, code: str
) -> None:
    site.clock.now = to_instant(time)
    site.update_doctor(lead_minutes=lead_minutes)

    with site.record_calls() as calls:
        refused = deed(site)

    assert refused.error_codes == [("2026-11-23T09:00:00+00:00", code)]
    assert calls == ["GetItem"]


@pytest.mark.parametrize("deed", CLAIM_OPERATIONS.values(), ids=CLAIM_OPERATIONS)
def test_a_slot_of_another_length_than_her_slots_have_now_costs_a_second_transaction(
    site: AppClient, deed: Operation
) -> None:
    site.set_slot_minutes("dr-lee", minutes=60)

    with site.record_calls() as calls:
        assert deed(site).status in {200, 201}

    assert calls == ONE_TRANSACTION * 2


def test_a_slot_is_one_read(site: AppClient) -> None:
    with site.record_calls() as calls:
        assert site.get_slot("09:00").status == 200

    assert calls == ["GetItem"]


def test_a_doctor_is_known_for_ten_seconds_and_costs_one_read_then(site: AppClient) -> None:
    asked_at = site.clock.now
    site.clock.now = asked_at + timedelta(seconds=9, microseconds=999_999)
    with site.record_calls() as known:
        site.hold("09:00")
    site.clock.now = asked_at + timedelta(seconds=10)
    with site.record_calls() as unknown:
        site.release("09:00")
    with site.record_calls() as known_again:
        site.book("09:00")

    assert known == ONE_TRANSACTION
    assert unknown == ["GetItem", *ONE_TRANSACTION]
    assert known_again == ONE_TRANSACTION


@pytest.mark.parametrize("saved", [1, 30, 31])
def test_a_month_of_a_doctor_with_something_bookable_is_one_query(
    site: AppClient, saved: int
) -> None:
    for on in date_range(saved):
        site.save("11:00", date=on)

    with site.record_calls() as calls:
        listed = site.list_available(date_range_query(31))

    assert listed.count("11:00") == saved
    assert calls == ["Query"]


def test_where_a_range_has_nothing_bookable_one_query_more_finds_the_next(site: AppClient) -> None:
    site.save("11:00", date=date_range(8)[7])

    with site.record_calls() as calls:
        listed = site.get(
            f"/doctors/dr-lee/slots?from={date_range(2)[1]}&to={date_range(7)[6]}"
        ).json

    assert listed["next_available"]["start"].startswith(date_range(8)[7])
    assert calls == ["Query"] * 2


def test_the_next_available_is_looked_for_some_months_at_a_time_as_far_as_needed(
    site: AppClient,
) -> None:
    dates = date_range(300, first=MONDAY + timedelta(days=1))
    site.save("11:00", date=dates[150])
    site.save("11:00", date=dates[0])
    site.save(withdrawn=("11:00",), date=dates[0])
    copy_day(site, dates[0], [on for on in dates if on not in (dates[0], dates[150])])

    with site.record_calls() as calls:
        listed = site.get(f"/doctors/dr-lee/slots?from={dates[0]}&to={dates[0]}").json

    assert listed["next_available"]["start"].startswith(dates[150])
    assert calls == ["Query"] * 3  # the range, 128 days behind it, and 128 more


@pytest.fixture
def cardiologists(site: AppClient) -> list[str]:
    """Three who have something bookable on some of the next 31 dates."""
    ids = ["dr-lee", "dr-quarter", "dr-twenty"]
    for n, on in enumerate(date_range(31)[::5]):
        site.save("11:00", doctor_id=ids[n % 3], date=on)
    return ids


@pytest.mark.parametrize("dates", [1, 14, 31])
def test_a_search_is_a_query_a_date_and_nothing_else_where_the_doctors_are_known(
    site: AppClient, cardiologists: list[str], dates: int
) -> None:
    for doctor_id in cardiologists:
        site.get_day(doctor_id)

    with site.record_calls() as calls:
        page = site.get(f"/availability?specialty=cardiology&{date_range_query(dates)}")

    assert page.json["doctors"]
    assert calls == ["Query"] * dates


def test_a_search_reads_all_doctors_at_once_whom_the_process_does_not_know(
    site: AppClient, cardiologists: list[str]
) -> None:
    site.clock.now += timedelta(minutes=1)

    with site.record_calls() as calls:
        page = site.get(f"/availability?specialty=cardiology&{date_range_query(14)}")

    assert {doctor["doctor_id"] for doctor in page.json["doctors"]} == set(cardiologists)
    assert calls == ["Query"] * 14 + ["BatchGetItem"]


def test_of_a_doctor_who_is_relocating_a_search_reads_the_whole_range(site: AppClient) -> None:
    for on in date_range(30)[1:]:
        site.save("11:00", date=on)
    away = [EndpointConnectionError(endpoint_url="http://dynamodb")] * 9
    with site.inject_responses("TransactWriteItems", None, *away):  # the first 25 days come along
        assert site.update_doctor(location="Leeds").status == 503

    with site.record_calls() as calls:
        page = site.get(f"/availability?specialty=cardiology&{date_range_query(14)}")

    assert [doctor["location"] for doctor in page.json["doctors"]] == ["Leeds"]
    assert calls == ["Query"] * 14 + ["Query"]


@pytest.mark.parametrize("dates", [14, 31])
def test_the_queries_of_a_search_are_all_under_way_at_once(site: AppClient, dates: int) -> None:
    """Each is sent when all are ready to be: one after another, the first would wait in vain."""
    all_of_them = Barrier(dates)

    def wait(**_: object) -> None:
        all_of_them.wait(timeout=20)

    with site.before_call("Query", wait):
        page = site.get(f"/availability?specialty=cardiology&{date_range_query(dates)}")

    assert page.status == 200
    assert [doctor["doctor_id"] for doctor in page.json["doctors"]] == ["dr-lee"]
    assert not all_of_them.broken


def test_the_settings_of_a_doctor_are_one_read_and_one_write(site: AppClient) -> None:
    settings = site.get("/doctors/dr-lee").json

    with site.record_calls() as changed:
        assert site.put("/doctors/dr-lee", settings | {"lead_minutes": 60}).status == 200
    with site.record_calls() as added:
        settings |= {"doctor_id": "dr-new", "delegates": []}
        assert site.put("/doctors/dr-new", settings).status == 201

    assert changed == added == ["GetItem", "PutItem"]


@pytest.mark.parametrize(("coming", "steps"), [(1, 1), (25, 1), (26, 2)])
@pytest.mark.parametrize("changed", [{"location": "Leeds"}, {"specialty": "surgery"}])
def test_a_doctor_who_is_searched_for_elsewhere_takes_her_days_along_25_at_a_time(
    site: AppClient, changed: dict[str, str], coming: int, steps: int
) -> None:
    for on in date_range(coming)[1:]:
        site.save("11:00", date=on)
    settings = site.get("/doctors/dr-lee").json

    with site.record_calls() as calls:
        assert site.put("/doctors/dr-lee", settings | changed).status == 200

    assert calls == ["GetItem", "PutItem", "Query", *ONE_TRANSACTION * steps, "PutItem"]


def test_a_glance_at_a_day_is_one_read_of_one_item(site: AppClient) -> None:
    services = site.services

    with site.record_calls() as calls:
        seen = services.manage_slots.get_day_cached(site.caller, "dr-lee", MONDAY)

    assert len(seen.day.slots) == 4
    assert calls == ["GetItem"]


def test_a_glance_at_a_day_of_somebody_unknown_reads_her_along_with_it(site: AppClient) -> None:
    site.clock.now += timedelta(seconds=10)
    services = site.services

    with site.record_calls() as calls:
        services.manage_slots.get_day_cached(site.caller, "dr-lee", MONDAY)

    assert calls == ["BatchGetItem"]


def test_a_save_that_is_refused_is_read_twice_and_one_that_was_done_before_once(
    site: AppClient,
) -> None:
    site.save("11:00", Idempotency_Key="once")

    with site.record_calls() as refused:
        assert site.save("11:00").status == 400
    with site.record_calls() as repeated:
        assert site.save("11:00", Idempotency_Key="once").status == 200

    assert refused == ["BatchGetItem"] * 2
    assert repeated == ["BatchGetItem"]


@pytest.mark.parametrize(
    ("shown", "status"), [(["09:00", "10:30"], 200), (["10:30"], 400)], ids=["unchanged", "refused"]
)
def test_a_form_that_saves_nothing_is_read_twice_and_once_more_to_be_drawn(
    site: AppClient, shown: list[str], status: int
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

    with site.record_calls() as calls:
        assert site.post_form(form, HX_Request="true").status == status

    assert calls == ["BatchGetItem"] * 3


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/doctors", "Query"),
        ("/doctors?specialty=cardiology&location=London", "Query"),
        ("/doctors/dr-lee", "GetItem"),
        ("/health", "GetItem"),
    ],
)
def test_doctors_one_doctor_and_the_health_of_the_table_are_one_call(
    site: AppClient, path: str, call: str
) -> None:
    with site.record_calls() as calls:
        assert site.get(path).status == 200

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
def test_a_list_of_doctors_reads_one_more_than_it_shows(
    site: AppClient, query: str, read: int
) -> None:
    limits = []

    def note(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        limits.append(json.loads(request.body)["Limit"])

    with site.before_call("Query", note):
        (_doctor,) = site.get(f"/doctors?{query}").json["doctors"]

    assert limits == [read]
