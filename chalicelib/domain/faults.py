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
class Fault:
    """One slot at fault.

    ``start`` is its UTC instant, or the text as it came where that is no instant; ``called`` is how
    a person reads it (``09:00-09:30``); ``code`` is the contract's.
    """

    code: ClassVar[Code]
    sentence: ClassVar[str]

    start: datetime | str
    called: str

    @property
    def detail(self) -> str:
        """The sentence for a person."""
        return self.sentence.format(fault=self)


class SlotExists(Fault):
    """Ticked, booked or held already, whatever its length."""

    code = "slot_exists"
    sentence = "Slot already exists: {fault.called}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps(Fault):
    """It would share time with ``conflicts_with``, stored or of the same request."""

    code: ClassVar[Code] = "overlaps"
    sentence: ClassVar[str] = "Slot overlaps another, {fault.other_called}: {fault.called}"

    conflicts_with: Slot
    other_called: str


class NotOnGrid(Fault):
    """No box of the date begins then."""

    code = "not_on_grid"
    sentence = "Not one of the slots of this date: {fault.called}"


class InPast(Fault):
    """It has begun."""

    code = "in_past"
    sentence = "Slot has already begun: {fault.called}"


class NonexistentTime(Fault):
    """The clock skips it on that date."""

    code = "nonexistent_time"
    sentence = "The clock skips this time on this date: {fault.called}"


class AmbiguousTime(Fault):
    """The clock shows it twice on that date."""

    code = "ambiguous_time"
    sentence = (
        "The clock shows this time twice on this date, say which by its offset: {fault.called}"
    )


class Repeated(Fault):
    """The same start twice in one request."""

    code = "repeated"
    sentence = "Slot is named more than once: {fault.called}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotTaken(Fault):
    """A patient has it."""

    code: ClassVar[Code] = "slot_taken"
    sentence: ClassVar[str] = "Slot is {fault.taken} and stays: {fault.called}"

    taken: str


class AlreadyTaken(SlotTaken):
    """Another patient has it."""

    sentence = "Slot is {fault.taken}: {fault.called}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained(Fault):
    """What is wrong with it depends, and is told by ``why``."""

    sentence: ClassVar[str] = "{fault.why}: {fault.called}"

    why: str


class NotBookable(_Explained):
    """Free, but too near or too far; ``why`` says which."""

    code = "not_bookable"


class SlotNotFound(Fault):
    """There is none."""

    code = "slot_not_found"
    sentence = "Slot is not there (any more): {fault.called}"


class Malformed(_Explained):
    """A value that says nothing; ``why`` tells what was expected."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class FieldFault:
    """A field at fault, rather than a slot."""

    field: str
    code: Code
    detail: str
