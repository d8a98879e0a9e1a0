"""The month: its page, and the small month beside the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.web.http.negotiation import is_htmx
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.last_view import remember_view
from chalicelib.web.pages.month_view import build_month_page
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller


def render_month(
    caller: Caller, doctor_id: str, month: date | None, selected: date | None, request: Request
) -> Response:
    """Render the page of the month, or with ``part=rail`` the small one for htmx.

    ``selected`` is the date that the week beside the small month shows: its month is the default.
    """
    view = get_services().view_months.get_month(caller, doctor_id, month or selected)
    base = url_prefix(request)
    if is_htmx(request) and query(request, "part") == "rail":
        return render("_month_rail.html", build_month_page(view, base=base, selected=selected))
    frame = build_frame(
        request,
        caller,
        section=SCHEDULE,
        doctor=view.doctor,
        path="/slots/month",
        fields={"month": f"{view.first:%Y-%m}"},
    )
    headers = remember_view(request, "month")
    return render("month.html", build_month_page(view, base=base), frame, headers=headers)
