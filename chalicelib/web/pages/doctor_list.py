"""The list of doctors whose schedule the caller can manage, to choose one or to search."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Role
from chalicelib.use_cases.list_doctors import MAX_CHOICES
from chalicelib.web.api.validators import search_text
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import directory
from chalicelib.web.pages.frame import DOCTORS, SCHEDULE, SETTINGS, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request, Response

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller

_MAX_PAGE_DIGITS = 6
# What the page of the chosen doctor is to show.
_KEPT = ("date", "month")


class DoctorView(Struct, frozen=True, kw_only=True):
    """A doctor of the list; ``url`` is the page to show of them."""

    url: str
    name: str
    specialty: str
    location: str


class _Part(Struct, frozen=True, kw_only=True):
    """A page of the caller's doctors."""

    doctors: tuple[Doctor, ...]
    has_search: bool
    previous_url: str | None
    next_url: str | None


class DoctorsPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``fields`` are what its search keeps.

    ``is_settings`` if the caller chooses whose settings to show: their own password is there too.
    """

    title: str
    path: str
    fields: tuple[tuple[str, str], ...]
    search: str
    has_search: bool
    is_settings: bool
    doctors: tuple[DoctorView, ...]
    previous_url: str | None
    next_url: str | None


def render_doctor_list(caller: Caller, request: Request) -> Response:
    """The doctors of the caller, with links to their schedules."""
    return _render(caller, request, _("Doctors"), "/doctors", "/slots", section=DOCTORS)


def render_schedule_choice(caller: Caller, request: Request) -> Response:
    """Let the caller choose the doctor whose schedule to show, in the view of the request."""
    return render_doctor_choice(caller, request, request.path, SCHEDULE)


def render_doctor_choice(caller: Caller, request: Request, path: str, section: str) -> Response:
    """Let the caller choose the doctor of whom ``path`` shows a page."""
    return _render(caller, request, _("Choose a doctor"), path, path, section=section)


def _render(
    caller: Caller, request: Request, title: str, path: str, target: str, *, section: str
) -> Response:
    search = search_text(request, "q") or ""
    base = url_prefix(request)
    fields = {name: value for name in _KEPT if (value := query(request, name))}
    own = f"{base}{path}"
    part = (
        _admin_part(caller, request, own, search, fields)
        if Role.ADMIN in caller.roles
        else _part(caller, request, own, search, fields)
    )
    page = DoctorsPage(
        title=title,
        path=own,
        fields=tuple(fields.items()),
        search=search,
        is_settings=section == SETTINGS,
        has_search=part.has_search,
        doctors=tuple(_view(doctor, f"{base}{target}", fields) for doctor in part.doctors),
        previous_url=part.previous_url,
        next_url=part.next_url,
    )
    return render("doctors.html", page, build_frame(request, caller, section=section))


def _admin_part(
    caller: Caller, request: Request, own: str, search: str, fields: Mapping[str, str]
) -> _Part:
    """Return a page of all doctors, in as many reads as in a small practice."""
    found = directory.find_page(caller, request)
    is_first = not query(request, "cursor")
    return _Part(
        doctors=found.doctors,
        has_search=True,
        previous_url=None if is_first else directory.page_url(own, search, None, **fields),
        next_url=directory.page_url(own, search, found.cursor, **fields) if found.cursor else None,
    )


def _part(caller: Caller, request: Request, own: str, search: str, fields: dict[str, str]) -> _Part:
    found, number = get_services().list_doctors.list_assigned(caller, search), _page_number(request)
    has_more = len(found) > number * MAX_CHOICES
    return _Part(
        doctors=tuple(found[(number - 1) * MAX_CHOICES : number * MAX_CHOICES]),
        has_search=bool(search) or len(found) > MAX_CHOICES,
        previous_url=_page_url(own, search, fields, number - 1) if number > 1 else None,
        next_url=_page_url(own, search, fields, number + 1) if has_more else None,
    )


def _view(doctor: Doctor, url: str, fields: dict[str, str]) -> DoctorView:
    return DoctorView(
        url=f"{url}?{urlencode({'doctor_id': doctor.doctor_id, **fields})}",
        name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
    )


def _page_number(request: Request) -> int:
    """Return the requested page; the first for anything that is no number."""
    text = query(request, "page") or ""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_PAGE_DIGITS
    return max(1, int(text)) if is_number else 1


def _page_url(path: str, search: str, fields: dict[str, str], number: int) -> str:
    parameters = {**({"q": search} if search else {}), **fields, "page": str(number)}
    return f"{path}?{urlencode(parameters)}"
