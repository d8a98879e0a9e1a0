"""View model of the page of a plan: its preview, its progress and its result."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.domain.month import monday_of
from chalicelib.domain.plan import PlanKind, PlanState, may_open_on_holidays
from chalicelib.web import dates
from chalicelib.web.pages import (
    links,
    messages,
    plan_links,
    plan_list,
    plan_words,
    series_words,
    time_off_words,
)
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.domain.plan import Plan, PlannedDay
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.web.pages.plan_list import PlanLink

_WEEKS_SHOWN = 6
_MAX_SENTENCES = 2
_QUARTERS = 4


class PlanWeek(Struct, frozen=True, kw_only=True):
    """What a plan does to a week: ``kept`` says what it leaves alone, ``dates`` the details."""

    title: str
    result: str
    kept: tuple[str, ...]
    dates: tuple[str, ...]


class PlanProgress(Struct, frozen=True, kw_only=True):
    """``announcement`` changes at each quarter alone, so that a screen reader can finish it."""

    done: int
    total: int
    text: str
    announcement: str


class UndoView(Struct, frozen=True, kw_only=True):
    """The button that undoes the plan, or its undo; ``plan`` is the latest of its undos.

    ``path`` is None while that is not finished: then there is no button.
    """

    path: str | None
    button: str
    plan: PlanLink | None


class PlanPage(Struct, frozen=True, kw_only=True):
    """The values of the page. If ``is_automatic``, its script requests the next step.

    ``button`` applies the plan; it is empty once that is done. Without ``weeks`` the page shows
    only the progress. ``step_id`` is a new idempotency key for each step. ``error`` says why a step
    failed.
    """

    doctor_id: str
    doctor_name: str
    time_zone: str
    title: str
    pattern: tuple[str, ...]
    state: str
    heading: str
    notes: tuple[str, ...]
    weeks: tuple[PlanWeek, ...]
    other_weeks: tuple[PlanWeek, ...]
    show_others: str
    button: str
    step_id: str
    progress: PlanProgress | None
    is_automatic: bool
    path: str
    revise_url: str | None
    list_url: str
    list_name: str
    week_url: str | None
    undo: UndoView | None
    error: str = ""


def build_progress_page(plan: Plan, doctor_id: str, base: str) -> PlanPage:
    """Build the part of the page that changes while the plan is applied, without any read."""
    return _page(plan, None, base, doctor_id, is_automatic=True)


def build_plan_page(view: PlanView, base: str, error: str = "") -> PlanPage:
    """Build the page of a plan as it is now."""
    return _page(view.plan, view, base, view.doctor.doctor_id, is_automatic=False, error=error)


def _page(
    plan: Plan,
    view: PlanView | None,
    base: str,
    doctor_id: str,
    *,
    is_automatic: bool,
    error: str = "",
) -> PlanPage:
    doctor = view.doctor if view else None
    weeks = _weeks(view.days, plan, doctor.zone) if view and doctor else ()
    others = weeks[_WEEKS_SHOWN:]
    return PlanPage(
        doctor_id=doctor_id,
        doctor_name=doctor.name if doctor else "",
        time_zone=messages.format_zone(doctor.zone) if doctor else "",
        title=plan_words.describe_plan(plan),
        pattern=_pattern(plan, view),
        state=plan.state.value,
        heading=_heading(plan, view),
        notes=tuple(_notes(view)) if view else (),
        weeks=weeks[:_WEEKS_SHOWN],
        other_weeks=others,
        show_others=ngettext("Show %(count)s more week", "Show %(count)s more weeks", len(others)),
        button=_button(plan, view) if view else "",
        step_id=uuid4().hex,
        progress=_progress(plan) if plan.has_started and plan.state is not PlanState.DONE else None,
        is_automatic=is_automatic,
        path=f"{base}/plans/{plan.plan_id}",
        revise_url=_revise_url(plan, base),
        list_url=_list_url(plan, base, doctor_id),
        list_name=_list_name(plan),
        undo=_undo(view, base) if view else None,
        week_url=links.week_url(base, doctor_id, plan.dates[0]) if plan.dates else None,
        error=error,
    )


def _button(plan: Plan, view: PlanView) -> str:
    if plan.has_started:
        return ""
    if plan.time_off and not plan.undoes:
        return time_off_words.button(view)
    return plan_words.button(plan, view.opens, view.closes)


def _pattern(plan: Plan, view: PlanView | None) -> tuple[str, ...]:
    """What the plan is about: hours of a series, or dates of time off."""
    if plan.series:
        return tuple(series_words.describe_series(plan.series))
    if plan.kind is PlanKind.HOURS:
        return (_("Open slots that don't fit the hours are replaced by those that do."),)
    if plan.time_off is None or view is None:
        return ()
    when = time_off_words.describe_when(plan.time_off, view.doctor.zone)
    return when, time_off_words.describe_act(plan.time_off.act)


def _list_name(plan: Plan) -> str:
    if plan.kind is PlanKind.HOURS:
        return _("Settings")
    return _("Time off") if plan.time_off else _("Series")


def _list_url(plan: Plan, base: str, doctor_id: str) -> str:
    if plan.kind is PlanKind.HOURS:
        return plan_links.settings_url(base, doctor_id)
    list_url = plan_links.time_off_url if plan.time_off else plan_links.series_list_url
    return list_url(base, doctor_id)


def _revise_url(plan: Plan, base: str) -> str | None:
    """The form with the values of the plan, while it is a proposal."""
    if plan.has_started or plan.undoes or plan.series is None:
        return None
    if plan.series.is_over:  # the form of a series has no such dates
        return plan_links.end_url(base, plan.doctor_id, plan.series.series_id)
    return plan_links.revise_url(base, plan.doctor_id, plan.plan_id)


def _undo(view: PlanView, base: str) -> UndoView | None:
    plan, latest = view.plan, view.history.latest
    is_over = plan.state is PlanState.DONE or (plan.state is PlanState.STOPPED and plan.has_started)
    if not is_over:
        return None
    is_ready = latest is None or latest.state is PlanState.DONE
    return UndoView(
        path=f"{base}/plans/{(latest or plan).plan_id}" if is_ready else None,
        button=_("Redo") if view.history.is_undone else _("Undo"),
        plan=plan_list.link_to_plan(latest, base, view.history) if latest else None,
    )


def _heading(plan: Plan, view: PlanView | None) -> str:
    """The sentence that matters now: what will change, that it does, or what has changed."""
    if view and view.history.is_undone:
        is_over = view.history.latest and view.history.latest.state is PlanState.DONE
        return _("Undone") if is_over else _("Being undone")
    if plan.state is PlanState.STOPPED and plan.has_started:
        return _("Stopped")
    if view is None or plan.state is PlanState.RUNNING:
        return _("In progress")
    days = sum(bool(day.opens or day.closes) for day in view.days)
    words = plan_words.has_changed if view.plan.state is PlanState.DONE else plan_words.will_change
    return plan_words.on_days(words(view.opens, view.closes), days)


def _notes(view: PlanView) -> Iterable[str]:
    if view.history.is_undone:
        yield plan_words.has_changed(view.opens, view.closes)
    if view.plan.unchanged_series:
        yield _("The series has been changed since, and stays as it is now.")
    if kept := _count_kept(view.days, view.plan):
        yield _("Left as they are: %(slots)s.", slots=kept)
    if bookings := [*time_off_words.describe_bookings(view)]:
        yield from bookings
    elif view.plan.state is PlanState.PROPOSED:
        yield _("Booked and held slots stay as they are.")
    if may_open_on_holidays(view.plan, view.days):
        yield _("None of these dates is in a closure, so slots will open on public holidays too.")
    if view.plan.kind is PlanKind.HOURS and view.plan.has_started:
        yield _(
            "Undo brings the former slots back; the hours in the settings stay as they are now."
        )
    if third_next := plan_words.describe_third_next(view.plan.third_next_available):
        yield third_next


def _progress(plan: Plan) -> PlanProgress:
    done, total = plan_words.days_done(plan), len(plan.dates)
    quarter = done * _QUARTERS // total if total else _QUARTERS
    announcement = _("%(percent)s%% done", percent=quarter * 100 // _QUARTERS)
    if plan.state is PlanState.STOPPED:
        announcement = _("Stopped")
    return PlanProgress(
        done=done,
        total=total,
        text=plan_words.describe_progress(plan),
        announcement=announcement,
    )


def _weeks(days: Sequence[PlannedDay], plan: Plan, zone: ZoneInfo) -> tuple[PlanWeek, ...]:
    by_week = groupby(days, key=lambda day: monday_of(day.date))
    return tuple(_week([*of_week], plan, zone) for _monday, of_week in by_week)


def _week(days: Sequence[PlannedDay], plan: Plan, zone: ZoneInfo) -> PlanWeek:
    opens, closes = (
        sum(len(day.opens) for day in days),
        sum(len(day.closes) for day in days),
    )
    is_done = plan.state is PlanState.DONE or days[-1].date not in plan.remaining
    words = plan_words.has_changed if is_done else plan_words.will_change
    sentences = [text for day in days for text in plan_words.describe_kept(day, zone, plan.kind)]
    if len(sentences) > _MAX_SENTENCES:
        sentences = [_count_kept(days, plan)]
    return PlanWeek(
        title=_week_title(days[0].date, days[-1].date, plan.dates[0]),
        result=words(opens, closes),
        kept=tuple(sentences),
        dates=tuple(text for day in days for text in _describe_date(day, zone, plan.kind)),
    )


def _count_kept(days: Sequence[PlannedDay], plan: Plan) -> str:
    return plan_words.count_kept((kept for day in days for kept in day.kept), plan.kind)


def _week_title(first: date, last: date, start: date) -> str:
    title = dates.format_short_range(first, last)
    if last.year == start.year:
        return title
    return _("%(dates)s %(year)d", dates=title, year=last.year)


def _describe_date(day: PlannedDay, zone: ZoneInfo, kind: PlanKind) -> Iterable[str]:
    """What the plan does to a date, and what it leaves alone."""
    on = dates.format_short_date(day.date)
    if day.opens:
        times = plan_words.format_ranges(day.opens, zone)
        yield _("%(date)s: opens %(times)s", date=on, times=times)
    if day.closes:
        times = plan_words.format_ranges(day.closes, zone)
        yield _("%(date)s: closes %(times)s", date=on, times=times)
    yield from plan_words.describe_kept(day, zone, kind)
