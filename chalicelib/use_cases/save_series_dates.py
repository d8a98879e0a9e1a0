"""Give a date what a series wants of it: one save, or two if one transaction cannot do it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import Actor, ChangeKind
from chalicelib.domain.plan import (
    apply_series,
    closing_part,
    may_overlap_adjacent_date,
    needs_two_saves,
)
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SavedDay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from chalicelib.domain.day import PlannedChanges, SlotChanges
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import Series, SeriesVersions
    from chalicelib.use_cases.save_days import SaveDays


class SeriesDate(Struct, frozen=True, kw_only=True):
    """A version of a series, and the date to apply it to.

    ``request_id`` is the idempotency key; of two saves, it is followed by ``.1`` and ``.2``.
    ``may_close`` returns whether the changes close only what they may. ``actor`` acts if there is
    no caller.
    """

    doctor_id: str
    date: date
    series: Series
    versions: SeriesVersions
    request_id: str
    plan_id: str | None = None
    may_close: Callable[[SlotChanges], bool] = lambda _: True
    actor: Actor | None = None


class _UpToDate(Exception):  # noqa: N818  no error
    """The date needs no save."""


class _NeedsTwoSaves(Exception):  # noqa: N818  no error
    """One transaction cannot make the changes of the date."""


def save_series_date(
    save_days: SaveDays, caller: Caller | None, change: SeriesDate
) -> Iterator[SavedDay]:
    """Make the saves of the date, and yield each; none if it is up to date.

    Raises ``PreviewChangedError`` if the changes close what they must not, and as
    ``SaveDays.save``.
    """
    update = partial(_update, change)
    try:
        yield save_days.save(caller, update(_whole))
    except _NeedsTwoSaves:
        yield save_days.save(caller, update(_closing, ".1"))
        yield from _save_rest(save_days, caller, update(_whole, ".2"))
    except _UpToDate:
        return


def _save_rest(save_days: SaveDays, caller: Caller | None, update: DayUpdate) -> Iterator[SavedDay]:
    try:
        yield save_days.save(caller, update)
    except _UpToDate:  # another process has finished the date
        return


def _whole(changes: PlannedChanges, _view: DayWithDoctor) -> PlannedChanges:
    if needs_two_saves(changes):
        raise _NeedsTwoSaves
    return changes


def _closing(changes: PlannedChanges, view: DayWithDoctor) -> PlannedChanges:
    return closing_part(changes, view.day)


def _update(
    change: SeriesDate,
    choose: Callable[[PlannedChanges, DayWithDoctor], PlannedChanges],
    part: str = "",
) -> DayUpdate:
    """Return the save; ``choose`` takes all of the changes, or a part of them."""
    series, on = change.series, change.date

    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = apply_series(series, view.day, change.versions, now=view.now)
        if changes is None:
            raise _UpToDate
        if not change.may_close(changes):
            raise PreviewChangedError
        return choose(changes, view)

    slots = tuple(series.slots_on(on))
    return DayUpdate(
        doctor_id=change.doctor_id,
        date=on,
        request_id=f"{change.request_id}{part}",
        fingerprint=change.request_id,
        decide=decide,
        may_overlap_adjacent=lambda _: may_overlap_adjacent_date(slots, on, series.grid.zone),
        kind=ChangeKind.SERIES,
        plan_id=change.plan_id,
        actor=change.actor,
    )
