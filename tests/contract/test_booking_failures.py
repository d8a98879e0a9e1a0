"""What booking sites see when DynamoDB conflicts, throttles, fails or does not answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.use_cases.retry import MAX_ATTEMPTS
from tests.dynamodb_answers import (
    READ_TIMEOUT,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    dynamodb_response,
)
from tests.site import make_slot_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site import AppClient, AppResponse, InjectedResponse

    Operation = Callable[[AppClient], AppResponse]

TRANSACT_WRITE = "TransactWriteItems"
OPERATIONS: dict[str, Operation] = {
    "hold": lambda site: site.hold("09:00", "ivan"),
    "release": lambda site: site.release("09:30", "hannah"),
    "book": lambda site: site.book("09:00", "b-2"),
    "cancel": lambda site: site.cancel("10:00", "b-1"),
    "move": lambda site: site.book("09:00", "b-1", moves=make_slot_id("10:00")),
    "move to another doctor": lambda site: site.book(
        "09:00", "b-1", "dr-twenty", moves=make_slot_id("10:00")
    ),
}


@pytest.fixture(autouse=True)
def scene(site: AppClient) -> None:
    """Of Dr Lee's slots one is free, one is held by Hannah, one is booked as b-1."""
    site.save("09:00", doctor_id="dr-twenty")
    site.save("09:00", "09:30", "10:00")
    site.hold("09:30", "hannah", seconds=1800)
    site.book("10:00", "b-1")


@pytest.fixture(params=list(OPERATIONS))
def deed(request: pytest.FixtureRequest) -> Operation:
    """Something that a booking site does, and that can be done."""
    return OPERATIONS[request.param]


def assert_day_matches_slots(client: AppClient) -> None:
    """Fail unless the slots of the day are those of the slots' own items, one by one."""
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
def test_what_fails_a_moment_is_tried_again(
    site: AppClient, deed: Operation, failure: InjectedResponse
) -> None:
    with site.inject_responses(TRANSACT_WRITE, failure):
        done = deed(site)

    assert done.status in (200, 201, 204)
    assert deed(site).status in (200, 204)  # it is done, and doing it again changes nothing
    assert_day_matches_slots(site)


@pytest.mark.parametrize("failure", [TRANSACTION_CONFLICT, TRANSACTION_THROTTLED])
def test_what_fails_without_end_is_503_after_some_attempts_and_nothing_is_done(
    site: AppClient, deed: Operation, failure: InjectedResponse
) -> None:
    before = site.export()

    with site.record_calls() as calls, site.inject_responses(TRANSACT_WRITE, *[failure] * 99):
        refused = deed(site)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert calls.count(TRANSACT_WRITE) == MAX_ATTEMPTS
    assert site.export() == before


def test_throttling_of_the_request_itself_is_503_in_the_end(
    site: AppClient, deed: Operation
) -> None:
    before = site.export()

    with site.inject_responses(
        TRANSACT_WRITE, *[dynamodb_response("ThrottlingException") for _ in range(99)]
    ):
        refused = deed(site)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert site.export() == before


def test_a_store_that_stays_silent_is_503_and_nothing_is_done(
    site: AppClient, deed: Operation
) -> None:
    before = site.export()

    with site.record_calls() as calls, site.inject_responses(TRANSACT_WRITE, *[READ_TIMEOUT] * 99):
        refused = deed(site)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert calls.count(TRANSACT_WRITE) <= 4  # each may take seconds
    assert site.export() == before


def test_what_took_effect_although_its_answer_was_lost_is_done_once(
    site: AppClient, deed: Operation
) -> None:
    with site.drop_responses(TRANSACT_WRITE, count=1):
        done = deed(site)

    once = site.export()
    assert done.status in (200, 201, 204)
    assert deed(site).status in (200, 204)
    assert [item for item in site.export() if item["type"]["S"] != "day"] == [
        item for item in once if item["type"]["S"] != "day"
    ]
    assert_day_matches_slots(site)


def test_a_booking_whose_answer_was_lost_is_told_as_new(site: AppClient) -> None:
    with site.drop_responses(TRANSACT_WRITE, count=1):
        booked = site.book("09:00", "b-2")

    assert booked.status == 201


def test_a_client_that_got_no_answer_sends_the_same_again_and_books_once(site: AppClient) -> None:
    with site.drop_responses(TRANSACT_WRITE, count=2):
        unsure = site.book("09:00", "b-2")
    again = site.book("09:00", "b-2")

    assert (unsure.status, again.status) in ((503, 200), (201, 200))
    assert site.book("09:00", "b-3").error_codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]


def test_a_throttled_read_is_tried_again(site: AppClient) -> None:
    throttled = [
        dynamodb_response("ThrottlingException") for _ in range(2)
    ]  # both tries of botocore

    with site.inject_responses("Query", *throttled):
        assert site.list_available() == ["09:00"]


def test_keys_that_are_left_unread_are_asked_for_again(site: AppClient) -> None:
    unread = {"Responses": {}, "UnprocessedKeys": {site.services.settings.table_name: {
        "Keys": [{"PK": {"S": "DOCTOR#dr-lee"}, "SK": {"S": "PROFILE"}}]}}}  # fmt: skip

    with site.inject_responses("BatchGetItem", dynamodb_response("", 200, **unread)):
        assert site.get_day().free_times == ["09:00"]
    with site.inject_responses(
        "BatchGetItem", *[dynamodb_response("", 200, **unread) for _ in range(99)]
    ):
        assert site.get_day().status == 503


def test_a_slot_that_is_withdrawn_while_a_patient_books_is_either_hers_or_gone(
    site: AppClient,
) -> None:
    with site.before_commit(lambda: site.save(withdrawn=("09:00",))):
        refused = site.book("09:00", "b-2")

    assert refused.status == 404
    assert_day_matches_slots(site)


def test_a_slot_that_changes_its_length_while_a_patient_books_is_booked_as_it_is(
    site: AppClient,
) -> None:
    def shorten() -> None:
        site.save(withdrawn=("09:00",))
        site.set_slot_minutes("dr-lee", minutes=20)
        site.save("09:00")

    with site.before_commit(shorten):
        booked = site.book("09:00", "b-2")

    assert (booked.status, booked.json["end"]) == (201, "2026-11-23T09:20:00+00:00")
    assert_day_matches_slots(site)


def test_a_hold_that_runs_out_and_is_taken_by_somebody_else_does_not_come_back(
    site: AppClient,
) -> None:
    site.clock.now += timedelta(minutes=30)
    site.hold("09:30", "ivan")

    assert site.book("09:30", "b-2", holder="hannah").status == 409
    assert site.release("09:30", "hannah").status == 409
    assert site.book("09:30", "b-2", holder="ivan").status == 201


def test_a_slot_that_the_day_has_lost_is_not_sold(site: AppClient) -> None:
    site.delete_day_entry("09:00")

    assert site.book("09:00", "b-2").status == 503
    assert site.get_slot("09:00").json["status"] == "free"


@pytest.mark.parametrize("lost", ["09:00", "10:00"])
def test_a_move_of_which_the_day_has_lost_either_slot_is_not_done(
    site: AppClient, lost: str
) -> None:
    site.delete_day_entry(lost)
    before = site.export()

    assert site.book("09:00", "b-1", moves=make_slot_id("10:00")).status == 503
    assert site.export() == before
