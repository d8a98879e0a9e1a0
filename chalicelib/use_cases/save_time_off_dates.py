"""Block a date for time off, or lift that: one save, or more if one transaction cannot do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain.blocking import find_stretch, finish_partial
from chalicelib.use_cases.save_series_dates import NoSaveNeededError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.day import Day, PlannedChanges
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.save_days import DayUpdate, DayWithDoctor, SaveDays, SavedDay


def save_with_rest(
    save_days: SaveDays, caller: Caller | None, update: DayUpdate, time_off_id: str
) -> Iterator[SavedDay]:
    """Make the save, and as many more as the time off needs; yield those not made before.

    Nothing is saved if the date needs nothing. Raises as ``SaveDays.save``.
    """
    number = 1
    try:
        saved = save_days.save(caller, update)
        if saved.created:
            yield saved
        while _is_partial(saved.day, time_off_id):
            number += 1
            saved = save_days.save(caller, _rest(update, time_off_id, number))
            if saved.created:
                yield saved
    except NoSaveNeededError:
        return


def _is_partial(day: Day, time_off_id: str) -> bool:
    stretch = find_stretch(day, time_off_id)
    return stretch is not None and stretch.is_partial


def _rest(update: DayUpdate, time_off_id: str, number: int) -> DayUpdate:
    def decide(view: DayWithDoctor) -> PlannedChanges:
        changes = finish_partial(view.day, time_off_id, now=view.now)
        if changes is None:
            raise NoSaveNeededError
        return changes

    request_id = f"{update.request_id}.{number}"
    return structs.replace(
        update,
        request_id=request_id,
        fingerprint=request_id,
        decide=decide,
        # A date that has been begun is finished in any case.
        stops_with_plan=False,
    )
