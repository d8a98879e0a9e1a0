"""Responses of holds and bookings when DynamoDB conflicts, throttles, fails or times out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.use_cases.retry import MAX_ATTEMPTS
from tests.support.app_client import is_unavailable, make_slot_id
from tests.support.dynamodb_responses import (
    READ_TIMEOUT,
    TRANSACT_WRITE,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    dynamodb_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import ItemsAfter
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.dynamodb_hooks import InjectedResponse
    from tests.support.raw_table import RawItem

    Operation = Callable[[AppClient], AppResponse]

OPERATIONS: dict[str, Operation] = {
    "hold": lambda client: client.hold("09:00", "ivan"),
    "release": lambda client: client.release("09:30", "hannah"),
    "book": lambda client: client.book("09:00", "b-2"),
    "cancel": lambda client: client.cancel("10:00", "b-1"),
    "move": lambda client: client.book("09:00", "b-1", moves=make_slot_id("10:00")),
    "move to another doctor": lambda client: client.book(
        "09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00")
    ),
}


@pytest.fixture(scope="module")
def seeded_items(items_after: ItemsAfter) -> list[RawItem]:
    """Dr Lee has a free slot, one held by Hannah, and one booked as b-1."""

    def send(client: AppClient) -> None:
        client.save("09:00", doctor_id="dr-twenty")
        client.save("09:00", "09:30", "10:00")
        client.hold("09:30", "hannah", seconds=1800)
        client.book("10:00", "b-1")

    return items_after(send)


@pytest.fixture(autouse=True)
def seeded_slots(
    client: AppClient, doctor_items: list[RawItem], seeded_items: list[RawItem]
) -> None:
    """The app a second after the seeding."""
    client.restore(seeded_items, current=doctor_items)
    client.clock.now += timedelta(seconds=1)


@pytest.fixture(params=list(OPERATIONS))
def operation(request: pytest.FixtureRequest) -> Operation:
    """Each operation of a booking site, on slots for which it succeeds."""
    return OPERATIONS[request.param]


def without_counters(items: list[RawItem]) -> list[RawItem]:
    """Return the items except days, without what counts and dates writes: holds are renewed."""
    return [
        {name: item[name] for name in item.keys() - {"version", "changed_at"}}
        for item in items
        if item["type"]["S"] != "day"
    ]


def assert_day_matches_slots(client: AppClient) -> None:
    """Fail unless the day item and the slot items agree."""
    items = client.export()
    for day in (item for item in items if item["type"]["S"] == "day"):
        slots = {
            item["start"]["S"]: (item["status"]["S"], item.get("held_until"))
            for item in items
            if item["type"]["S"] == "slot" and item["PK"] == day["PK"]
        }
        assert slots == {
            start: (slot["M"]["status"]["S"], slot["M"].get("until"))
            for start, slot in day["slots"]["M"].items()
        }


@pytest.mark.parametrize("failure", [TRANSACTION_CONFLICT, TRANSACTION_THROTTLED, READ_TIMEOUT])
def test_transient_failure_is_retried(
    client: AppClient, operation: Operation, failure: InjectedResponse
) -> None:
    with client.inject_responses(TRANSACT_WRITE, failure):
        done = operation(client)

    assert done.status in (200, 201, 204)
    assert operation(client).status in (200, 204)  # committed; a repeat has no effect
    assert_day_matches_slots(client)


@pytest.mark.parametrize("failure", [TRANSACTION_CONFLICT, TRANSACTION_THROTTLED])
def test_permanent_failure_returns_503_and_writes_nothing(
    client: AppClient, operation: Operation, failure: InjectedResponse
) -> None:
    before = client.export()

    with client.record_calls() as calls, client.inject_responses(TRANSACT_WRITE, *[failure] * 99):
        rejected = operation(client)

    assert is_unavailable(rejected)
    assert calls.count(TRANSACT_WRITE) == MAX_ATTEMPTS
    assert client.export() == before


def test_throttled_request_returns_503_after_retries(
    client: AppClient, operation: Operation
) -> None:
    before = client.export()

    with client.inject_responses(
        TRANSACT_WRITE, *[dynamodb_response("ThrottlingException") for _ in range(99)]
    ):
        rejected = operation(client)

    assert is_unavailable(rejected)
    assert client.export() == before


def test_timed_out_store_returns_503_and_writes_nothing(
    client: AppClient, operation: Operation
) -> None:
    before = client.export()

    with (
        client.record_calls() as calls,
        client.inject_responses(TRANSACT_WRITE, *[READ_TIMEOUT] * 99),
    ):
        rejected = operation(client)

    assert is_unavailable(rejected)
    assert calls.count(TRANSACT_WRITE) <= 4  # each can take seconds
    assert client.export() == before


def test_commit_with_lost_response_has_one_effect(client: AppClient, operation: Operation) -> None:
    with client.drop_responses(TRANSACT_WRITE, count=1):
        done = operation(client)

    once = client.export()
    assert done.status in (200, 201, 204)
    assert operation(client).status in (200, 204)
    assert without_counters(client.export()) == without_counters(once)
    assert_day_matches_slots(client)


def test_booking_with_lost_response_returns_201(client: AppClient) -> None:
    with client.drop_responses(TRANSACT_WRITE, count=1):
        booked = client.book("09:00", "b-2")

    assert booked.status == 201


def test_client_retry_after_no_response_books_once(client: AppClient) -> None:
    with client.drop_responses(TRANSACT_WRITE, count=2):
        uncertain = client.book("09:00", "b-2")
    again = client.book("09:00", "b-2")

    assert (uncertain.status, again.status) in ((503, 200), (201, 200))
    assert client.book("09:00", "b-3").error_codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]


def test_throttled_read_is_retried(client: AppClient) -> None:
    throttled = [dynamodb_response("ThrottlingException") for _ in range(2)]  # botocore tries twice

    with client.inject_responses("Query", *throttled):
        assert client.list_available() == ["09:00"]


def test_unprocessed_keys_are_read_again(client: AppClient) -> None:
    unread = {"Responses": {}, "UnprocessedKeys": {client.services.settings.table_name: {
        "Keys": [{"PK": {"S": "DOCTOR#dr-lee"}, "SK": {"S": "PROFILE"}}]}}}  # fmt: skip

    with client.inject_responses("BatchGetItem", dynamodb_response("", 200, **unread)):
        assert client.get_day().free_times == ["09:00"]
    with client.inject_responses(
        "BatchGetItem", *[dynamodb_response("", 200, **unread) for _ in range(99)]
    ):
        assert client.get_day().status == 503


def test_concurrent_close_and_booking_have_one_winner(
    client: AppClient,
) -> None:
    with client.before_commit(lambda: client.save(closed=("09:00",))):
        rejected = client.book("09:00", "b-2")

    assert rejected.status == 404
    assert_day_matches_slots(client)


def test_booking_during_length_change_keeps_slot_length(
    client: AppClient,
) -> None:
    def shorten() -> None:
        client.save(closed=("09:00",))
        client.set_slot_minutes("dr-lee", minutes=20)
        client.save("09:00")

    with client.before_commit(shorten):
        booked = client.book("09:00", "b-2")

    assert (booked.status, booked.json["end"]) == (201, "2026-11-23T09:20:00+00:00")
    assert_day_matches_slots(client)


def test_expired_hold_taken_by_another_is_not_restored(
    client: AppClient,
) -> None:
    client.clock.now += timedelta(minutes=30)
    client.hold("09:30", "ivan")

    assert client.book("09:30", "b-2", holder="hannah").status == 409
    assert client.release("09:30", "hannah").status == 409
    assert client.book("09:30", "b-2", holder="ivan").status == 201


def test_slot_missing_from_day_is_not_booked(client: AppClient) -> None:
    client.delete_day_entry("09:00")

    assert client.book("09:00", "b-2").status == 500
    assert client.get_slot("09:00").json["status"] == "free"


@pytest.mark.parametrize("lost", ["09:00", "10:00"])
def test_move_with_slot_missing_from_day_is_not_committed(client: AppClient, lost: str) -> None:
    client.delete_day_entry(lost)
    before = client.export()

    assert client.book("09:00", "b-1", moves=make_slot_id("10:00")).status == 500
    assert client.export() == before
