"""The history page: who changed a date of a doctor, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.permissions import Role
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import links, messages
from chalicelib.web.pages.rendering import render

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.save_record import SaveRecord
    from chalicelib.use_cases.manage_slots import DayHistory


class ChangeView(Struct, frozen=True, kw_only=True):
    """One save in the history."""

    time: str
    iso_time: str
    author: str
    client: str
    opened: tuple[str, ...]
    closed: tuple[str, ...]


class HistoryPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``base`` is the prefix of its links."""

    base: str
    display_name: str | None
    doctor_name: str
    time_zone: str
    date_title: str
    day_url: str
    day_title: str
    changes: tuple[ChangeView, ...]


def render_history(caller: Caller, history: DayHistory, request: Request) -> Response:
    """Render the audit log of a date."""
    base, doctor = url_prefix(request), history.doctor
    page = HistoryPage(
        base=base,
        display_name=get_services().auth.display_name(caller),
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        date_title=links.format_date(history.date),
        day_url=links.day_url(base, doctor.doctor_id, history.date),
        day_title=links.format_day_and_month(history.date),
        changes=tuple(_change_view(entry, history) for entry in history.entries),
    )
    return render("history.html", page)


def _change_view(entry: SaveRecord, history: DayHistory) -> ChangeView:
    zone = history.doctor.zone
    local = entry.saved_at.astimezone(zone)
    return ChangeView(
        time=f"{local.day} {local:%B} {local.year}, {local_time.format_time(entry.saved_at, zone)}",
        iso_time=local.isoformat(),
        author=_author(entry, history.doctor.name),
        client="" if entry.client == "page" else f"via {entry.client}",
        opened=tuple(local_time.format_range(slot, zone) for slot in entry.changes.opened),
        closed=tuple(local_time.format_range(slot, zone) for slot in entry.changes.closed),
    )


def _author(entry: SaveRecord, doctor_name: str) -> str:
    match entry.role:
        case Role.DOCTOR:
            return doctor_name
        case Role.DELEGATE:
            return f"{entry.author}, on {doctor_name}'s behalf"
        case _:
            return f"{entry.author}, as an administrator"
