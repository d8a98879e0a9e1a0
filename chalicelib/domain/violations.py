"""Reasons to reject a request, by slot or by field: those of a ``RequestRejectedError``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar, Literal

from chalicelib.domain.text import Text
from chalicelib.domain.time_off import BlockKind

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.time_off import BlockedStretch

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
    "time_off",
    "slot_not_found",
    "nothing_to_save",
    "nothing_to_undo",
    "preview_changed",
    "too_many",
    "booking_differs",
    "booked_elsewhere",
    "cancelled",
    "not_booked",
    "too_many_holds",
    "unknown_member",
    "invalid",
    "required",
]

_IN_NAMED = {
    BlockKind.TIME_OFF: Text("is in time off: %(name)s"),
    BlockKind.CLOSURE: Text("is in a closure: %(name)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotViolation:
    """A reason that concerns one slot.

    ``code`` is part of the API. ``slot_label`` is for people (``09:00-09:30``). ``start`` is None
    if the client's start is no instant: ``slot_label`` is then the start as the client sent it.
    """

    code: ClassVar[Code]
    message_template: ClassVar[Text]

    slot_label: str
    start: datetime | None = None

    @property
    def message(self) -> Text:
        """The sentence that the pages show."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return Text(self.message_template, **values)

    @property
    def detail(self) -> str:
        """The sentence that the API returns, in English."""
        return self.message


class SlotExists(SlotViolation):
    """There is a slot with this start, of any length and status."""

    code = "slot_exists"
    message_template = Text("Slot already exists: %(slot_label)s")

    @property
    def detail(self) -> str:
        """The sentence of the HTTP contract, which clients compare: it has a hyphen."""
        return Text(self.message_template, slot_label=self.slot_label.replace("–", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotOverlap(SlotViolation):
    """It overlaps ``conflicts_with``, which is stored or of the same request."""

    code: ClassVar[Code] = "overlaps"
    message_template: ClassVar[Text] = Text("%(slot_label)s overlaps the %(other_label)s slot")

    conflicts_with: Slot
    other_label: str


class NotOnGrid(SlotViolation):
    """No grid slot of the date starts then."""

    code = "not_on_grid"
    message_template = Text("%(slot_label)s is not one of this day's slots")


class SlotInPast(SlotViolation):
    """It has started."""

    code = "in_past"
    message_template = Text("%(slot_label)s has already started")


class NonexistentTime(SlotViolation):
    """The local time does not exist on that date (DST gap)."""

    code = "nonexistent_time"
    message_template = Text("The clocks go forward that night, so %(slot_label)s does not exist")


class AmbiguousTime(SlotViolation):
    """The local time occurs twice on that date (DST overlap)."""

    code = "ambiguous_time"
    message_template = Text(
        "The clocks go back that night, so %(slot_label)s happens twice. "
        "Add an offset to say which one you mean."
    )


class DuplicateSlot(SlotViolation):
    """The request has this start more than once."""

    code = "repeated"
    message_template = Text("%(slot_label)s appears more than once")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(SlotViolation):
    """It is held or booked, so it cannot be closed."""

    code: ClassVar[Code] = "slot_taken"
    message_template: ClassVar[Text] = Text("%(slot_label)s is %(state)s and can't be closed")

    state: str


class AlreadyTaken(SlotTaken):
    """Another client holds it or has booked it."""

    message_template = Text("%(slot_label)s is %(state)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class _ViolationWithReason(SlotViolation):
    """Has a ``reason``, as its message depends on the case."""

    message_template: ClassVar[Text] = Text("%(slot_label)s %(reason)s")

    reason: str


class NotBookable(_ViolationWithReason):
    """It is free, but before the lead time or after the booking window."""

    code = "not_bookable"


class SlotInTimeOff(_ViolationWithReason):
    """It is in time off of the doctor, or in a closure of the practice: ``reason`` says which."""

    code = "time_off"

    @classmethod
    def of(cls, stretch: BlockedStretch, start: datetime, slot_label: str) -> SlotInTimeOff:
        """Return the violation for a slot in that stretch, with its name."""
        reason = Text(_IN_NAMED[stretch.kind], name=stretch.name)
        return cls(start=start, slot_label=slot_label, reason=reason)


class SlotKept(_ViolationWithReason):
    """It cannot be undone."""

    code = "nothing_to_undo"


class SlotMissing(SlotViolation):
    code = "slot_not_found"
    message_template = Text("%(slot_label)s no longer exists")


class BookingDiffers(SlotViolation):
    """The same booking id has another patient reference."""

    code = "booking_differs"
    message_template = Text(
        "%(slot_label)s is already booked with this booking ID, for another patient reference"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedElsewhere(SlotViolation):
    """The client's booking has another slot, ``slot_id``, and the request doesn't move it."""

    code: ClassVar[Code] = "booked_elsewhere"
    message_template: ClassVar[Text] = Text(
        "This booking already has the slot %(slot_id)s. To move it to "
        "%(slot_label)s, name that slot in moves."
    )

    slot_id: SlotId


class BookingCancelled(SlotViolation):
    """The booking was cancelled on this slot, so this is a late repeat of an old request."""

    code = "cancelled"
    message_template = Text(
        "This booking of %(slot_label)s was cancelled. Use a new booking ID to book it."
    )


class NotBooked(SlotViolation):
    """It has no booking that could be marked."""

    code = "not_booked"
    message_template = Text("%(slot_label)s is not booked")


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyHolds(SlotViolation):
    """The client holds as many slots of the doctor as it may."""

    code: ClassVar[Code] = "too_many_holds"
    message_template: ClassVar[Text] = Text(
        "You can't hold %(slot_label)s: you hold %(limit)s slots of this doctor, "
        "the most that is possible at a time"
    )

    limit: int


class MalformedChange(_ViolationWithReason):
    """A value is malformed; ``reason`` says what is expected."""

    code = "invalid"
    message_template = Text("%(reason)s: %(slot_label)s")


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A reason that concerns a field of the request."""

    field: str
    code: Code
    detail: str

    @classmethod
    def required(cls, field: str) -> FieldViolation:
        """Return the violation for a missing field."""
        return cls(
            field,
            "required",
            _MISSING_FIELD_DETAILS.get(field) or Text("%(field)s is missing", field=field),
        )

    @classmethod
    def unknown(cls, field: str) -> FieldViolation:
        """Return the violation for a member that the request must not have."""
        return cls(
            field,
            "unknown_member",
            Text("%(field)s is not a known member. Check its spelling.", field=field),
        )

    @property
    def message(self) -> str:
        """The sentence that the pages show."""
        return self.detail


_MISSING_FIELD_DETAILS = {"date": Text("Choose a date")}


def not_valid(field: str, expected: str) -> Text:
    """Return the sentence about a malformed value; ``expected`` says what would be valid."""
    return Text("%(field)s is not valid: expected %(expected)s", field=field, expected=expected)
