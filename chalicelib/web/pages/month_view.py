"""View model of the month page, and of the small month beside the week."""

from __future__ import annotations

from datetime import date, timedelta
from math import floor
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.month import next_month, previous_month, week_dates
from chalicelib.web import dates
from chalicelib.web.pages import booking_links, links, messages
from chalicelib.web.pages.column_heads import describe_rebooking
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from chalicelib.domain.month import DayTotals, WeekTotals
    from chalicelib.use_cases.view_months import Month

_FIRST_MONTH = local_time.MIN_DATE.replace(day=1)
# Of a later month, not every whole week exists.
_LAST_MONTH = (local_time.MAX_DATE - timedelta(weeks=6)).replace(day=1)


class MonthLinks(Struct, frozen=True, kw_only=True):
    """Links of the page; None beyond the first and the last month."""

    previous: str | None
    today: str
    next: str | None
    day: str
    week: str
    month: str


class MonthDay(Struct, frozen=True, kw_only=True):
    """A date: ``label`` says all of it in words; ``url`` is None before the first date.

    ``booked_percent`` is the share of the bar that is booked; None without open and booked slots.
    """

    number: int
    label: str
    url: str | None
    week_url: str | None
    open: str
    booked: str
    rebooking: str
    booked_percent: int | None
    time_off: str
    is_full: bool
    is_today: bool
    is_selected: bool
    is_of_month: bool


class MonthWeek(Struct, frozen=True, kw_only=True):
    """Monday to Sunday, with the totals in words."""

    title: str
    url: str | None
    totals: str
    days: tuple[MonthDay, ...]


class MonthPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``base`` is the prefix of its links."""

    base: str
    doctor_name: str
    time_zone: str
    view: str
    title: str
    links: MonthLinks
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[MonthWeek, ...]
    fill_rate: str
    third_next: str
    rebooking: str
    rebooking_url: str


def build_month_page(month: Month, *, base: str, selected: date | None = None) -> MonthPage:
    """Build the page; ``selected`` is the date that the schedule beside it shows."""
    builder = _MonthBuilder(month, base, selected)
    return MonthPage(
        base=base,
        doctor_name=month.doctor.name,
        time_zone=messages.format_zone(month.doctor.zone),
        view="month",
        title=dates.format_month(month.first),
        links=builder.build_links(),
        weekdays=tuple(
            (dates.short_weekday_name_of(day), dates.weekday_name_of(day)) for day in range(7)
        ),
        weeks=tuple(builder.build_week(week) for week in month.weeks),
        fill_rate=describe_fill_rate(month.fill_rate),
        third_next=describe_third_next(month.third_next_available_days),
        rebooking=describe_month_rebooking(sum(day.disrupted for day in month.days)),
        rebooking_url=booking_links.rebooking_url(base, month.doctor.doctor_id),
    )


class _MonthBuilder:
    def __init__(self, month: Month, base: str, selected: date | None) -> None:
        self._month = month
        self._base = base
        self._selected = selected

    def build_links(self) -> MonthLinks:
        month, doctor_id = self._month, self._month.doctor.doctor_id
        is_current = month.today.replace(day=1) == month.first
        on = month.today if is_current else month.first
        earlier, later = previous_month(month.first), next_month(month.first)
        return MonthLinks(
            previous=self._month_url(earlier) if earlier >= _FIRST_MONTH else None,
            # Without a month: the page may stay open past midnight.
            today=links.landing_url(self._base, "month", doctor_id),
            next=self._month_url(later) if later <= _LAST_MONTH else None,
            day=links.day_url(self._base, doctor_id, on),
            week=links.week_url(self._base, doctor_id, on),
            month=self._month_url(month.first),
        )

    def build_week(self, week: WeekTotals) -> MonthWeek:
        totals = self._month.totals
        return MonthWeek(
            title=_("Week of %(date)s", date=dates.format_day_and_month(week.monday)),
            url=self._week_url(week.monday),
            totals=describe_counts(week.open, week.booked),
            days=tuple(self._build_day(totals[on]) for on in week_dates(week.monday)),
        )

    def _build_day(self, day: DayTotals) -> MonthDay:
        on, month = day.date, self._month
        shown = day.open + day.booked
        return MonthDay(
            number=on.day,
            label=describe_day(day),
            url=links.day_url(self._base, month.doctor.doctor_id, on) if _exists(on) else None,
            week_url=self._week_url(on),
            open=_("Full") if day.is_full else _count_open(day.open) if day.open else "",
            booked=_count_booked(day.booked) if day.booked else "",
            rebooking=describe_rebooking(day.disrupted) if day.disrupted else "",
            booked_percent=100 * day.booked // shown if shown else None,
            time_off=day.time_off or "",
            is_full=day.is_full,
            is_today=on == month.today,
            is_selected=on == self._selected,
            is_of_month=on.replace(day=1) == month.first,
        )

    def _month_url(self, first: date) -> str:
        doctor_id = self._month.doctor.doctor_id
        query = urlencode({"doctor_id": doctor_id, "month": first.isoformat()[:7]})
        return f"{links.view_path(self._base, 'month')}?{query}"

    def _week_url(self, on: date) -> str | None:
        if not _exists(on):
            return None
        return links.week_url(self._base, self._month.doctor.doctor_id, on)


def _exists(on: date) -> bool:
    return local_time.MIN_DATE <= on <= local_time.MAX_DATE


def describe_day(day: DayTotals) -> str:
    """``Tuesday 1 December, 3 open, 2 booked``."""
    parts = [dates.format_day_and_month(day.date)]
    if day.time_off:
        parts.append(_("time off: %(name)s", name=day.time_off))
    if day.is_full:
        parts.append(_("full"))
    if day.open:
        parts.append(_count_open(day.open))
    if day.held:
        parts.append(ngettext("%(count)s held", "%(count)s held", day.held))
    if day.booked:
        parts.append(_count_booked(day.booked))
    if day.disrupted:
        parts.append(describe_rebooking(day.disrupted))
    if len(parts) == 1:
        parts.append(_("nothing open"))
    return ", ".join(parts)


def describe_counts(open_count: int, booked_count: int) -> str:
    """``3 open, 2 booked``; zeros are said too, so that each week has the same words."""
    return _(
        "%(open)s, %(booked)s", open=_count_open(open_count), booked=_count_booked(booked_count)
    )


def describe_fill_rate(rate: float | None) -> str:
    """The share of the coming slots of the month that are booked, in words."""
    if rate is None:
        return _("No slots are open or booked from today on")
    return _("%(percent)s%% of the coming slots are booked", percent=whole_percent(rate))


def whole_percent(rate: float) -> int:
    """Return a fill rate in percent, rounded down: 100 % would mean that nothing is open."""
    return floor(round(100 * rate, 2))


def describe_third_next(days: int | None) -> str:
    """When a third patient could come at the earliest, in words."""
    if days is None:
        return _("Fewer than three slots can be booked")
    if days == 0:
        return _("Third next available slot: today")
    if days == 1:
        return _("Third next available slot: tomorrow")
    # English needs no singular, but other languages have it for 21 too.
    return ngettext(
        "Third next available slot: in %(count)s day",
        "Third next available slot: in %(count)s days",
        days,
    )


def describe_month_rebooking(count: int) -> str:
    """How many bookings of the month have to be rebooked, in words; empty if none has."""
    if not count:
        return ""
    return ngettext(
        "%(count)s booking of this month needs rebooking",
        "%(count)s bookings of this month need rebooking",
        count,
    )


def _count_open(count: int) -> str:
    return ngettext("%(count)s open", "%(count)s open", count)


def _count_booked(count: int) -> str:
    return ngettext("%(count)s booked", "%(count)s booked", count)
