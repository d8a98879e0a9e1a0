"""Responses when DynamoDB conflicts, throttles, fails or times out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest
from chalicelib.use_cases.retry import MAX_ATTEMPTS
from tests.support.app_client import is_unavailable
from tests.support.dynamodb_responses import (
    READ_TIMEOUT,
    TRANSACT_WRITE,
    TRANSACTION_CONFLICT,
    TRANSACTION_THROTTLED,
    dynamodb_response,
    raw_response,
)
from tests.support.factories import MONDAY, open_change

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_transaction_conflict_is_retried(client: AppClient) -> None:
    with client.inject_responses(TRANSACT_WRITE, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT):
        saved = client.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)


def test_backoff_grows_with_each_attempt(client: AppClient) -> None:
    pauses: list[int] = []
    recent = DoctorCache(client.services.doctors, client.clock)
    slots = ManageSlots(DayRepository(), recent, client.clock, pauses.append)
    request = SaveRequest(
        doctor_id="dr-lee",
        date=MONDAY,
        changes=(open_change("09:00"),),
        request_id="x",
        fingerprint="f",
    )

    with client.inject_responses(
        TRANSACT_WRITE, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT
    ):
        slots.save(client.caller, request)

    assert pauses == [0, 1, 2]


def test_permanent_conflict_returns_503_and_writes_nothing(client: AppClient) -> None:
    before = client.export()

    with client.inject_responses(TRANSACT_WRITE, *[TRANSACTION_CONFLICT] * 99):
        rejected = client.save("09:00")

    assert is_unavailable(rejected)
    assert client.export() == before


@pytest.mark.parametrize("operation", [TRANSACT_WRITE, "BatchGetItem"])
@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_throttling_returns_503_and_writes_nothing(
    client: AppClient, code: str, operation: str
) -> None:
    before = client.export()

    with client.inject_responses(operation, *(dynamodb_response(code) for _ in range(99))):
        rejected = client.save("09:00")

    assert is_unavailable(rejected)
    assert client.export() == before


def test_transaction_cancelled_by_throttling_retries_then_503(
    client: AppClient,
) -> None:
    with (
        client.record_calls() as calls,
        client.inject_responses(TRANSACT_WRITE, *[TRANSACTION_THROTTLED] * 99),
    ):
        rejected = client.save("09:00")
    with client.inject_responses(TRANSACT_WRITE, *[TRANSACTION_THROTTLED] * 2):
        saved = client.save("09:00")

    assert is_unavailable(rejected)
    assert calls.count(TRANSACT_WRITE) == MAX_ATTEMPTS
    assert saved.status == 200


@pytest.mark.parametrize("code", ["InternalServerError", "TransactionInProgressException"])
def test_save_with_unknown_outcome_is_retried(client: AppClient, code: str) -> None:
    with client.inject_responses(
        TRANSACT_WRITE, *[dynamodb_response(code, 500 if code[0] == "I" else 400)] * 2
    ):
        saved = client.save("09:00")

    assert (saved.status, saved.free_times) == (200, ["09:00"])


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_proxy_response_before_dynamodb_is_not_a_bug(
    client: AppClient, status: int, body: bytes
) -> None:
    with client.inject_responses("BatchGetItem", *[raw_response(status, body) for _ in range(99)]):
        unread = client.get_day()
    with client.inject_responses(TRANSACT_WRITE, *[raw_response(status, body) for _ in range(2)]):
        saved = client.save("09:00")

    assert is_unavailable(unread)
    assert (saved.status, saved.free_times) == (200, ["09:00"])


@pytest.mark.parametrize("body", [b"", b"<html>Sign in to the network</html>", b"[]"])
def test_success_of_dynamodb_that_is_no_json_is_no_success(client: AppClient, body: bytes) -> None:
    with client.inject_responses("BatchGetItem", *[raw_response(200, body) for _ in range(99)]):
        unread = client.get_day()
    with client.inject_responses(TRANSACT_WRITE, raw_response(200, body)):
        saved = client.save("09:00")

    assert is_unavailable(unread)
    assert (saved.status, saved.free_times) == (200, ["09:00"])
    assert client.get_day().json["version"] == 1


def test_unavailable_store_returns_503_not_empty_day(client: AppClient) -> None:
    refused_connections = [
        EndpointConnectionError(endpoint_url="http://dynamodb") for _ in range(99)
    ]

    with client.inject_responses("*", *refused_connections):
        responses = [
            client.get_day(),
            client.get("/doctors"),
            client.get("/doctors/dr-lee"),
            client.save("09:00"),
        ]

    assert [response.status for response in responses] == [503] * 4


@pytest.mark.parametrize(
    "failure",
    [READ_TIMEOUT, ConnectionClosedError(endpoint_url="http://dynamodb"),
     EndpointConnectionError(endpoint_url="http://dynamodb")],
)  # fmt: skip
def test_failure_between_read_and_commit_is_retried(client: AppClient, failure: Exception) -> None:
    with client.inject_responses(TRANSACT_WRITE, failure, failure):  # botocore tries twice
        saved = client.save("09:00")

    assert saved.status == 200
    assert client.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_save_that_never_commits_leaves_table_unchanged(client: AppClient) -> None:
    client.save("09:00")
    before = client.export()

    with (
        client.record_calls() as calls,
        client.inject_responses(TRANSACT_WRITE, *[READ_TIMEOUT] * 99),
    ):
        rejected = client.save("10:00", closed=("09:00",))

    assert is_unavailable(rejected)
    assert "Send the same request again" in rejected.json["detail"]
    assert calls.count(TRANSACT_WRITE) <= 4  # each can take seconds
    assert client.export() == before


def test_save_with_lost_response_is_found_and_applied_once(client: AppClient) -> None:
    with client.drop_responses(TRANSACT_WRITE, count=2):
        saved = client.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 1)
    assert saved.free_times == ["09:00"]
    assert client.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_first_save_conflict_replans_on_current_state(client: AppClient) -> None:
    with client.with_concurrent_save("10:00"):
        saved = client.save("09:00")

    assert (saved.status, saved.json["version"]) == (200, 2)
    assert saved.free_times == ["09:00", "10:00"]


def test_further_save_conflict_replans_on_current_state(client: AppClient) -> None:
    client.save("11:00")

    with client.with_concurrent_save("10:00"):
        saved = client.save("09:00", closed=("11:00",))

    assert (saved.status, saved.json["version"]) == (200, 3)
    assert saved.free_times == client.get_day().free_times == ["09:00", "10:00"]


def test_save_that_lost_race_for_its_slot_reports_conflict(client: AppClient) -> None:
    with client.with_concurrent_save("09:00"):
        rejected = client.save("09:00", "09:30")

    assert rejected.error_codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]
    assert client.get_day().free_times == ["09:00"]


def test_save_with_if_match_is_not_retried(client: AppClient) -> None:
    with client.with_concurrent_save("10:00"):
        rejected = client.save("09:00", If_Match='"0.x"')

    assert (rejected.status, rejected.json["version"]) == (412, 1)


def test_slot_booked_between_read_and_commit_is_not_closed(client: AppClient) -> None:
    client.save("09:00", "09:30")

    with client.before_commit(lambda: client.book("09:00")):
        rejected = client.save(closed=("09:00", "09:30"))

    assert rejected.error_codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]
    assert client.get_day().slot_status("09:00") == "busy"
    assert client.get_day().free_times == ["09:30"]


def test_slot_missing_from_day_cannot_be_opened_twice(client: AppClient) -> None:
    """The condition on the slot item does not depend on the day item."""
    client.save("09:00")
    client.delete_day_entry("09:00")

    rejected = client.save("09:00")

    assert rejected.error_codes == [("2026-11-23T09:00:00+00:00", "slot_exists")]


def test_bug_returns_500_problem_without_internals(
    client: AppClient,
) -> None:
    with client.inject_responses(
        "BatchGetItem", dynamodb_response("ValidationException", message="secret inside")
    ):
        broken = client.get(f"/slots?date={MONDAY}")

    assert broken.status == 500
    assert broken.headers["Content-Type"] == "application/problem+json"
    assert broken.json["detail"] == "Something went wrong on our side"
    assert "secret" not in broken.text
