"""A date's audit log alone gives its slots, for every kind of act."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, next_instant
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotStatus
from chalicelib.storage.audit_mapping import audit_entry_from_item, audit_entry_to_item
from chalicelib.storage.models import AuditItem
from tests.support.factories import MONDAY, SUNDAY_NOON, make_slot
from tests.support.replay import ReplayedSlot, replay

STARTS = ("09:00", "09:30", "10:00", "10:30")
# A name of an act, and the slots that it names.
acts = st.lists(
    st.tuples(
        st.sampled_from(["save", "book", "cancel", "move", "hold"]),
        st.lists(st.sampled_from(STARTS), min_size=1, max_size=3, unique=True),
    ),
    max_size=25,
)


class RecordedDay:
    """A model of a day that records each act that it allows."""

    def __init__(self) -> None:
        self.slots: dict[str, SlotStatus] = {}
        self.entries: list[AuditLogEntry] = []

    def act(self, name: str, starts: list[str]) -> None:
        changed = getattr(self, name)(starts)
        if changed:
            self.record(ChangeKind.SAVE if name == "save" else ChangeKind.BOOKING, **changed)

    def save(self, starts: list[str]) -> dict[str, Any]:
        """Close those that are free, open those that are absent."""
        closed = [start for start in starts if self.slots.get(start) is SlotStatus.FREE]
        opened = [start for start in starts if start not in self.slots]
        for start in closed:
            del self.slots[start]
        self.slots |= dict.fromkeys(opened, SlotStatus.FREE)
        return {"opened": opened, "closed": closed}

    def book(self, starts: list[str]) -> dict[str, Any]:
        start = starts[0]
        if self.slots.get(start) is not SlotStatus.FREE:
            return {}
        self.slots[start] = SlotStatus.BOOKED
        return {"booked": [start]}

    def cancel(self, starts: list[str]) -> dict[str, Any]:
        start = starts[0]
        if self.slots.get(start) is not SlotStatus.BOOKED:
            return {}
        self.slots[start] = SlotStatus.FREE
        return {"cancelled": [start]}

    def move(self, starts: list[str]) -> dict[str, Any]:
        old, new = starts[0], starts[-1]
        is_possible = self.slots.get(old) is SlotStatus.BOOKED
        if not is_possible or self.slots.get(new) is not SlotStatus.FREE:
            return {}
        self.slots |= {old: SlotStatus.FREE, new: SlotStatus.BOOKED}
        return {"cancelled": [old], "booked": [new]}

    def hold(self, _starts: list[str]) -> dict[str, Any]:
        """Holds have no entry."""
        return {}

    def record(self, kind: ChangeKind, **starts: list[str]) -> None:
        last = self.entries[-1].at if self.entries else None
        self.entries.append(
            AuditLogEntry(
                doctor_id="dr-lee",
                at=next_instant(SUNDAY_NOON, last),
                kind=kind,
                actor=Actor(name="x", role=Role.DOCTOR, client="x"),
                suffix="x",
                date=MONDAY,
                **{field: tuple(map(make_slot, some)) for field, some in starts.items()},  # type: ignore[arg-type]
            )
        )


def raw_entries(entries: list[AuditLogEntry]) -> list[dict[str, Any]]:
    """Return the items as stored, in the order of their keys."""
    items = [audit_entry_to_item(entry) for entry in reversed(entries)]
    return sorted(items, key=lambda item: str(item["SK"]["S"]))


def replayed_status(slots: dict[datetime, ReplayedSlot]) -> dict[datetime, str]:
    return {start: slot.status for start, slot in slots.items()}


@given(acts=acts)
def test_replay_of_any_acts_gives_the_day(acts: list[tuple[str, list[str]]]) -> None:
    day = RecordedDay()
    for name, starts in acts:
        day.act(name, starts)

    replayed = replay(raw_entries(day.entries))

    assert replayed_status(replayed) == {
        make_slot(start).start: str(status) for start, status in day.slots.items()
    }


@given(acts=acts)
def test_entries_are_stored_without_loss(acts: list[tuple[str, list[str]]]) -> None:
    day = RecordedDay()
    for name, starts in acts:
        day.act(name, starts)

    decoded = [
        audit_entry_from_item(AuditItem.from_raw_data(item)) for item in raw_entries(day.entries)
    ]

    assert [set(entry.opened) for entry in decoded] == [set(e.opened) for e in day.entries]
    assert [entry.change_id for entry in decoded] == [entry.change_id for entry in day.entries]


@pytest.mark.parametrize("field", ["closed", "cancelled", "booked"])
def test_replay_rejects_an_act_on_a_slot_that_is_not_there(field: str) -> None:
    day = RecordedDay()
    day.record(ChangeKind.SAVE, **{field: ["09:00"]})

    with pytest.raises((AssertionError, KeyError)):
        replay(raw_entries(day.entries))


def test_next_instant_is_now_or_a_microsecond_after_the_last_act() -> None:
    later, earlier = SUNDAY_NOON + timedelta(minutes=7), SUNDAY_NOON - timedelta(minutes=7)

    assert next_instant(SUNDAY_NOON, earlier, None) == SUNDAY_NOON
    assert next_instant(SUNDAY_NOON, SUNDAY_NOON) == SUNDAY_NOON + timedelta(microseconds=1)
    assert next_instant(SUNDAY_NOON, None, later) == later + timedelta(microseconds=1)
