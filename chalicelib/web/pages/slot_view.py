"""View models of the check boxes of one date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.web.pages.boxes import Box
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import DaySlot
    from chalicelib.web.pages.day_form import DayFormState

BoxKind = Literal["free", "held", "booked", "off", "past", "away", "blocked", "outside"]
"""What a box looks like. The news of a poll has a text for each (``script_texts``)."""
_CSS_KINDS: dict[SlotStatus, BoxKind] = {
    SlotStatus.FREE: "free",
    SlotStatus.HELD: "held",
    SlotStatus.BOOKED: "booked",
    SlotStatus.UNAVAILABLE: "off",
}


class SlotView(Struct, frozen=True, kw_only=True):
    """One check box. ``is_free`` is the stored status, ``kind`` the CSS class.

    ``column`` names its column, a weekday or a doctor; empty on the page of one day.
    """

    value: str
    column: str
    start: str
    end: str
    state: str
    kind: BoxKind
    is_checked: bool
    is_editable: bool
    is_free: bool
    error: str | None

    @property
    def is_obsolete(self) -> bool:
        """Whether only the user's edit has this slot: the hours have changed."""
        return self.kind == "outside"


class EditedBoxes(Struct, frozen=True):
    """What the user edited: whether each box is checked.

    ``obsolete`` are the slots that they checked and that the day no longer has, because the
    doctor's settings have changed. The page shows their boxes again, so that no edit is lost.
    """

    is_checked: Mapping[Box, bool] = {}
    obsolete: tuple[Slot, ...] = ()

    @classmethod
    def of(cls, form: DayFormState, day_slots: Sequence[DaySlot]) -> EditedBoxes:
        """Find the edits of a form in the slots of the day as it is now."""
        ends = {day_slot.slot.start: day_slot.slot.end for day_slot in day_slots}
        stored = {s.slot.start for s in day_slots if s.slot.status is not SlotStatus.UNAVAILABLE}
        is_checked = {
            Box(box.start, box.end or ends.get(box.start)): box in form.checked
            for box in form.dirty
        }
        obsolete = [
            Slot(start=start, end=end, status=SlotStatus.UNAVAILABLE)
            for (start, end), checked in is_checked.items()
            if checked and end is not None and start not in stored and ends.get(start) != end
        ]
        return cls(is_checked, tuple(sorted(obsolete, key=lambda slot: slot.start)))


class SlotViewBuilder(Struct, frozen=True, kw_only=True):
    """Builds the view models of the slots of a date.

    While a slot is editable, the user's edit takes precedence over the stored status. ``errors``
    are the messages of violations by start. Where a table has several columns, values start with
    ``key``, and labels with ``name``.
    """

    zone: ZoneInfo
    now: datetime
    edits: EditedBoxes
    errors: Mapping[datetime, str]
    key: str
    name: str

    def build(self, day_slot: DaySlot) -> SlotView:
        """Build the view model of a slot."""
        slot, box = day_slot.slot, Box.for_slot(day_slot.slot)
        is_editable = day_slot.is_editable(self.now)
        is_free = slot.status is SlotStatus.FREE
        kind = self._css_kind(day_slot)
        return SlotView(
            value=f"{self.key}/{box}" if self.key else str(box),
            column=self.name,
            start=local_time.format_time(slot.start, self.zone),
            end=local_time.format_time(slot.end, self.zone),
            state=self._describe_state(day_slot, kind),
            kind=kind,
            is_checked=self.edits.is_checked.get(box, is_free) if is_editable else is_free,
            is_editable=is_editable,
            is_free=is_free,
            error=self._error_of(slot),
        )

    def _error_of(self, slot: Slot) -> str | None:
        """The message of the slot; that of an obsolete slot is not of the new one at its start."""
        is_replaced = any(slot.start == old.start for old in self.edits.obsolete)
        is_other = is_replaced and slot not in self.edits.obsolete
        return None if is_other else self.errors.get(slot.start)

    def _css_kind(self, day_slot: DaySlot) -> BoxKind:
        if day_slot.slot.is_taken:
            return _CSS_KINDS[day_slot.slot.status]
        if day_slot.slot in self.edits.obsolete:
            return "outside"
        if day_slot.slot.has_begun(self.now):
            return "past"
        if day_slot.blocked_by is not None:
            return "away"
        return (
            "blocked" if day_slot.conflicts_with is not None else _CSS_KINDS[day_slot.slot.status]
        )

    def _describe_state(self, day_slot: DaySlot, kind: BoxKind) -> str:
        """The words of the state, in lower case: CSS capitalises them."""
        slot = day_slot.slot
        match kind:
            case "booked":
                return _describe_booking(slot)
            case "held" if slot.held_until:
                return _("held until %(time)s", time=self._format_minute(slot.held_until))
            case "away" if day_slot.blocked_by is not None:
                return day_slot.blocked_by.name
            case "blocked" if day_slot.conflicts_with is not None:
                other = local_time.format_range(day_slot.conflicts_with, self.zone)
                return _("overlaps the %(time)s slot", time=other)
            case "past" if slot.status is SlotStatus.FREE:
                return _("past – not booked")
        return _describe_kind(kind)

    def _format_minute(self, instant: datetime) -> str:
        return local_time.format_time(instant, self.zone)


def _describe_booking(slot: Slot) -> str:
    if slot.is_disrupted:
        return _("booked, needs rebooking")
    return _("booked by the practice") if slot.is_desk_booking else _("booked")


def _describe_kind(kind: BoxKind) -> str:
    texts = {
        "free": _("open"),
        "off": _("closed"),
        "held": _("held"),
        "past": _("past"),
        "outside": _("no longer available"),
    }
    return texts[kind]
