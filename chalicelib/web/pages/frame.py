"""The frame of every page: the way home, to the other sections, to other doctors, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.permissions import Role
from chalicelib.use_cases.list_doctors import ManageableDoctors
from chalicelib.web.http.request import url_prefix
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller

SCHEDULE = "schedule"
CHANGES = "changes"
SETTINGS = "settings"
DOCTORS = "doctors"
CLOSURES = "closures"
PEOPLE = "people"
PRACTICE = "practice"
REPORTS = "reports"


class NavLink(Struct, frozen=True, kw_only=True):
    """A link to a section; the page that is shown may belong to it."""

    label: str
    url: str
    is_current: bool


class DoctorOption(Struct, frozen=True, kw_only=True):
    """A doctor to choose."""

    doctor_id: str
    name: str
    is_current: bool


class Switcher(Struct, frozen=True, kw_only=True):
    """The form that shows the same page of another doctor.

    ``fields`` are what it keeps, such as the date. Without ``options`` it searches for a name: the
    doctors are too many for a list.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    options: tuple[DoctorOption, ...]


class Frame(Struct, frozen=True, kw_only=True):
    """The values of the layout; ``person`` is None without sign-in."""

    base: str
    person: str | None = None
    links: tuple[NavLink, ...] = ()
    switcher: Switcher | None = None

    @property
    def home_url(self) -> str:
        return f"{self.base}/slots"


def build_frame(
    request: Request,
    caller: Caller,
    *,
    section: str = "",
    doctor: Doctor | None = None,
    path: str = "/slots",
    fields: Mapping[str, str] | None = None,
) -> Frame:
    """Build the frame of a page of that section, and of that doctor if it shows one.

    ``path`` is the page to show of another doctor, and ``fields`` what the switch keeps.
    """
    base, offered = url_prefix(request), _list_choices(caller)
    return Frame(
        base=base,
        person=get_services().auth.display_name(caller),
        links=_links(base, caller, section, doctor, offered),
        switcher=_switcher(offered, doctor, f"{base}{path}", fields or {}),
    )


def build_frame_of_session(request: Request) -> Frame:
    """Build the frame from the session of the request alone, as an error page must: no reads."""
    services = get_services()
    session = services.auth.read_session(request)
    caller = session.to_caller() if session else services.local_caller
    base = url_prefix(request)
    if caller is None:
        return Frame(base=base)
    offered = services.list_doctors.peek(caller) or ManageableDoctors()
    return Frame(
        base=base,
        person=session.name if session else None,
        links=_links(base, caller, "", None, offered),
        switcher=_switcher(offered, None, f"{base}/slots", {}),
    )


def build_plain_frame(request: Request) -> Frame:
    """Build the frame of a page for people who are not signed in."""
    return Frame(base=url_prefix(request))


def _list_choices(caller: Caller) -> ManageableDoctors:
    """Return the doctors of the switcher; none rather than no page if they can't be read."""
    try:
        return get_services().list_doctors.list_choices(caller)
    except StoreUnavailableError:
        return ManageableDoctors()


def _links(
    base: str, caller: Caller, section: str, doctor: Doctor | None, offered: ManageableDoctors
) -> tuple[NavLink, ...]:
    if not caller.can_manage_any:
        return ()
    query = f"?{urlencode({'doctor_id': doctor.doctor_id})}" if doctor else ""
    pages = [
        (SCHEDULE, _("Schedule"), f"/slots{query}"),
        (CHANGES, _("Changes"), f"/changes{query}"),
        (SETTINGS, _("Settings"), f"/settings{query}"),
    ]
    is_admin = Role.ADMIN in caller.roles
    if is_admin:
        pages.append((DOCTORS, _("Doctors"), "/doctors"))
        pages.append((PEOPLE, _("People"), "/people"))
    if is_admin or len(offered.doctors) > 1:
        pages.append((PRACTICE, _("Practice"), "/practice"))
    if is_admin:
        pages.append((CLOSURES, _("Closures"), "/closures"))
    pages.append((REPORTS, _("Reports"), "/reports"))
    return tuple(
        NavLink(label=label, url=f"{base}{path}", is_current=name == section)
        for name, label, path in pages
    )


def _switcher(
    offered: ManageableDoctors,
    doctor: Doctor | None,
    action: str,
    fields: Mapping[str, str],
) -> Switcher | None:
    """Return the form; None for those who can manage one doctor at most."""
    doctors = {each.doctor_id: each for each in (*offered.doctors, *([doctor] if doctor else []))}
    if len(doctors) < 2:  # noqa: PLR2004  one doctor is no choice
        return None
    listed = doctors.values() if offered.is_complete else ()
    return Switcher(
        action=action,
        fields=tuple(fields.items()),
        options=tuple(
            DoctorOption(
                doctor_id=each.doctor_id,
                name=each.name,
                is_current=doctor is not None and each.doctor_id == doctor.doctor_id,
            )
            for each in sorted(listed, key=lambda each: each.sort_key)
        ),
    )
