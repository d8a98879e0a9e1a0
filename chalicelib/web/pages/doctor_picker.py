"""The page on which a delegate or an admin chooses a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Role
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller

_PAGE_SIZE = 50


def render_doctor_picker(caller: Caller, request: Request) -> Response:
    """The doctors whom the caller may manage: for an admin all of them, page by page."""
    caller.require_can_manage_any()
    base = url_prefix(request)
    cursor = None
    if Role.ADMIN in caller.roles:
        found = get_services().doctors.list_page(
            specialty=None, location=None, limit=_PAGE_SIZE, cursor=query(request, "cursor")
        )
        doctors, cursor = found.doctors, found.cursor
    else:
        doctors = get_services().doctors.list_for_delegate(caller.name)
    page = {
        "base": base,
        "display_name": get_services().auth.display_name(caller),
        "doctors": [
            {
                "url": links.today_url(base, doctor.doctor_id),
                "name": doctor.name,
                "specialty": doctor.specialty,
                "location": doctor.location,
            }
            for doctor in doctors
        ],
        "next_url": f"{base}/slots?{urlencode({'cursor': cursor})}" if cursor else None,
    }
    return render("choose.html", page)
