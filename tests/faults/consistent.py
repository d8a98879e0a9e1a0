"""Whether all that clients were told can be true, and agrees with what is stored in the end."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from chalicelib.domain.slot_id import SlotId
from tests.faults.serial import ABSENT, FREE, Deed, booked, held, is_serial
from tests.faults.whole import require_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.faults.told import Log, Told

    RawItem = dict[str, Any]


def require_consistent(log: Log, stored: Callable[[], Sequence[RawItem]]) -> None:
    """Fail unless it is so. ``stored`` reads every item, and nobody writes any more."""
    end = time.time()
    items = stored()
    require_whole(items)
    _require_serial(log, items, end)
    for _, _, told in log.days:
        _require_no_overlap(told)
    for doctor_id in {doctor_id for doctor_id, *_ in log.saves}:
        _require_saves_in_order(log, doctor_id, items)


def _require_serial(log: Log, items: Sequence[RawItem], end: float) -> None:
    slots: dict[str, list[Deed]] = defaultdict(list)
    for slot, deed in log.deeds:
        slots[slot].append(deed)
    left = {_slot(item): _state(item, end) for item in items if item["type"]["S"] == "slot"}
    for slot, deeds in slots.items():
        deeds.append(Deed("see", left.get(slot, ABSENT), end, end))
        assert is_serial(deeds), (slot, sorted(deeds, key=lambda deed: deed.asked))


def _require_no_overlap(told: Told) -> None:
    slots = sorted(
        (datetime.fromisoformat(slot["start"]), datetime.fromisoformat(slot["end"]))
        for slot in told.body["slots"]
        if slot["status"] != "busy-unavailable"
    )
    assert all(one[1] <= other[0] for one, other in pairwise(slots)), told


def _require_saves_in_order(log: Log, doctor_id: str, items: Sequence[RawItem]) -> None:
    """Every confirmed save has the version that it was told, and time and versions agree."""
    versions = {
        item["request_id"]["S"]: int(item["version"]["N"])
        for item in items
        if item["type"]["S"] == "change" and item["PK"]["S"] == f"DOCTOR#{doctor_id}"
    }
    saves = [save for save in log.saves if save[0] == doctor_id]
    assert all(versions[key] == version for _, key, version, _ in saves)
    told = sorted(((version, answer) for *_, version, answer in saves), key=lambda save: save[0])
    assert len({version for version, _ in told}) == len(told)
    latest = 0.0
    for _, answer in told:
        assert answer.answered > latest  # it was not answered before one below it was asked
        latest = max(latest, answer.asked)
    for one, seen, read in log.days:
        if one == doctor_id:
            assert all(seen >= version for version, save in told if save.answered < read.asked)
            assert all(seen < version for version, save in told if read.answered < save.asked)


def _slot(item: RawItem) -> str:
    start = datetime.fromisoformat(item["start"]["S"])
    return str(SlotId(item["PK"]["S"].removeprefix("DOCTOR#"), start))


def _state(item: RawItem, now: float) -> str:
    if "booking_id" in item:
        return booked(item["booking_id"]["S"])
    if "holder" not in item or datetime.fromisoformat(item["held_until"]["S"]).timestamp() <= now:
        return FREE
    return held(item["holder"]["S"])
