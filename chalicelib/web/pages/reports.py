"""The page of reports: per doctor the figures of their weeks, as plots and as a table."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct, structs

from chalicelib import request_context
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.month import monday_of
from chalicelib.web import dates
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, month_view
from chalicelib.web.pages.doctor_filters import filter_options
from chalicelib.web.pages.field_errors import errors_by_field
from chalicelib.web.pages.frame import REPORTS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.report_charts import Point, draw_bars
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.reports import Figures
    from chalicelib.use_cases.manage_practice import PracticeSearch
    from chalicelib.use_cases.view_reports import DoctorReport, Report
    from chalicelib.web.pages.doctor_filters import FilterOption
    from chalicelib.web.pages.report_charts import Chart

_RANGE = {"from", "to"}


class WeekRow(Struct, frozen=True, kw_only=True):
    """A week of the table."""

    week: str
    offered: int
    booked: int
    fill_rate: str
    cancelled: int


class DoctorReportView(Struct, frozen=True, kw_only=True):
    """A doctor of the page; without ``rows`` and ``charts`` if the weeks have nothing to show."""

    doctor_id: str
    name: str
    url: str
    summary: tuple[str, ...]
    charts: tuple[Chart, ...] = ()
    rows: tuple[WeekRow, ...] = ()


class ReportsPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``fields`` are what its form keeps without showing it.

    ``specialties`` and ``locations`` are as on the practice day. ``all_url`` leads to all doctors,
    if the page has some of them.
    """

    path: str
    first: str
    last: str
    fields: tuple[tuple[str, str], ...]
    has_filters: bool
    specialty: str | None
    location: str | None
    specialties: tuple[FilterOption, ...]
    locations: tuple[FilterOption, ...]
    all_url: str
    dates: str = ""
    doctors: tuple[DoctorReportView, ...] = ()
    csv_url: str = ""
    previous_url: str | None = None
    next_url: str | None = None
    errors: Mapping[str, str] = {}


def render_reports(
    caller: Caller, search: PracticeSearch, first: date | None, last: date | None, request: Request
) -> Response:
    """Render a page of doctors; for a range that can't be reported, the form with the reason."""
    base, frame = url_prefix(request), build_frame(request, caller, section=REPORTS)
    try:
        report = get_services().view_reports.get_report(caller, search, first, last)
    except RequestRejectedError as error:
        errors = errors_by_field(error)
        if not errors.keys() <= _RANGE:
            raise
        request_context.current_request().code = error.code
        asked = tuple(on.isoformat() if on else "" for on in (first, last))
        page = structs.replace(_form(caller, search, asked, base), errors=errors)
        return render("reports.html", page, frame, status=HTTPStatus.BAD_REQUEST)
    shown = (report.mondays[0].isoformat(), report.last.isoformat())
    form = _form(caller, search, shown, base)
    fields = [("from", form.first), ("to", form.last), *_fields(search)]
    page = structs.replace(
        form,
        dates=dates.format_range(report.mondays[0], report.last),
        doctors=tuple(_view(each, report, base) for each in report.doctors),
        csv_url=_url(form.path, [*fields, ("format", "csv")], search.cursor),
        previous_url=_url(form.path, fields, report.previous) if report.previous else None,
        next_url=_url(form.path, fields, report.next) if report.next else None,
    )
    return render("reports.html", page, frame)


def _form(caller: Caller, search: PracticeSearch, shown: Sequence[str], base: str) -> ReportsPage:
    """The page without a report: its form."""
    first, last = shown
    offered = get_services().list_doctors.list_choices(caller)
    known = offered.doctors if offered.is_complete else ()
    path = f"{base}/reports"
    return ReportsPage(
        path=path,
        first=first,
        last=last,
        fields=tuple(each for each in _fields(search) if each[0] == "doctor_id"),
        has_filters=len(offered.doctors) > 1,
        specialty=search.specialty,
        location=search.location,
        specialties=filter_options({each.specialty for each in known}, search.specialty),
        locations=filter_options({each.location for each in known}, search.location),
        all_url=_url(path, [("from", first), ("to", last)], None) if _fields(search) else "",
    )


def _fields(search: PracticeSearch) -> list[tuple[str, str]]:
    """The parameters of the query that say which doctors."""
    filters = (("specialty", search.specialty), ("location", search.location))
    chosen = [("doctor_id", doctor_id) for doctor_id in search.doctor_ids]
    return [*((name, value) for name, value in filters if value), *chosen]


def _url(path: str, fields: Sequence[tuple[str, str]], cursor: str | None) -> str:
    position = [("cursor", cursor)] if cursor else []
    return f"{path}?{urlencode([*fields, *position])}"


def _view(each: DoctorReport, report: Report, base: str) -> DoctorReportView:
    total = each.total
    summary = (
        month_view.describe_third_next(each.third_next_available_days),
        _describe_fill(total),
        _describe_cancelled(total),
    )
    view = DoctorReportView(
        doctor_id=each.doctor.doctor_id,
        name=each.doctor.name,
        url=links.landing_url(base, "week", each.doctor.doctor_id),
        summary=summary,
    )
    if not (total.offered or total.cancelled):
        return view
    return structs.replace(
        view,
        charts=(_fill_chart(each, report), _cancelled_chart(each, report)),
        rows=tuple(_row(monday, week) for monday, week in each.weeks.items()),
    )


def _row(monday: date, week: Figures) -> WeekRow:
    return WeekRow(
        week=dates.format_short_day(monday),
        offered=week.offered,
        booked=week.booked,
        fill_rate="–" if week.fill_rate is None else _percent(week.fill_rate),
        cancelled=week.cancelled,
    )


def _percent(rate: float) -> str:
    return _("%(percent)s%%", percent=month_view.whole_percent(rate))


def _describe_fill(total: Figures) -> str:
    if total.fill_rate is None:
        return _("No slots in these weeks")
    return ngettext(
        "%(percent)s of %(count)s slot booked",
        "%(percent)s of %(count)s slots booked",
        total.offered,
        percent=_percent(total.fill_rate),
    )


def _describe_cancelled(total: Figures) -> str:
    return ngettext("%(count)s cancellation", "%(count)s cancellations", total.cancelled)


def _fill_chart(each: DoctorReport, report: Report) -> Chart:
    rates = [(monday, week.fill_rate) for monday, week in each.weeks.items()]
    return draw_bars(
        _points(rates, report),
        1,
        (_percent(0), _percent(1)),
        _("Fill rate by week, %(name)s", name=each.doctor.name),
        _describe_fill(each.total),
    )


def _cancelled_chart(each: DoctorReport, report: Report) -> Chart:
    counts = [(monday, float(week.cancelled)) for monday, week in each.weeks.items()]
    highest = max(1, *(week.cancelled for week in each.weeks.values()))
    return draw_bars(
        _points(counts, report),
        highest,
        ("0", str(highest)),
        _("Cancellations by week, %(name)s", name=each.doctor.name),
        _describe_cancelled(each.total),
    )


def _points(values: Sequence[tuple[date, float | None]], report: Report) -> list[Point]:
    this_week = monday_of(report.today)
    return [
        Point(value, dates.format_short_day(monday), monday >= this_week)
        for monday, value in values
    ]
