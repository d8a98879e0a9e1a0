"""The doctors page of admins: everyone's week in a table, and the search for a name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.local_time import local_date
from chalicelib.use_cases.view_directory import ViewDirectory
from chalicelib.web import dates
from chalicelib.web.api.validators import search_text
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import accounts, setting_words
from chalicelib.web.pages.frame import DOCTORS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.view_directory import DirectoryPage, DoctorWeek


class RowView(Struct, frozen=True, kw_only=True):
    """A doctor of the table; ``hours`` are weekdays and the hours that they have."""

    doctor_id: str
    name: str
    specialty: str
    location: str
    hours: tuple[tuple[str, tuple[str, ...]], ...]
    open: int
    booked: int
    next_available: str
    is_active: bool


class DirectoryView(Struct, frozen=True, kw_only=True):
    """The values of the page; ``next_url`` and ``first_url`` lead to other pages of it."""

    base: str
    search: str
    rows: tuple[RowView, ...]
    first_url: str | None
    next_url: str | None
    has_accounts: bool


def find_page(caller: Caller, request: Request) -> DirectoryPage:
    """Return the page of doctors that the request searches for."""
    search, cursor = search_text(request, "q") or "", query(request, "cursor")
    return _directory().find(caller, search, cursor)


def render_directory(caller: Caller, request: Request) -> Response:
    """Render a page of the table."""
    found, base = find_page(caller, request), url_prefix(request)
    search = search_text(request, "q") or ""
    page = DirectoryView(
        base=base,
        search=search,
        rows=tuple(map(_row, _directory().add_weeks(found.doctors))),
        first_url=page_url(f"{base}/doctors", search, None) if query(request, "cursor") else None,
        next_url=page_url(f"{base}/doctors", search, found.cursor) if found.cursor else None,
        has_accounts=bool(accounts.invites_by()),
    )
    return render("directory.html", page, build_frame(request, caller, section=DOCTORS))


def page_url(path: str, search: str, cursor: str | None, **kept: str) -> str:
    """Return the URL of another page of the same search."""
    parameters = {"q": search, **kept, "cursor": cursor or ""}
    found = urlencode({name: value for name, value in parameters.items() if value})
    return f"{path}?{found}" if found else path


def _directory() -> ViewDirectory:
    services = get_services()
    return ViewDirectory(services.doctors, services.now)


def _row(week: DoctorWeek) -> RowView:
    doctor = week.doctor
    return RowView(
        doctor_id=doctor.doctor_id,
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        hours=tuple(setting_words.hours_of_weekdays(doctor.grid.sessions)),
        open=week.open,
        booked=week.booked,
        next_available=_next_available(week),
        is_active=doctor.is_active,
    )


def _next_available(week: DoctorWeek) -> str:
    slot, zone = week.next_slot, week.doctor.zone
    if not week.doctor.is_active:
        return _("Takes no bookings")
    if slot is None:
        return _("None this week or next")
    day = dates.format_short_date(local_date(slot.start, zone))
    time = slot.start.astimezone(zone).strftime("%H:%M")
    return _("%(day)s, %(time)s", day=day, time=time)
