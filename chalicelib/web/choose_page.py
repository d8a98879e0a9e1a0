"""The page on which a delegate, or an admin, chooses whose slots to manage."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chalicelib.bootstrap import services
from chalicelib.domain.caller import Role
from chalicelib.web import auth, inputs, negotiation, rendering

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.caller import Caller

_PAGE_SIZE = 50


def render_doctor_picker(caller: Caller, request: Request) -> Response:
    """Those whom the caller may manage: of an admin all, page by page, of a delegate hers."""
    caller.require_may_manage_any()
    base = negotiation.url_prefix(request)
    cursor = None
    if Role.ADMIN in caller.roles:
        found = services().doctors.list_page(
            specialty=None, location=None, limit=_PAGE_SIZE, cursor=inputs.query(request, "cursor")
        )
        doctors, cursor = found.doctors, found.cursor
    else:
        doctors = services().doctors.list_for_delegate(caller.name)
    page = {
        "base": base,
        "display_name": auth.display_name(caller),
        "doctors": [
            {
                "url": f"{base}/slots?{urlencode({'doctor_id': doctor.doctor_id})}",
                "name": doctor.name,
                "specialty": doctor.specialty,
                "location": doctor.location,
            }
            for doctor in doctors
        ],
        "next_url": f"{base}/slots?{urlencode({'cursor': cursor})}" if cursor else None,
    }
    return rendering.render("choose.html", page)
