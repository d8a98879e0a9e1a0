"""Reasons to reject a request, by slot or by field: those of a ``RequestRejectedError``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.slot import Slot

Code = Literal[
    "slot_exists",
    "overlaps",
    "not_on_grid",
    "in_past",
    "nonexistent_time",
    "ambiguous_time",
    "repeated",
    "slot_taken",
    "not_bookable",
    "slot_not_found",
    "nothing_to_save",
    "too_many",
    "invalid",
    "required",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotViolation:
    """A reason that concerns one slot.

    ``code`` is part of the API. ``slot_label`` is for people (``09:00-09:30``). ``start`` is None
    if the client's start is no instant: ``slot_label`` is then the start as the client sent it.
    """

    code: ClassVar[Code]
    message_template: ClassVar[str]

    slot_label: str
    start: datetime | None = None

    @property
    def detail(self) -> str:
        """Return the message for people."""
        return self.message_template.format(violation=self)


class SlotExists(SlotViolation):
    """There is a slot with this start, of any length and status."""

    code = "slot_exists"
    message_template = "Slot already exists: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOverlap(SlotViolation):
    """It overlaps ``conflicts_with``, which is stored or of the same request."""

    code: ClassVar[Code] = "overlaps"
    message_template: ClassVar[str] = (
        "Slot overlaps another, {violation.other_label}: {violation.slot_label}"
    )

    conflicts_with: Slot
    other_label: str


class NotOnGrid(SlotViolation):
    """No grid slot of the date starts then."""

    code = "not_on_grid"
    message_template = "Not one of the slots of this date: {violation.slot_label}"


class SlotInPast(SlotViolation):
    """It has started."""

    code = "in_past"
    message_template = "Slot has already begun: {violation.slot_label}"


class NonexistentTime(SlotViolation):
    """The local time does not exist on that date (DST gap)."""

    code = "nonexistent_time"
    message_template = "The clock skips this time on this date: {violation.slot_label}"


class AmbiguousTime(SlotViolation):
    """The local time occurs twice on that date (DST overlap)."""

    code = "ambiguous_time"
    message_template = (
        "The clock shows this time twice on this date, say which by its offset: "
        "{violation.slot_label}"
    )


class DuplicateSlot(SlotViolation):
    """The request has this start more than once."""

    code = "repeated"
    message_template = "Slot is named more than once: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(SlotViolation):
    """It is held or booked, so it cannot be closed."""

    code: ClassVar[Code] = "slot_taken"
    message_template: ClassVar[str] = "Slot is {violation.state} and stays: {violation.slot_label}"

    state: str


class AlreadyTaken(SlotTaken):
    """Another client holds it or has booked it."""

    message_template = "Slot is {violation.state}: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ViolationWithReason(SlotViolation):
    """Has a ``reason``, as its message depends on the case."""

    message_template: ClassVar[str] = "{violation.reason}: {violation.slot_label}"

    reason: str


class NotBookable(_ViolationWithReason):
    """It is free, but before the lead time or after the booking window."""

    code = "not_bookable"


class SlotMissing(SlotViolation):
    code = "slot_not_found"
    message_template = "Slot is not there (any more): {violation.slot_label}"


class MalformedChange(_ViolationWithReason):
    """A value is malformed; ``reason`` says what is expected."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A reason that concerns a field of the request."""

    field: str
    code: Code
    detail: str
