"""Random days and patterns of slots, for properties of what plans do to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import Slot, SlotOrigin, SlotStatus
from tests.support.factories import MONDAY, make_day, make_slot, to_instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from chalicelib.domain.day import Day

NOW = to_instant("09:30")
ENTRY = AuditLogEntry(
    doctor_id="dr-lee",
    at=NOW,
    kind=ChangeKind.SERIES,
    actor=Actor(name="dr-lee", role=Role.DOCTOR, client="page"),
    suffix="plan-2",
    date=MONDAY,
)
ORIGINS = (
    None,
    SlotOrigin("20261101T000000000000Z~save-1"),
    SlotOrigin("20261101T000000000000Z~plan-1", series_id="s-1"),
    SlotOrigin("20261101T000000000000Z~plan-1", series_id="s-2"),
)
STATUSES = (*[SlotStatus.FREE] * 4, SlotStatus.BOOKED, SlotStatus.HELD)


def random_grid_slots(random: Random) -> list[Slot]:
    """Return random slots of one grid: they have one length and don't overlap."""
    minutes = random.choice((15, 20, 30))
    first = to_instant("08:00")
    length = timedelta(minutes=minutes)
    return [
        Slot(start=first + n * length, end=first + (n + 1) * length, status=SlotStatus.UNAVAILABLE)
        for n in range(240 // minutes)
        if random.random() < 0.5
    ]


def random_day(random: Random, *patterns: Iterable[Slot]) -> Day:
    """Return a random day that has some slots of the patterns and some other slots."""
    offered = [slot for pattern in patterns for slot in pattern]
    offered += [make_slot(f"{8 + n // 4:02}:{n % 4 * 15:02}", 10) for n in range(16)]
    random.shuffle(offered)
    slots: list[Slot] = []
    for slot in offered:
        if random.random() < 0.4 and not any(slot.overlaps(other) for other in slots):
            status = random.choice(STATUSES)
            until = to_instant("23:00") if status is SlotStatus.HELD else None
            origin = random.choice(ORIGINS)
            slots.append(replace(slot, status=status, held_until=until, origin=origin))
    return make_day(*slots)
