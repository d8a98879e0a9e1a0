"""Checks of a load test: the history is linearizable and agrees with the stored items."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotId
from tests.support.invariants import assert_invariants
from tests.support.linearizability import (
    ABSENT,
    FREE,
    Call,
    booked_state,
    held_state,
    is_linearizable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.history import History, Response
    from tests.support.raw_table import RawItem


def assert_consistent(history: History, read_items: Callable[[], Sequence[RawItem]]) -> None:
    """Fail unless the history is linearizable and ends in the stored state.

    ``read_items`` returns every item of the table; no client writes any more.
    """
    end = time.time()
    items = read_items()
    assert_invariants(items)
    _assert_linearizable(history, items, end)
    for _, _, response in history.day_reads:
        _assert_no_overlap(response)
    for doctor_id in {doctor_id for doctor_id, *_ in history.saves}:
        _assert_saves_in_order(history, doctor_id, items)


def _assert_linearizable(history: History, items: Sequence[RawItem], end: float) -> None:
    calls_by_slot: dict[str, list[Call]] = defaultdict(list)
    for slot, call in history.calls:
        calls_by_slot[slot].append(call)
    final = {
        _slot_id(item): _slot_state(item, end) for item in items if item["type"]["S"] == "slot"
    }
    for slot, calls in calls_by_slot.items():
        calls.append(Call("read", final.get(slot, ABSENT), end, end))
        assert is_linearizable(calls), (slot, sorted(calls, key=lambda call: call.invoked_at))


def _assert_no_overlap(response: Response) -> None:
    slots = sorted(
        (datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"]))
        for slot in response.body["slots"]
        if slot["status"] != "busy-unavailable"
    )
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(slots)), response


def _assert_saves_in_order(history: History, doctor_id: str, items: Sequence[RawItem]) -> None:
    """Fail unless each confirmed save is stored with its version, in the order of the versions.

    A save completes after every save of a lower version was invoked. A read returns at least the
    version of each save that completed before, and a lower one than each save invoked later.
    """
    stored_versions = {
        item["request_id"]["S"]: int(item["version"]["N"])
        for item in items
        if item["type"]["S"] == "change" and item["PK"]["S"] == f"DOCTOR#{doctor_id}"
    }
    saves = [save for save in history.saves if save[0] == doctor_id]
    assert all(stored_versions[key] == version for _, key, version, _ in saves)
    ordered = sorted(
        ((version, response) for *_, version, response in saves), key=lambda save: save[0]
    )
    assert len({version for version, _ in ordered}) == len(ordered)
    latest = 0.0
    for _, save in ordered:
        assert save.completed_at > latest
        latest = max(latest, save.invoked_at)
    for read_doctor_id, read_version, read in history.day_reads:
        if read_doctor_id == doctor_id:
            before = [v for v, save in ordered if save.completed_at < read.invoked_at]
            after = [v for v, save in ordered if read.completed_at < save.invoked_at]
            assert all(read_version >= version for version in before)
            assert all(read_version < version for version in after)


def _slot_id(item: RawItem) -> str:
    start = datetime.fromisoformat(item["start"]["S"])
    return str(SlotId(item["PK"]["S"].removeprefix("DOCTOR#"), start))


def _slot_state(item: RawItem, now: float) -> str:
    if "booking_id" in item:
        return booked_state(item["booking_id"]["S"])
    if "holder" not in item or datetime.fromisoformat(item["held_until"]["S"]).timestamp() <= now:
        return FREE
    return held_state(item["holder"]["S"])
