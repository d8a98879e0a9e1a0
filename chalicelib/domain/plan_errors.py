"""Errors of series and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.day import KeptReason
from chalicelib.domain.errors import (
    ConcurrentModificationError,
    ConflictError,
    DomainError,
    NotFoundError,
    RequestRejectedError,
)
from chalicelib.domain.text import Text
from chalicelib.domain.undo import KEPT_IN
from chalicelib.domain.violations import (
    FieldViolation,
    SlotExists,
    SlotInPast,
    SlotInTimeOff,
    SlotViolation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from chalicelib.domain.day import KeptSlot


ALREADY_UNDONE = Text("This has been undone already")


class PlanNotFoundError(NotFoundError):
    """The doctor has no such plan, or it was proposed and not started in time."""

    code = "plan_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such plan"))


class SeriesNotFoundError(NotFoundError):
    """The doctor has no such series."""

    code = "series_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such series"))


class PreviewChangedError(ConflictError):
    """The plan would close slots that its preview did not show; nothing of that date is changed."""

    code = "preview_changed"

    def __init__(self) -> None:
        detail = Text("The schedule has changed since the preview. Check it and continue.")
        super().__init__(FieldViolation("plan_id", "preview_changed", detail))


class PlanUndoneError(ConflictError):
    """Another undo of the plan has started."""

    code = "plan_undone"

    def __init__(self) -> None:
        super().__init__(FieldViolation("plan_id", "invalid", ALREADY_UNDONE))


class HoursChangedError(ConflictError):
    """The plan would open slots that the doctor's weekly hours no longer have."""

    code = "hours_changed"

    def __init__(self) -> None:
        detail = Text("The weekly hours have changed since this preview. Preview the change again.")
        super().__init__(FieldViolation("plan_id", "invalid", detail))


class PlanStoppedError(Exception):
    """A date can't be saved for a plan that is stopped; no client sees this."""


class TimeOffReplacedError(DomainError):
    """The time off has a later version: a date can't be saved for this one. No client sees this."""

    code = "time_off_replaced"

    def __init__(self) -> None:
        super().__init__("The time off has changed since")


class TimeOffNotFoundError(NotFoundError):
    """The doctor has no such time off, or it is lifted."""

    code = "time_off_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such time off"))


class ClosureNotFoundError(NotFoundError):
    """There is no such closure."""

    code = "closure_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such closure"))


class PlanModifiedError(ConcurrentModificationError):
    """The plan, or the series that it changes, has changed since it was read."""

    code = "plan_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed this plan at the same moment")


class OverlapsStoredSlot(SlotViolation):
    """It overlaps a slot that stays."""

    code = "overlaps"
    message_template = Text("%(slot_label)s overlaps another slot")


def nothing_to_plan_error(
    field: str, detail: Text, kept: Iterable[KeptSlot], zone: ZoneInfo
) -> RequestRejectedError:
    """Return the error for a plan without effect, with the slots that conflict."""
    violations = [_describe(each, zone) for each in kept]
    if violations:
        return RequestRejectedError(*violations, zone=zone)
    return RequestRejectedError(FieldViolation(field, "nothing_to_save", detail))


def _describe(kept: KeptSlot, zone: ZoneInfo) -> SlotViolation:
    start, label = kept.slot.start, local_time.format_range(kept.slot, zone)
    match kept.reason:
        case KeptReason.PAST:
            return SlotInPast(start=start, slot_label=label)
        case KeptReason.OVERLAPS:
            return OverlapsStoredSlot(start=start, slot_label=label)
        case KeptReason.TIME_OFF | KeptReason.CLOSURE:
            return SlotInTimeOff(start=start, slot_label=label, reason=KEPT_IN[kept.reason])
        case _:
            return SlotExists(start=start, slot_label=label)
