"""Reports of doctors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.domain.text import Text
from chalicelib.web.api import report_schemas
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.fields import EXPORT_FORMATS
from chalicelib.web.api.validators import invalid_field
from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import CSV, HTML, JSON, header, query
from chalicelib.web.http.responses import json_response
from chalicelib.web.routing import DOCTORS, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)


@routes.get(
    "/reports",
    permission=Permission.MANAGE,
    doc=RouteDoc(
        tag=DOCTORS,
        parameters=(
            "ReportFrom",
            "ReportTo",
            "SelectedDoctors",
            "Specialty",
            "Location",
            "Cursor",
            "ReportFormat",
        ),
        responses={200: {JSON: report_schemas.Reports, CSV: None, HTML: None}},
        errors=(400, 404),
    ),
)
def get_reports(request: Request, caller: Caller) -> Response:
    """Report how full the weeks of doctors are.

    For each doctor whom the caller may manage, at most 20 on a page: per week the fill rate and the
    cancellations, and when a third patient could come at the earliest, as of now. A browser gets a
    page with plots, and `Accept: text/csv` or `format=csv` a file.
    """
    from chalicelib.web.api.practice_parsing import parse_practice_search
    from chalicelib.web.api.week_parsing import optional_week_date

    output, violations = _parse_format(request), Violations()
    with violations:
        search = parse_practice_search(request)
    with violations:
        first = optional_week_date(request, "from")
    with violations:
        last = optional_week_date(request, "to")
    violations.raise_any()
    if output is None and wants_html(request):
        from chalicelib.web.pages import reports

        return reports.render_reports(caller, search, first, last, request)
    from chalicelib.web.api import csv_writer, report_serializers

    report = get_services().view_reports.get_report(caller, search, first, last)
    if output == "csv":
        text = report_serializers.report_to_csv(report)
        return csv_writer.csv_response(text, report_serializers.file_name(report))
    return json_response(report_serializers.serialize_report(report))


def _parse_format(request: Request) -> str | None:
    """The ``format`` of the query, ``csv`` if that is the only type accepted, or else None."""
    text = query(request, "format")
    if text is None:
        return "csv" if (header(request, "accept") or "").lower().startswith(CSV) else None
    if text not in EXPORT_FORMATS:
        expected = Text("one of %(kinds)s", kinds=", ".join(EXPORT_FORMATS))
        raise invalid_field("format", expected)
    return text
