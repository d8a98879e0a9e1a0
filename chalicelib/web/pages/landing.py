"""The date on which a schedule opens if its URL has none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from chalicelib.web.pages.schedule import Schedule

# Two weeks: each date that has hours but is time off costs a read.
_MAX_DAYS_AHEAD = 14


def find_landing_schedule(today: Schedule, read: Callable[[date], Schedule]) -> Schedule:
    """Return today's schedule if a slot is still to come, else that of the next date that has one.

    Slots in time off don't count. ``read`` returns the schedule of another date. If no date of the
    next two weeks has such a slot, the schedule is today's.
    """
    if today.first_date_to_come():
        return today
    for days in range(1, _MAX_DAYS_AHEAD + 1):
        on = today.chosen + timedelta(days=days)
        if any(column.doctor.grid.candidate_slots(on) for column in today.columns):
            later = read(on)
            if later.first_date_to_come():
                return later
    return today
