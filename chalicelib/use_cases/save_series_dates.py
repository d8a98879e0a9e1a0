"""Give a date what a series wants of it: one save, or two if one transaction cannot do it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import Actor, ChangeKind
from chalicelib.domain.plan import closing_part, needs_two_saves
from chalicelib.domain.plan_errors import PlanModifiedError, PreviewChangedError
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SavedDay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from chalicelib.domain.day import PlannedChanges, SlotChanges
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.save_days import SaveDays

    ChooseChanges = Callable[[PlannedChanges, DayWithDoctor], PlannedChanges]

# Each pair of saves of a date closes, then opens; a second pair is rare.
_MAX_PARTS = 20


class SeriesDate(Struct, frozen=True, kw_only=True):
    """A date that gets what a series wants, the ``slots``.

    ``request_id`` is the idempotency key; of several saves, it is followed by ``.1``, ``.2`` and so
    on. ``decide`` returns what changes, or None if the date is up to date. ``may_close`` returns
    whether the changes close only what they may. ``actor`` acts if there is no caller.
    ``stops_with_plan``: the date is not begun once the plan is stopped.
    """

    doctor_id: str
    date: date
    request_id: str
    slots: Sequence[Slot]
    decide: Callable[[DayWithDoctor], PlannedChanges | None]
    may_close: Callable[[SlotChanges], bool] = lambda _: True
    kind: ChangeKind = ChangeKind.SERIES
    plan_id: str | None = None
    actor: Actor | None = None
    stops_with_plan: bool = False


class NoSaveNeededError(Exception):
    """The date is as it should be: there is nothing to save or to record."""


class _NeedsTwoSavesError(Exception):
    """One transaction cannot make the changes of the date."""


def save_if_needed(
    save_days: SaveDays, caller: Caller | None, update: DayUpdate
) -> Iterator[SavedDay]:
    """Yield the save; nothing if it was made before, or if the date needs none."""
    try:
        saved = save_days.save(caller, update)
    except NoSaveNeededError:
        return
    if saved.created:
        yield saved


def save_series_date(
    save_days: SaveDays, caller: Caller | None, change: SeriesDate
) -> Iterator[SavedDay]:
    """Make the saves of the date, and yield those that were not made before.

    Raises ``PreviewChangedError`` if the changes close what they must not, and as
    ``SaveDays.save``.
    """
    save = partial(save_if_needed, save_days, caller)
    try:
        yield from save(_update(change, _all_changes))
    except _NeedsTwoSavesError:
        yield from _close_then_open(save, change)


def _close_then_open(
    save: Callable[[DayUpdate], Iterator[SavedDay]], change: SeriesDate
) -> Iterator[SavedDay]:
    """Close in one save what another then replaces.

    The date may change between the two, or after a crash between them, so that there is more to
    close. Then two more saves follow, with keys of their own.
    """
    for closing in range(1, _MAX_PARTS, 2):
        yield from save(_update(change, _closing_changes, closing))
        try:
            yield from save(_update(change, _all_changes, closing + 1))
        except _NeedsTwoSavesError:
            continue
        return
    raise PlanModifiedError


def _all_changes(changes: PlannedChanges, _view: DayWithDoctor) -> PlannedChanges:
    if needs_two_saves(changes):
        raise _NeedsTwoSavesError
    return changes


def _closing_changes(changes: PlannedChanges, view: DayWithDoctor) -> PlannedChanges:
    return closing_part(changes, view.day)


def _update(change: SeriesDate, choose: ChooseChanges, part: int | None = None) -> DayUpdate:
    """Return the save; ``choose`` takes all of the changes, or a part of them."""

    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = change.decide(view)
        if changes is None:
            raise NoSaveNeededError
        if not change.may_close(changes):
            raise PreviewChangedError
        return choose(changes, view)

    request_id = change.request_id if part is None else f"{change.request_id}.{part}"
    return DayUpdate(
        doctor_id=change.doctor_id,
        date=change.date,
        request_id=request_id,
        fingerprint=request_id,
        decide=decide,
        may_overlap_adjacent=lambda grid: (
            grid is None
            or any(slot.may_overlap_adjacent_date(change.date, grid.zone) for slot in change.slots)
        ),
        kind=change.kind,
        plan_id=change.plan_id,
        actor=change.actor,
        # A date that has been closed is opened in any case.
        stops_with_plan=change.stops_with_plan and part is None,
    )
