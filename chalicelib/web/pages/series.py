"""The pages of a doctor's series: the list, and the forms that make, change and end one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.month import week_dates
from chalicelib.domain.series import MAX_EVERY_WEEKS
from chalicelib.web import dates
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, messages, plan_links, series_words
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.plan_list import PlanLists
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.series_form import ONE_DAY_HOURS, SeriesForm
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.series import Series
    from chalicelib.web.pages.frame import Frame

_EMPTY_ROWS = 2


class SeriesView(Struct, frozen=True, kw_only=True):
    """A series of the list."""

    name: str
    details: tuple[str, ...]
    edit_url: str
    end_url: str


class SeriesListPage(Struct, frozen=True, kw_only=True):
    """The values of the list."""

    doctor_name: str
    time_zone: str
    series: tuple[SeriesView, ...]
    plans: PlanLists
    new_url: str
    export_url: str
    import_url: str
    back_url: str


class HoursFieldView(Struct, frozen=True, kw_only=True):
    """The hours of a weekday, or of each: ``rows`` and, to add some, ``empty_rows``."""

    code: str
    name: str
    is_chosen: bool
    rows: tuple[tuple[str, str], ...]
    empty_rows: tuple[tuple[str, str], ...]
    error: str


class SeriesFormPage(Struct, frozen=True, kw_only=True):
    """The values of the form of a series; ``errors`` are sentences by the ids of their fields."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    title: str
    hint: str
    form: SeriesForm
    weekdays: tuple[HoursFieldView, ...]
    day_hours: HoursFieldView | None
    intervals: tuple[tuple[str, str], ...]
    errors: Mapping[str, str]
    source: tuple[str, date] | None
    earliest_date: str
    latest_date: str
    back_url: str


class EndSeriesPage(Struct, frozen=True, kw_only=True):
    """The values of the form that ends a series."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    title: str
    name: str
    details: tuple[str, ...]
    series_id: str
    last: str
    errors: Mapping[str, str]
    earliest_date: str
    latest_date: str
    back_url: str


class FormContext(Struct, frozen=True, kw_only=True):
    """What a form shows around its values.

    ``source`` is the query parameter with the week or the date that it repeats.
    """

    doctor: Doctor
    source: tuple[str, date] | None = None
    hint: str = ""
    errors: Mapping[str, str] = {}


def render_list(caller: Caller, doctor_id: str, request: Request) -> Response:
    """Render the series that apply today or later, and the latest plans."""
    found = get_services().plans.list_series.list_series(caller, doctor_id)
    plans = get_services().plans.list_plans.list_latest(caller, doctor_id).plans
    base = url_prefix(request)
    page = SeriesListPage(
        doctor_name=found.doctor.name,
        time_zone=messages.format_zone(found.doctor.zone),
        series=tuple(_view(series, base, doctor_id) for series in found.series),
        plans=PlanLists.of(plans, base),
        new_url=plan_links.new_series_url(base, doctor_id),
        export_url=plan_links.export_url(base, doctor_id),
        import_url=plan_links.import_url(base, doctor_id),
        back_url=links.landing_url(base, "week", doctor_id),
    )
    return render("series_list.html", page, _frame(found.doctor, caller, request))


def render_form(
    form: SeriesForm, context: FormContext, caller: Caller, request: Request
) -> Response:
    """Render the form of a series; with errors the status is 400."""
    base, doctor_id = url_prefix(request), context.doctor.doctor_id
    page = SeriesFormPage(
        base=base,
        doctor_id=doctor_id,
        doctor_name=context.doctor.name,
        time_zone=messages.format_zone(context.doctor.zone),
        title=_form_title(form, context.source),
        hint=context.hint,
        form=form,
        weekdays=tuple(_weekday_field(form, code, context.errors) for code in WEEKDAYS),
        day_hours=_day_field(form, context.errors),
        intervals=tuple(
            (str(weeks), series_words.describe_interval(weeks))
            for weeks in range(1, MAX_EVERY_WEEKS + 1)
        ),
        errors=context.errors,
        source=context.source,
        earliest_date=local_time.MIN_DATE.isoformat(),
        latest_date=local_time.MAX_DATE.isoformat(),
        back_url=_back_url(base, doctor_id, context.source),
    )
    status = HTTPStatus.BAD_REQUEST if context.errors else HTTPStatus.OK
    return render("series_form.html", page, _frame(context.doctor, caller, request), status=status)


def render_end(
    series: Series,
    last: date | str,
    context: FormContext,
    caller: Caller,
    request: Request,
) -> Response:
    """Render the form that ends a series; with errors the status is 400."""
    base, doctor = url_prefix(request), context.doctor
    page = EndSeriesPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_("End a series"),
        name=series.name,
        details=tuple(series_words.describe_series(series)),
        series_id=series.series_id,
        last=str(last),
        errors=context.errors,
        earliest_date=local_time.MIN_DATE.isoformat(),
        latest_date=local_time.MAX_DATE.isoformat(),
        back_url=plan_links.series_list_url(base, doctor.doctor_id),
    )
    status = HTTPStatus.BAD_REQUEST if context.errors else HTTPStatus.OK
    return render("series_end.html", page, _frame(doctor, caller, request), status=status)


def _frame(doctor: Doctor, caller: Caller, request: Request) -> Frame:
    return build_frame(request, caller, section=SCHEDULE, doctor=doctor, path="/series")


def _view(series: Series, base: str, doctor_id: str) -> SeriesView:
    return SeriesView(
        name=series.name,
        details=tuple(series_words.describe_series(series)),
        edit_url=plan_links.edit_url(base, doctor_id, series.series_id),
        end_url=plan_links.end_url(base, doctor_id, series.series_id),
    )


def _form_title(form: SeriesForm, source: tuple[str, date] | None) -> str:
    if form.series_id:
        return _("Edit a series")
    if source is None:
        return _("New series")
    kind, on = source
    if kind == "week":
        week = week_dates(on)
        return _("Repeat %(dates)s", dates=dates.format_range(week[0], week[-1]))
    return _("Copy %(date)s to…", date=dates.format_date(on))


def _back_url(base: str, doctor_id: str, source: tuple[str, date] | None) -> str:
    if source is None:
        return plan_links.series_list_url(base, doctor_id)
    kind, on = source
    return links.view_url(base, "week" if kind == "week" else "day", doctor_id, on)


def _weekday_field(form: SeriesForm, code: str, errors: Mapping[str, str]) -> HoursFieldView:
    name = dates.weekday_name_of(WEEKDAYS.index(code))
    return _hours_field(form, code, name, errors)


def _day_field(form: SeriesForm, errors: Mapping[str, str]) -> HoursFieldView | None:
    return _hours_field(form, ONE_DAY_HOURS, _("Hours"), errors) if form.has_same_hours else None


def _hours_field(
    form: SeriesForm, code: str, name: str, errors: Mapping[str, str]
) -> HoursFieldView:
    rows = form.hours.get(code, ())
    shown = rows or (("", ""),)
    return HoursFieldView(
        code=code,
        name=name,
        is_chosen=code in form.weekdays,
        rows=shown,
        empty_rows=(("", ""),) * _EMPTY_ROWS,
        error=errors.get(code, ""),
    )
