"""Each call of DynamoDB that each request makes, and everything that may become of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.resilience import IS_NIGHTLY
from tests.support import fault_injection
from tests.support.fault_injection import (
    ALL_FAULTS,
    PERMANENT,
    REPRESENTATIVE_FAULTS,
    FaultInjector,
)
from tests.support.invariants import assert_invariants
from tests.support.operations import READS, WRITES
from tests.support.snapshots import comparable_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.operations import Operation
    from tests.support.table_snapshot import TableSnapshot

    RawItem = dict[str, Any]


FAULT_DURATIONS: dict[str, tuple[Sequence[str], Callable[[int], int]]] = {
    "one call": (ALL_FAULTS if IS_NIGHTLY else REPRESENTATIVE_FAULTS, lambda number: number + 1),
    "no end": (PERMANENT, lambda _number: 99),
}
with_any_duration = pytest.mark.parametrize("how_long", FAULT_DURATIONS)


def restore_snapshot(snapshot: TableSnapshot, operation: Operation) -> AppClient:
    site = snapshot.restore()
    if operation.is_doctor_cached:
        assert site.get("/doctors/dr-lee/slots").status == 200
    return site


def comparable_response(response: AppResponse) -> tuple[int, str, str | None]:
    """But for what is drawn by lot in each form."""
    text = re.sub('name="request_id" value="[0-9a-f]{32}"', "", response.text)
    return response.status, text, response.headers.get("ETag")


def assert_retry_later(response: AppResponse, description: str) -> None:
    assert (response.status, response.headers.get("Retry-After")) == (503, "1"), description


def fault_cases(duration: str, operations: Sequence[str]) -> Iterator[tuple[FaultInjector, str]]:
    """What may become of each of these calls, and how to say it."""
    names, end = FAULT_DURATIONS[duration]
    for number, operation in enumerate(operations):
        for name in names:
            if fault_injection.fault(name, operation):
                yield (
                    FaultInjector(name, number, end(number)),
                    f"{name} of call {number}, {operation}",
                )


@with_any_duration
@pytest.mark.parametrize("deed", READS.values(), ids=list(READS))
def test_failed_read_returns_full_response_or_503(
    snapshot: TableSnapshot, deed: Operation, how_long: str
) -> None:
    site = restore_snapshot(snapshot, deed)
    with FaultInjector().install() as clean:
        expected = comparable_response(deed.send(site))
    assert clean.operations

    for calls, what in fault_cases(how_long, clean.operations):
        site = restore_snapshot(snapshot, deed)
        with calls.install():
            answer = deed.send(site)

        assert calls.injected_count, what
        if answer.status != expected[0]:
            assert_retry_later(answer, what)
        else:
            assert comparable_response(answer) == expected, what
        assert comparable_response(deed.send(site)) == expected, what


@with_any_duration
@pytest.mark.parametrize("deed", WRITES.values(), ids=list(WRITES))
def test_failed_write_is_atomic_and_idempotent_on_retry(
    snapshot: TableSnapshot, deed: Operation, how_long: str
) -> None:
    site = restore_snapshot(snapshot, deed)
    before = comparable_items(site.export())
    with FaultInjector().install() as clean:
        expected = deed.send(site)
    after = comparable_items(site.export())
    again = deed.send(site)
    assert clean.operations
    assert comparable_items(site.export()) == after

    for calls, what in fault_cases(how_long, clean.operations):
        site = restore_snapshot(snapshot, deed)
        with calls.install():
            answer = deed.send(site)

        assert calls.injected_count, what
        left = site.export()
        assert_invariants(left)
        if answer.status != expected.status:
            assert_retry_later(answer, what)
            assert deed.is_multi_step or comparable_items(left) in (before, after), what
        else:
            assert comparable_items(left) == after, what
        calls.send_delayed()
        assert_invariants(site.export())
        assert deed.send(site).status in (expected.status, again.status), what
        assert comparable_items(site.export()) == after, what
