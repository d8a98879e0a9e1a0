"""Why a request is rejected: one violation for each slot or field at fault."""

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
    """One slot at fault.

    ``start`` is its UTC instant, or the client's text if that is not an instant; ``slot_label`` is
    what people read, its start and end; ``code`` is public.
    """

    code: ClassVar[Code]
    message_template: ClassVar[str]

    start: datetime | str
    slot_label: str

    @property
    def message(self) -> str:
        """The sentence that the pages show."""
        return self.message_template.format(violation=self)

    @property
    def detail(self) -> str:
        """The sentence that the API returns."""
        return self.message


class SlotExists(SlotViolation):
    """The slot is already open, held or booked, whatever its length."""

    code = "slot_exists"
    message_template = "Slot already exists: {violation.slot_label}"

    @property
    def detail(self) -> str:
        """The sentence of the HTTP contract, which clients compare: it has a hyphen."""
        return self.message.replace("–", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOverlap(SlotViolation):
    """It would overlap ``conflicts_with``, which is stored or part of the same request."""

    code: ClassVar[Code] = "overlaps"
    message_template: ClassVar[str] = (
        "{violation.slot_label} overlaps the {violation.other_label} slot"
    )

    conflicts_with: Slot
    other_label: str


class NotOnGrid(SlotViolation):
    """No grid slot of the date starts then."""

    code = "not_on_grid"
    message_template = "{violation.slot_label} is not one of this day's slots"


class SlotInPast(SlotViolation):
    """The slot has already started."""

    code = "in_past"
    message_template = "{violation.slot_label} has already started"


class NonexistentTime(SlotViolation):
    """The clocks skip this time on that date."""

    code = "nonexistent_time"
    message_template = "The clocks go forward that night, so {violation.slot_label} does not exist"


class AmbiguousTime(SlotViolation):
    """The clocks show this time twice on that date."""

    code = "ambiguous_time"
    message_template = (
        "The clocks go back that night, so {violation.slot_label} happens twice. "
        "Add an offset to say which one you mean."
    )


class DuplicateSlot(SlotViolation):
    """The same start twice in one request."""

    code = "repeated"
    message_template = "{violation.slot_label} appears more than once"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(SlotViolation):
    """A patient holds or has booked the slot, so the doctor can't close it."""

    code: ClassVar[Code] = "slot_taken"
    message_template: ClassVar[str] = (
        "{violation.slot_label} is {violation.state} and can't be closed"
    )

    state: str


class AlreadyTaken(SlotTaken):
    """Another client holds or has booked the slot."""

    message_template = "{violation.slot_label} is {violation.state}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ViolationWithReason(SlotViolation):
    """``reason`` says what is wrong with the slot."""

    message_template: ClassVar[str] = "{violation.slot_label} {violation.reason}"

    reason: str


class NotBookable(_ViolationWithReason):
    """Free, but too soon or too far ahead to book; ``reason`` says which."""

    code = "not_bookable"


class SlotMissing(SlotViolation):
    """No slot starts then."""

    code = "slot_not_found"
    message_template = "{violation.slot_label} no longer exists"


class MalformedChange(_ViolationWithReason):
    """A malformed value; ``reason`` says what was expected."""

    code = "invalid"
    message_template = "{violation.reason}: {violation.slot_label}"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field at fault, rather than a slot."""

    field: str
    code: Code
    detail: str

    @classmethod
    def required(cls, field: str) -> FieldViolation:
        """Return the violation for a missing field."""
        return cls(field, "required", _MISSING_FIELD_DETAILS.get(field, f"{field} is missing"))

    @property
    def message(self) -> str:
        """The sentence that the pages show."""
        return self.detail


_MISSING_FIELD_DETAILS = {"date": "Choose a date"}
