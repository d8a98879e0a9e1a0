"""The page of reports: per doctor the figures of their weeks, as plots and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.month import monday_of
from chalicelib.web import dates
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, month_view
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
    from chalicelib.web.pages.report_charts import Chart


class WeekRow(Struct, frozen=True, kw_only=True):
    """A week of the table."""

    week: str
    offered: int
    booked: int
    fill_rate: str
    cancelled: int


class DoctorReportView(Struct, frozen=True, kw_only=True):
    """A doctor of the page."""

    doctor_id: str
    name: str
    url: str
    summary: tuple[str, ...]
    charts: tuple[Chart, ...]
    rows: tuple[WeekRow, ...]


class ReportsPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``fields`` are what its form keeps."""

    path: str
    dates: str
    first: str
    last: str
    fields: tuple[tuple[str, str], ...]
    doctors: tuple[DoctorReportView, ...]
    csv_url: str
    previous_url: str | None
    next_url: str | None


def render_reports(
    caller: Caller, search: PracticeSearch, first: date | None, last: date | None, request: Request
) -> Response:
    """Render a page of doctors."""
    report = get_services().changes().view_reports().get_report(caller, search, first, last)
    base = url_prefix(request)
    path, fields = f"{base}/reports", _fields(search)
    shown = {"from": report.mondays[0].isoformat(), "to": report.last.isoformat(), **fields}
    page = ReportsPage(
        path=path,
        dates=dates.format_range(report.mondays[0], report.last),
        first=shown["from"],
        last=shown["to"],
        fields=tuple(fields.items()),
        doctors=tuple(_view(each, report, base) for each in report.doctors),
        csv_url=_url(path, shown, search.cursor, format="csv"),
        previous_url=_url(path, shown, report.previous) if report.previous else None,
        next_url=_url(path, shown, report.next) if report.next else None,
    )
    return render("reports.html", page, build_frame(request, caller, section=REPORTS))


def _fields(search: PracticeSearch) -> dict[str, str]:
    fields = {"specialty": search.specialty, "location": search.location}
    return {name: value for name, value in fields.items() if value}


def _url(path: str, shown: Mapping[str, str], cursor: str | None, **further: str) -> str:
    position = {"cursor": cursor} if cursor else {}
    return f"{path}?{urlencode({**shown, **position, **further})}"


def _view(each: DoctorReport, report: Report, base: str) -> DoctorReportView:
    total = each.total
    summary = (
        month_view.describe_third_next(each.third_next_available_days),
        _describe_fill(total),
        _describe_cancelled(total),
    )
    return DoctorReportView(
        doctor_id=each.doctor.doctor_id,
        name=each.doctor.name,
        url=links.landing_url(base, "week", each.doctor.doctor_id),
        summary=summary,
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
    return _("%(percent)s%%", percent=round(rate * 100))


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
