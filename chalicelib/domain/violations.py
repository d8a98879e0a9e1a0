"""Why a request is refused, slot by slot or field by field: what a ``Refused`` carries."""

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
    """Why one slot of a request is rejected.

    ``slot_label`` is how a person reads the slot (``09:00-09:30``); ``code`` is the contract's.
    ``start`` is None if the client's start is no instant: ``slot_label`` is then that start, as
    the client sent it.
    """

    code: ClassVar[Code]
    message_template: ClassVar[str]

    slot_label: str
    start: datetime | None = None

    @property
    def detail(self) -> str:
        """The sentence for a person."""
        return self.message_template.format(violation=self)


class SlotExists(SlotViolation):
    """Ticked, booked or held already, whatever its length."""

    code = "slot_exists"
    message_template = "Slot already exists: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOverlap(SlotViolation):
    """It would share time with ``conflicts_with``, stored or of the same request."""

    code: ClassVar[Code] = "overlaps"
    message_template: ClassVar[str] = (
        "Slot overlaps another, {violation.other_label}: {violation.slot_label}"
    )

    conflicts_with: Slot
    other_label: str


class NotOnGrid(SlotViolation):
    """No box of the date begins then."""

    code = "not_on_grid"
    message_template = "Not one of the slots of this date: {violation.slot_label}"


class SlotInPast(SlotViolation):
    """It has begun."""

    code = "in_past"
    message_template = "Slot has already begun: {violation.slot_label}"


class NonexistentTime(SlotViolation):
    """The clock skips it on that date."""

    code = "nonexistent_time"
    message_template = "The clock skips this time on this date: {violation.slot_label}"


class AmbiguousTime(SlotViolation):
    """The clock shows it twice on that date."""

    code = "ambiguous_time"
    message_template = (
        "The clock shows this time twice on this date, say which by its offset: "
        "{violation.slot_label}"
    )


class DuplicateSlot(SlotViolation):
    """The same start twice in one request."""

    code = "repeated"
    message_template = "Slot is named more than once: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(SlotViolation):
    """A patient has it."""

    code: ClassVar[Code] = "slot_taken"
    message_template: ClassVar[str] = "Slot is {violation.state} and stays: {violation.slot_label}"

    state: str


class AlreadyTaken(SlotTaken):
    """Another patient has it."""

    message_template = "Slot is {violation.state}: {violation.slot_label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ViolationWithReason(SlotViolation):
    """What is wrong with it depends, and is told by ``why``."""

    message_template: ClassVar[str] = "{violation.reason}: {violation.slot_label}"

    reason: str


class NotBookable(_ViolationWithReason):
    """Free, but too near or too far; ``why`` says which."""

    code = "not_bookable"


class SlotMissing(SlotViolation):
    """There is none."""

    code = "slot_not_found"
    message_template = "Slot is not there (any more): {violation.slot_label}"


class MalformedChange(_ViolationWithReason):
    """A value that says nothing; ``why`` tells what was expected."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field at fault, rather than a slot."""

    field: str
    code: Code
    detail: str
