"""Merging a plan's wish into a day, and undoing what a change did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.day import KeptReason, PlannedChanges
from chalicelib.domain.merge import merge
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import Slot, SlotOrigin, SlotStatus
from chalicelib.domain.undo_merge import undo_change
from tests.support.factories import MONDAY, SUNDAY_NOON, make_day, make_slot, to_instant

if TYPE_CHECKING:
    from chalicelib.domain.day import Day

SERIES = SlotOrigin("20261101T000000000000Z~plan-1", series_id="s-1")
BY_HAND = SlotOrigin("20261101T000000000000Z~save-1")


def of_series(start: str, status: SlotStatus = SlotStatus.FREE) -> Slot:
    """Make a stored slot that a series opened."""
    held_until = to_instant("23:00") if status is SlotStatus.HELD else None
    return replace(make_slot(start, status=status, held_until=held_until), origin=SERIES)


def by_hand(start: str) -> Slot:
    """Make a stored slot that was opened by hand."""
    return replace(make_slot(start), origin=BY_HAND)


def grid_slots(*starts: str) -> list[Slot]:
    """Make grid slots of half an hour."""
    return [make_slot(start, status=SlotStatus.UNAVAILABLE) for start in starts]


def starts(slots: tuple[Slot, ...]) -> list[str]:
    """Return the local starts of slots."""
    return [f"{slot.start:%H:%M}" for slot in slots]


def kept(changes: PlannedChanges) -> dict[str, KeptReason]:
    """Return the reasons by start."""
    return {f"{each.slot.start:%H:%M}": each.reason for each in changes.kept}


def test_what_is_newly_wanted_opens() -> None:
    changes = merge(make_day(), [], grid_slots("09:00", "09:30"), now=SUNDAY_NOON)
    assert starts(changes.opened) == ["09:00", "09:30"]
    assert {slot.status for slot in changes.day_after.slots.values()} == {SlotStatus.FREE}
    assert not changes.closed
    assert not changes.kept


def test_what_is_no_longer_wanted_closes() -> None:
    day = make_day(of_series("09:00"), of_series("09:30"))
    changes = merge(day, grid_slots("09:00", "09:30"), grid_slots("09:30"), now=SUNDAY_NOON)
    assert starts(changes.closed) == ["09:00"]
    assert not changes.opened
    assert not changes.kept


def test_booked_and_held_slots_stay_and_are_named() -> None:
    day = make_day(of_series("09:00", SlotStatus.BOOKED), of_series("09:30", SlotStatus.HELD))
    changes = merge(day, grid_slots("09:00", "09:30"), [], now=SUNDAY_NOON)
    assert not changes.closed
    assert kept(changes) == {"09:00": KeptReason.BOOKED, "09:30": KeptReason.HELD}


def test_a_slot_opened_by_hand_stays_whatever_the_pattern_says() -> None:
    day = make_day(by_hand("09:00"), make_slot("09:30"))
    closing = merge(day, grid_slots("09:00", "09:30"), [], now=SUNDAY_NOON)
    opening = merge(day, [], grid_slots("09:00", "09:30"), now=SUNDAY_NOON)
    for changes in (closing, opening):
        assert not changes.opened
        assert not changes.closed
        assert set(kept(changes).values()) == {KeptReason.OPENED_BY_HAND}


def test_a_box_closed_by_hand_stays_closed_in_unchanged_pattern() -> None:
    wish = grid_slots("09:00", "09:30")
    changes = merge(make_day(of_series("09:30")), wish, wish, now=SUNDAY_NOON)
    assert not changes.opened
    assert kept(changes) == {"09:00": KeptReason.CLOSED_BY_HAND}


def test_a_box_that_overlaps_a_slot_is_left_out_and_named() -> None:
    changes = merge(make_day(by_hand("09:15")), [], grid_slots("09:00", "10:00"), now=SUNDAY_NOON)
    assert starts(changes.opened) == ["10:00"]
    assert kept(changes) == {"09:00": KeptReason.OVERLAPS}


def test_a_box_that_overlaps_a_slot_of_another_date_is_left_out() -> None:
    day = make_day().with_adjacent([make_day(make_slot("09:15"))])
    changes = merge(day, [], grid_slots("09:00"), now=SUNDAY_NOON)
    assert kept(changes) == {"09:00": KeptReason.OVERLAPS}


def test_what_has_begun_neither_opens_nor_closes() -> None:
    now = to_instant("09:00")
    opening = merge(make_day(), [], grid_slots("09:00", "09:30"), now=now)
    closing = merge(make_day(of_series("09:00")), grid_slots("09:00"), [], now=now)
    assert starts(opening.opened) == ["09:30"]
    assert kept(opening) == {"09:00": KeptReason.PAST}
    assert kept(closing) == {"09:00": KeptReason.PAST}


def test_a_new_slot_length_closes_old_slots_and_opens_new_ones() -> None:
    twenty = [make_slot(start, 20) for start in ("09:00", "09:20", "09:40")]
    day = make_day(of_series("09:00"), of_series("09:30", SlotStatus.BOOKED))
    changes = merge(day, grid_slots("09:00", "09:30"), twenty, now=SUNDAY_NOON)
    assert starts(changes.closed) == ["09:00"]
    assert starts(changes.opened) == ["09:00"]
    assert [(f"{each.slot.start:%H:%M}", each.reason) for each in changes.kept] == [
        ("09:20", KeptReason.OVERLAPS),
        ("09:30", KeptReason.BOOKED),
        ("09:40", KeptReason.OVERLAPS),
    ]


def entry(
    day: Day, *, opened: tuple[Slot, ...] = (), closed: tuple[Slot, ...] = ()
) -> AuditLogEntry:
    """Make the entry of a change of the day."""
    actor = Actor(name="dr-lee", role=Role.DOCTOR, client="page")
    return AuditLogEntry(
        doctor_id=day.doctor_id,
        at=SUNDAY_NOON,
        kind=ChangeKind.SAVE,
        actor=actor,
        suffix="save-2",
        date=MONDAY,
        opened=opened,
        closed=closed,
    )


def test_undo_closes_what_was_opened_and_opens_what_was_closed() -> None:
    day = make_day(make_slot("09:00"))
    changes = undo_change(
        day, entry(day, opened=(make_slot("09:00"),), closed=(of_series("09:30"),)), now=SUNDAY_NOON
    )
    assert starts(changes.closed) == ["09:00"]
    assert starts(changes.opened) == ["09:30"]
    assert changes.opened[0].origin == SERIES


def test_undo_leaves_what_was_booked_or_held_since() -> None:
    day = make_day(of_series("09:00", SlotStatus.BOOKED), of_series("09:30", SlotStatus.HELD))
    opened = (make_slot("09:00"), make_slot("09:30"))
    changes = undo_change(day, entry(day, opened=opened), now=SUNDAY_NOON)
    assert not changes.closed
    assert kept(changes) == {"09:00": KeptReason.BOOKED, "09:30": KeptReason.HELD}


def test_undo_leaves_a_slot_that_a_later_change_opened_again() -> None:
    day = make_day(by_hand("09:00"))
    changes = undo_change(day, entry(day, opened=(make_slot("09:00"),)), now=SUNDAY_NOON)
    assert not changes.closed
    assert kept(changes) == {"09:00": KeptReason.OPENED_BY_HAND}


def test_undo_closes_a_slot_reopened_by_undo_with_its_old_origin() -> None:
    day = make_day(of_series("09:00"))
    changes = undo_change(day, entry(day, opened=(of_series("09:00"),)), now=SUNDAY_NOON)
    assert starts(changes.closed) == ["09:00"]


def test_undo_names_what_no_longer_fits() -> None:
    day = make_day(make_slot("09:15"))
    changes = undo_change(day, entry(day, closed=(make_slot("09:00"),)), now=SUNDAY_NOON)
    assert not changes.opened
    assert kept(changes) == {"09:00": KeptReason.OVERLAPS}


def test_undo_changes_nothing_that_is_as_it_was() -> None:
    day = make_day(make_slot("09:30"))
    changes = undo_change(
        day,
        entry(day, opened=(make_slot("09:00"),), closed=(make_slot("09:30"),)),
        now=SUNDAY_NOON,
    )
    assert not (changes.opened)
    assert not (changes.closed)
    assert not (changes.kept)


def test_undo_leaves_the_past() -> None:
    day = make_day(make_slot("09:00"))
    changes = undo_change(
        day,
        entry(day, opened=(make_slot("09:00"),), closed=(make_slot("08:00"),)),
        now=to_instant("09:00"),
    )
    assert kept(changes) == {"08:00": KeptReason.PAST, "09:00": KeptReason.PAST}
