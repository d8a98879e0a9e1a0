"""Series in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web import dates
from chalicelib.web.pages.setting_words import describe_hours, group_weekdays
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.series import Series, TimeRange

# A name is short: with more hours it has the weekdays alone.
_MAX_RANGES_IN_NAME = 2


def suggest_name(weekly: Mapping[int, tuple[TimeRange, ...]]) -> str:
    """The weekdays and their hours, or the weekdays alone if their hours differ."""
    groups = group_weekdays(weekly)
    weekdays = dates.format_weekdays([day for _ranges, days in groups for day in days])
    if len(groups) != 1 or len(groups[0][0]) > _MAX_RANGES_IN_NAME:
        return weekdays
    return _("%(days)s %(hours)s", days=weekdays, hours=", ".join(groups[0][0]))


def describe_series(series: Series) -> list[str]:
    """The hours of a series, how often they repeat, and from when until when."""
    return [*describe_hours(series.weekly), describe_interval(series.every_weeks), period(series)]


def describe_interval(weeks: int) -> str:
    """``Every week``, ``Every 2 weeks``."""
    return (
        _("Every week")
        if weeks == 1
        else ngettext("Every %(count)s week", "Every %(count)s weeks", weeks)
    )


def period(series: Series) -> str:
    """From which to which date it applies."""
    first = dates.format_date_without_weekday(series.first)
    if series.last is None:
        return _("From %(first)s, no end date", first=first)
    if series.is_over:
        return _("Ended")
    last = dates.format_date_without_weekday(series.last)
    return _("From %(first)s until %(last)s", first=first, last=last)
