"""Reports as JSON and CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.api import report_schemas
from chalicelib.web.api.csv_writer import format_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.use_cases.view_reports import DoctorReport, Report

_COLUMNS = (
    "doctor_id",
    "doctor",
    "week",
    "offered",
    "booked",
    "fill_rate",
    "cancelled",
    "third_next_available_days",
)


def serialize_report(report: Report) -> report_schemas.Reports:
    """The JSON of a page of doctors."""
    return report_schemas.Reports(
        from_=report.mondays[0].isoformat(),
        to=report.last.isoformat(),
        doctors=[_serialize_doctor(each) for each in report.doctors],
        next=report.next,
    )


def _serialize_doctor(report: DoctorReport) -> report_schemas.DoctorReport:
    total = report.total
    return report_schemas.DoctorReport(
        doctor_id=report.doctor.doctor_id,
        name=report.doctor.name,
        third_next_available_days=report.third_next_available_days,
        offered=total.offered,
        booked=total.booked,
        fill_rate=total.fill_rate,
        cancelled=total.cancelled,
        weeks=[
            report_schemas.WeekReport(
                from_=monday.isoformat(),
                offered=week.offered,
                booked=week.booked,
                fill_rate=week.fill_rate,
                cancelled=week.cancelled,
            )
            for monday, week in report.weeks.items()
        ],
    )


def report_to_csv(report: Report) -> str:
    """A line for each doctor and week. The last column is of the doctor, as of now."""
    return format_csv(_COLUMNS, _rows(report))


def _rows(report: Report) -> Iterator[tuple[str | float | None, ...]]:
    for each in report.doctors:
        doctor = each.doctor
        for monday, week in each.weeks.items():
            figures = (week.offered, week.booked, week.fill_rate, week.cancelled)
            third = each.third_next_available_days
            yield (doctor.doctor_id, doctor.name, monday.isoformat(), *figures, third)


def file_name(report: Report) -> str:
    """``report-2026-09-28-2026-12-20.csv``."""
    return f"report-{report.mondays[0]}-{report.last}.csv"
