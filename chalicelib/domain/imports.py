"""Imports: starts of slots by date, as an export or another system has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain import local_time
from chalicelib.domain.changes import LocalStart
from chalicelib.domain.doctor import MAX_SLOTS_PER_DAY
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.exports import MAX_DAYS
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

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.violations import Code

    Imported = dict[date, tuple[Slot, ...]]
    Stored = Mapping[date, Day]


MAX_STARTS = MAX_DAYS * MAX_SLOTS_PER_DAY
"""The most of an import: what an export can have."""


class ImportedStart(NamedTuple):
    """A start as ``sent``, and parsed; None if it is malformed. ``line`` is that of a file."""

    sent: str
    start: datetime | LocalStart | None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedStarts:
    """The starts by date, and the lines of a file that have no date or no start."""

    by_date: Mapping[date, Sequence[ImportedStart]]
    malformed: Mapping[int, FieldViolation] = field(default_factory=dict)


def line_violation(line: int, code: Code, reason: str) -> FieldViolation:
    """Return the violation of a line of a file."""
    detail = Text("Line %(line)s: %(reason)s", line=line, reason=reason)
    return FieldViolation(f"line {line}", code, detail)


def resolve_import(
    imported: ImportedStarts, doctor: Doctor, now: datetime, stored: Stored | None = None
) -> Imported:
    """Return the grid slots that start then, by date and in time order.

    The start of a slot of the ``stored`` days is no error, whatever the grid and the booking window
    are now: what they no longer have is left out, because it is open already.

    Raises ``RequestRejectedError`` with everything that is wrong: a line or a start that is
    malformed, a start that is no grid slot of its date or is there twice, and a date after the
    booking window. Those of a file are in the order of lines.
    """
    last, days = doctor.last_bookable_date(now), stored or {}
    resolvers = {
        on: _Resolver(doctor, on, days.get(on), is_late=on > last)
        for on in sorted(imported.by_date)
    }
    violations: list[_Found] = [*imported.malformed.items()]
    for on, resolver in resolvers.items():
        for start in imported.by_date[on]:
            resolver.add(start)
        violations += resolver.violations
    if violations := [*_describe_late(resolvers), *violations]:
        in_order = sorted(violations, key=lambda found: found[0])
        raise RequestRejectedError(*(each for _, each in in_order), zone=doctor.zone)
    return {on: slots for on, each in resolvers.items() if (slots := each.in_time_order())}


_Found = tuple[int, SlotViolation | FieldViolation]


def _describe_late(resolvers: Mapping[date, _Resolver]) -> list[_Found]:
    """Return the one violation of all dates after the booking window that no line has named."""
    late = [on for on, resolver in resolvers.items() if resolver.has_late_start]
    if not late:
        return []
    return [(0, FieldViolation("days", "not_bookable", _after_window(min(late))))]


def _after_window(on: date) -> Text:
    return Text("%(date)s is after the booking window", date=on)


class _Resolver:
    """Collects the grid slots of one date, and what is wrong with the starts."""

    def __init__(self, doctor: Doctor, on: date, stored: Day | None, *, is_late: bool) -> None:
        self._zone = doctor.zone
        self._date = on
        self._is_late = is_late
        self._grid_slots = {slot.start: slot for slot in doctor.grid.candidate_slots(on)}
        self._stored = stored.slots if stored else {}
        self._found: dict[datetime, Slot | None] = {}
        self.has_late_start = False
        self.violations: list[_Found] = []

    def add(self, imported: ImportedStart) -> None:
        """Add the grid slot that starts then, or a violation."""
        found = self._find(imported)
        if isinstance(found, SlotViolation):
            self._reject(imported.line, found)
        elif self._is_late and found not in self._stored:
            self._reject_late(imported.line)
        else:
            self._found[found] = None if self._is_late else self._grid_slots.get(found)

    def in_time_order(self) -> tuple[Slot, ...]:
        return tuple(slot for start in sorted(self._found) if (slot := self._found[start]))

    def _reject(self, line: int | None, violation: SlotViolation) -> None:
        if line is None:
            self.violations.append((0, violation))
        else:
            of_line = line_violation(line, violation.code, violation.message)
            self.violations.append((line, of_line))

    def _reject_late(self, line: int | None) -> None:
        if line is None:
            self.has_late_start = True
        else:
            of_line = line_violation(line, "not_bookable", _after_window(self._date))
            self.violations.append((line, of_line))

    def _find(self, imported: ImportedStart) -> datetime | SlotViolation:
        """Return the start as an instant, if it is that of a grid slot or a stored slot."""
        sent, start, _ = imported
        if start is None:
            reason = Text("Expected a time of day (09:00) or RFC 3339 with an offset")
            return MalformedChange(slot_label=sent, reason=reason)
        instant = start.to_utc(self._date, self._zone) if isinstance(start, LocalStart) else start
        if isinstance(instant, SlotViolation):
            return instant
        on = local_time.local_date(instant, self._zone)
        label = f"{on.isoformat()} {local_time.format_range(instant, self._zone)}"
        if instant not in self._grid_slots and instant not in self._stored:
            return NotOnGrid(start=instant, slot_label=label)
        if instant in self._found:
            return DuplicateSlot(start=instant, slot_label=label)
        return instant
