"""Whether all that clients were told can be true, and agrees with what is stored in the end."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

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

    RawItem = dict[str, Any]


def assert_consistent(history: History, read_items: Callable[[], Sequence[RawItem]]) -> None:
    """Fail unless it is so. ``stored`` reads every item, and nobody writes any more."""
    end = time.time()
    items = read_items()
    assert_invariants(items)
    _assert_linearizable(history, items, end)
    for _, _, told in history.day_reads:
        _assert_no_overlap(told)
    for doctor_id in {doctor_id for doctor_id, *_ in history.saves}:
        _assert_saves_in_order(history, doctor_id, items)


def _assert_linearizable(history: History, items: Sequence[RawItem], end: float) -> None:
    slots: dict[str, list[Call]] = defaultdict(list)
    for slot, deed in history.calls:
        slots[slot].append(deed)
    left = {_slot_id(item): _slot_state(item, end) for item in items if item["type"]["S"] == "slot"}
    for slot, deeds in slots.items():
        deeds.append(Call("see", left.get(slot, ABSENT), end, end))
        assert is_linearizable(deeds), (slot, sorted(deeds, key=lambda deed: deed.invoked_at))


def _assert_no_overlap(response: Response) -> None:
    slots = sorted(
        (datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"]))
        for slot in response.body["slots"]
        if slot["status"] != "busy-unavailable"
    )
    assert all(one[1] <= other[0] for one, other in pairwise(slots)), response


def _assert_saves_in_order(history: History, doctor_id: str, items: Sequence[RawItem]) -> None:
    """Every confirmed save has the version that it was told, and time and versions agree."""
    versions = {
        item["request_id"]["S"]: int(item["version"]["N"])
        for item in items
        if item["type"]["S"] == "change" and item["PK"]["S"] == f"DOCTOR#{doctor_id}"
    }
    saves = [save for save in history.saves if save[0] == doctor_id]
    assert all(versions[key] == version for _, key, version, _ in saves)
    told = sorted(((version, answer) for *_, version, answer in saves), key=lambda save: save[0])
    assert len({version for version, _ in told}) == len(told)
    latest = 0.0
    for _, answer in told:
        assert answer.completed_at > latest  # it was not answered before one below it was asked
        latest = max(latest, answer.invoked_at)
    for one, seen, read in history.day_reads:
        if one == doctor_id:
            assert all(
                seen >= version for version, save in told if save.completed_at < read.invoked_at
            )
            assert all(
                seen < version for version, save in told if read.completed_at < save.invoked_at
            )


def _slot_id(item: RawItem) -> str:
    start = datetime.fromisoformat(item["start"]["S"])
    return str(SlotId(item["PK"]["S"].removeprefix("DOCTOR#"), start))


def _slot_state(item: RawItem, now: float) -> str:
    if "booking_id" in item:
        return booked_state(item["booking_id"]["S"])
    if "holder" not in item or datetime.fromisoformat(item["held_until"]["S"]).timestamp() <= now:
        return FREE
    return held_state(item["holder"]["S"])
