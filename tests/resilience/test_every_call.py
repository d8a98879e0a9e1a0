"""Every fault in every DynamoDB call of every operation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.resilience import IS_NIGHTLY
from tests.support import fault_injection
from tests.support.app_client import is_unavailable
from tests.support.fault_injection import (
    ALL_FAULTS,
    PERMANENT,
    REPRESENTATIVE_FAULTS,
    FaultInjector,
)
from tests.support.invariants import assert_invariants
from tests.support.operations import READS, WRITES
from tests.support.table_snapshot import comparable_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.operations import Operation
    from tests.support.raw_table import RawItem
    from tests.support.table_snapshot import TableSnapshot


FAULT_DURATIONS: dict[str, tuple[Sequence[str], Callable[[int], int]]] = {
    "one call": (ALL_FAULTS if IS_NIGHTLY else REPRESENTATIVE_FAULTS, lambda number: number + 1),
    "permanent": (PERMANENT, lambda _number: 99),
}
with_any_duration = pytest.mark.parametrize("duration", FAULT_DURATIONS)


def restore_snapshot(
    snapshot: TableSnapshot, operation: Operation, current: Sequence[RawItem] | None = None
) -> AppClient:
    client = snapshot.restore(current)
    if operation.is_doctor_cached:
        assert client.get("/doctors/dr-lee/slots").status == 200
    return client


def comparable_response(response: AppResponse) -> tuple[int, str, str | None]:
    """Return the parts of a response that do not differ between identical requests."""
    text = re.sub('name="request_id" value="[0-9a-f]{32}"', "", response.text)
    return response.status, text, response.headers.get("ETag")


_MENU = re.compile(
    r' has-switcher|<form id="switch".*?</form>|<input [^>]*form="switch"[^>]*>', re.DOTALL
)


def without_menu(response: AppResponse) -> tuple[int, str]:
    """Return the response without the menu of doctors, which a page can do without."""
    text = re.sub('name="request_id" value="[0-9a-f]{32}"', "", response.text)
    lines = (line.strip() for line in _MENU.sub("", text).splitlines())
    return response.status, "\n".join(filter(None, lines))


def assert_retry_later(response: AppResponse, description: str) -> None:
    assert is_unavailable(response), description


def fault_cases(duration: str, operations: Sequence[str]) -> Iterator[tuple[FaultInjector, str]]:
    """Yield an injector, and its description, for each call and each fault that it can have.

    By day, of a row of one operation, only for the first call and the last. A lost response of a
    read, which the app cannot tell from a timeout, is left to the night.
    """
    names, end = FAULT_DURATIONS[duration]
    for number, operation in enumerate(operations):
        is_inside = number > 0 and operations[number - 1 : number + 2] == [operation] * 3
        if is_inside and not IS_NIGHTLY:
            continue
        is_write = operation == fault_injection.TRANSACT_WRITE
        for name in names:
            if name == "response lost" and not is_write and not IS_NIGHTLY:
                continue
            if fault_injection.fault(name, operation):
                yield (
                    FaultInjector(name, number, end(number)),
                    f"{name} of call {number}, {operation}",
                )


@with_any_duration
@pytest.mark.parametrize("operation", READS.values(), ids=list(READS))
def test_failed_read_returns_full_response_or_503(
    snapshot: TableSnapshot, operation: Operation, duration: str
) -> None:
    """Except for the menu of doctors: if it can't be read, the page comes without it."""
    client = restore_snapshot(snapshot, operation)
    with FaultInjector().install() as clean:
        full = operation.send(client)
    expected = comparable_response(full)
    assert clean.operations

    for calls, description in fault_cases(duration, clean.operations):
        client = restore_snapshot(snapshot, operation, current=snapshot.items)
        with calls.install():
            response = operation.send(client)

        assert calls.injected_count, description
        if response.status != expected[0]:
            assert_retry_later(response, description)
        elif comparable_response(response) != expected:
            assert without_menu(response) == without_menu(full), description
        assert comparable_response(operation.send(client)) == expected, description
    assert client.export() == snapshot.items


@with_any_duration
@pytest.mark.parametrize("operation", WRITES.values(), ids=list(WRITES))
def test_failed_write_is_atomic_and_idempotent_on_retry(
    snapshot: TableSnapshot, operation: Operation, duration: str
) -> None:
    client = restore_snapshot(snapshot, operation)
    before = comparable_items(client.export())
    with FaultInjector().install() as clean:
        expected = operation.send(client)
    after = comparable_items(client.export())
    again = operation.send(client)
    assert clean.operations
    current = client.export()
    assert comparable_items(current) == after

    for calls, description in fault_cases(duration, clean.operations):
        client = restore_snapshot(snapshot, operation, current)
        with calls.install():
            response = operation.send(client)

        assert calls.injected_count, description
        stored = client.export()
        assert_invariants(stored)
        if response.status != expected.status:
            assert_retry_later(response, description)
            assert operation.is_multi_step or comparable_items(stored) in (before, after), (
                description
            )
        else:
            assert comparable_items(stored) == after, description
        if calls.send_delayed():
            assert_invariants(client.export())
        assert operation.send(client).status in (expected.status, again.status), description
        current = client.export()
        assert comparable_items(current) == after, description
