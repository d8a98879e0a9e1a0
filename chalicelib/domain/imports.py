"""Imports: starts of slots by date, as another system exports them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain import local_time
from chalicelib.domain.changes import LocalStart
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import (
    DuplicateSlot,
    FieldViolation,
    MalformedChange,
    NotOnGrid,
    SlotViolation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot


class ImportedStart(NamedTuple):
    """A start as ``sent``, and parsed; None if it is malformed."""

    sent: str
    start: datetime | LocalStart | None


def resolve_import(
    starts: Mapping[date, Sequence[ImportedStart]], doctor: Doctor, now: datetime
) -> dict[date, tuple[Slot, ...]]:
    """Return the grid slots that start then, by date and in time order.

    Raises ``RequestRejectedError`` with everything that is wrong: a start that is malformed, that
    is no grid slot of its date or is there twice, and a date after the booking window.
    """
    violations: list[SlotViolation | FieldViolation] = []
    last = doctor.last_bookable_date(now)
    if late := [on for on in starts if on > last]:
        detail = Text("%(date)s is after the booking window", date=min(late))
        violations.append(FieldViolation("days", "not_bookable", detail))
    resolved = {on: _Resolver(doctor, on) for on in sorted(starts)}
    for on, resolver in resolved.items():
        for start in starts[on]:
            resolver.add(start)
        violations += resolver.violations
    if violations:
        raise RequestRejectedError(*violations, zone=doctor.zone)
    return {on: resolver.in_time_order() for on, resolver in resolved.items()}


class _Resolver:
    """Collects the grid slots of one date, and what is wrong with the starts."""

    def __init__(self, doctor: Doctor, on: date) -> None:
        self._zone = doctor.zone
        self._date = on
        self._grid_slots = {slot.start: slot for slot in doctor.grid.candidate_slots(on)}
        self._found: dict[datetime, Slot] = {}
        self.violations: list[SlotViolation] = []

    def add(self, imported: ImportedStart) -> None:
        """Add the grid slot that starts then, or a violation."""
        found = self._find(imported)
        if isinstance(found, SlotViolation):
            self.violations.append(found)
        else:
            self._found[found.start] = found

    def in_time_order(self) -> tuple[Slot, ...]:
        return tuple(self._found[start] for start in sorted(self._found))

    def _find(self, imported: ImportedStart) -> Slot | SlotViolation:
        sent, start = imported
        if start is None:
            reason = Text("Expected a time of day (09:00) or RFC 3339 with an offset")
            return MalformedChange(slot_label=sent, reason=reason)
        instant = start.to_utc(self._date, self._zone) if isinstance(start, LocalStart) else start
        if isinstance(instant, SlotViolation):
            return instant
        on = local_time.local_date(instant, self._zone)
        label = f"{on.isoformat()} {local_time.format_range(instant, self._zone)}"
        if instant not in self._grid_slots:
            return NotOnGrid(start=instant, slot_label=label)
        if instant in self._found:
            return DuplicateSlot(start=instant, slot_label=label)
        return self._grid_slots[instant]
