"""The budget of all retries of one request."""

from __future__ import annotations

import pytest

from chalicelib import request_context
from chalicelib.domain.errors import OutcomeUnknownError, StoreBusyError
from chalicelib.retry_budget import MAX_RETRIES, MAX_SECONDS, RetryBudget
from chalicelib.use_cases.retry import retry_on_conflict


def test_budget_allows_a_number_of_retries() -> None:
    budget = RetryBudget()

    assert [budget.spend() for _ in range(MAX_RETRIES + 2)] == [True] * MAX_RETRIES + [False] * 2


def test_budget_allows_no_retry_after_its_time() -> None:
    now = 100.0
    budget = RetryBudget(clock=lambda: now)
    assert budget.spend()

    now += MAX_SECONDS + 0.1

    assert not budget.spend()


@pytest.mark.parametrize("error", [StoreBusyError, OutcomeUnknownError])
def test_operations_of_one_request_share_the_budget(
    error: type[StoreBusyError | OutcomeUnknownError],
) -> None:
    calls = 0

    def fail() -> None:
        nonlocal calls
        calls += 1
        raise error

    with request_context.request_scope():
        for _ in range(20):
            with pytest.raises(error):
                retry_on_conflict(fail, lambda _attempt: None)

    assert calls == 20 + MAX_RETRIES
