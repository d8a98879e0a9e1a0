"""What clients see when DynamoDB conflicts, throttles, fails or does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from chalicelib.use_cases.retry import MAX_ATTEMPTS
from tests.builders import MONDAY, open_change
from tests.dynamodb_answers import (
    READ_TIMEOUT,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    dynamodb_response,
    raw_response,
)

if TYPE_CHECKING:
    from tests.site import AppClient

SAVE_OPERATION = "TransactWriteItems"


def test_a_transaction_conflict_is_tried_again(site: AppClient) -> None:
    with site.inject_responses(SAVE_OPERATION, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)


def test_each_attempt_waits_for_longer_than_the_one_before(site: AppClient) -> None:
    pauses: list[int] = []
    recent = DoctorCache(site.services.doctors, site.clock)
    slots = ManageSlots(DayRepository(), recent, site.clock, pauses.append)
    request = SaveRequest(
        doctor_id="dr-lee", date=MONDAY, changes=(open_change("09:00"),), request_id="x"
    )

    with site.inject_responses(
        SAVE_OPERATION, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT
    ):
        slots.save(site.caller, request)

    assert pauses == [0, 1, 2]


def test_conflicts_without_end_become_503_and_nothing_is_stored(site: AppClient) -> None:
    before = site.export()

    with site.inject_responses(SAVE_OPERATION, *[TRANSACTION_CONFLICT] * 99):
        refused = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert site.export() == before


@pytest.mark.parametrize("operation", [SAVE_OPERATION, "BatchGetItem"])
@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_throttling_becomes_503_and_nothing_is_stored(
    site: AppClient, code: str, operation: str
) -> None:
    before = site.export()

    with site.inject_responses(operation, *(dynamodb_response(code) for _ in range(99))):
        refused = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert site.export() == before


def test_a_transaction_cancelled_by_throttling_is_tried_again_and_503_in_the_end(
    site: AppClient,
) -> None:
    with (
        site.record_calls() as calls,
        site.inject_responses(SAVE_OPERATION, *[TRANSACTION_THROTTLED] * 99),
    ):
        refused = site.save("09:00")
    with site.inject_responses(SAVE_OPERATION, *[TRANSACTION_THROTTLED] * 2):
        saved = site.save("09:00")

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert calls.count(SAVE_OPERATION) == MAX_ATTEMPTS
    assert saved.status == 200


@pytest.mark.parametrize("code", ["InternalServerError", "TransactionInProgressException"])
def test_a_save_of_which_dynamodb_does_not_know_is_tried_again(site: AppClient, code: str) -> None:
    with site.inject_responses(
        SAVE_OPERATION, *[dynamodb_response(code, 500 if code[0] == "I" else 400)] * 2
    ):
        saved = site.save("09:00")

    assert (saved.status, saved.free_times) == (200, ["09:00"])


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_stands_before_dynamodb_and_answers_in_its_own_words_is_no_bug(
    site: AppClient, status: int, body: bytes
) -> None:
    with site.inject_responses("BatchGetItem", *[raw_response(status, body) for _ in range(99)]):
        unread = site.get_day()
    with site.inject_responses(SAVE_OPERATION, *[raw_response(status, body) for _ in range(2)]):
        saved = site.save("09:00")

    assert (unread.status, unread.headers["Retry-After"]) == (503, "1")
    assert (saved.status, saved.free_times) == (200, ["09:00"])


def test_a_store_out_of_reach_is_503_never_an_empty_day(site: AppClient) -> None:
    away = [EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)]

    with site.inject_responses("*", *away):
        answers = [
            site.get_day(),
            site.get("/doctors"),
            site.get("/doctors/dr-lee"),
            site.save("09:00"),
        ]

    assert [answer.status for answer in answers] == [503] * 4


@pytest.mark.parametrize(
    "failure",
    [READ_TIMEOUT, ConnectionClosedError(endpoint_url="http://dynamodb"),
     EndpointConnectionError(endpoint_url="http://dynamodb")],
)  # fmt: skip
def test_a_save_that_fails_between_read_and_commit_is_tried_again(
    site: AppClient, failure: Exception
) -> None:
    with site.inject_responses(SAVE_OPERATION, failure, failure):  # both tries of one attempt
        saved = site.save("09:00")

    assert saved.status == 200
    assert site.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_a_save_that_can_never_be_committed_leaves_the_table_as_it_was(site: AppClient) -> None:
    site.save("09:00")
    before = site.export()

    with site.record_calls() as calls, site.inject_responses(SAVE_OPERATION, *[READ_TIMEOUT] * 99):
        refused = site.save("10:00", withdrawn=("09:00",))

    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    assert "send the same again" in refused.json["detail"]
    assert calls.count(SAVE_OPERATION) <= 4  # each may take seconds
    assert site.export() == before


def test_a_save_whose_answer_was_lost_is_found_and_not_done_twice(site: AppClient) -> None:
    with site.drop_responses(SAVE_OPERATION, count=2):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)
    assert saved.free_times == ["09:00"]
    assert site.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_a_save_that_lost_the_race_decides_again_on_what_is_there_now(site: AppClient) -> None:
    with site.with_concurrent_save("10:00"):
        saved = site.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.free_times == ["09:00", "10:00"]


def test_a_further_save_that_lost_the_race_decides_again_too(site: AppClient) -> None:
    site.save("11:00")

    with site.with_concurrent_save("10:00"):
        saved = site.save("09:00", withdrawn=("11:00",))

    assert (saved.status, saved.json["version"]) == (200, 3)
    assert saved.free_times == site.get_day().free_times == ["09:00", "10:00"]


def test_a_save_that_lost_the_race_for_its_own_slot_is_told_so(site: AppClient) -> None:
    with site.with_concurrent_save("09:00"):
        refused = site.save("09:00", "09:30")

    assert refused.error_codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]
    assert site.get_day().free_times == ["09:00"]


def test_a_save_that_insists_on_a_version_does_not_try_again(site: AppClient) -> None:
    with site.with_concurrent_save("10:00"):
        refused = site.save("09:00", If_Match='"0.x"')

    assert (refused.status, refused.json["version"]) == (412, 1)


def test_a_slot_booked_between_read_and_commit_is_not_withdrawn(site: AppClient) -> None:
    site.save("09:00", "09:30")

    with site.before_commit(lambda: site.book("09:00")):
        refused = site.save(withdrawn=("09:00", "09:30"))

    assert refused.error_codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]
    assert site.get_day().slot_status("09:00") == "busy"
    assert site.get_day().free_times == ["09:30"]


def test_a_slot_that_the_day_does_not_show_still_cannot_be_put_twice(site: AppClient) -> None:
    """The slot's own condition holds, whatever became of the read model."""
    site.save("09:00")
    site.delete_day_entry("09:00")

    refused = site.save("09:00")

    assert refused.error_codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]


def test_a_bug_is_a_500_in_the_one_shape_that_tells_nothing_of_the_inside(site: AppClient) -> None:
    with site.inject_responses(
        "BatchGetItem", dynamodb_response("ValidationException", message="secret inside")
    ):
        broken = site.get(f"/slots?date={MONDAY}")

    assert broken.status == 500
    assert broken.headers["Content-Type"] == "application/problem+json"
    assert broken.json["detail"] == "Something went wrong on our side"
    assert "secret" not in broken.text
