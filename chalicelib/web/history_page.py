"""The page that tells a doctor who changed a date of hers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import wall_time
from chalicelib.domain.caller import Role
from chalicelib.web import auth, day_links, negotiation, rendering

if TYPE_CHECKING:
    from chalice.app import Request, Response

    from chalicelib.domain.caller import Caller
    from chalicelib.domain.saved import Saved
    from chalicelib.use_cases.manage_slots import DoctorsHistory

_ROLE_LABELS = {Role.DELEGATE: ", for the doctor", Role.ADMIN: ", as an admin"}


class ChangeView(Struct, frozen=True, kw_only=True):
    """One save, in words."""

    time: str
    iso_time: str
    author: str
    client: str
    opened: tuple[str, ...]
    withdrawn: tuple[str, ...]


class HistoryPage(Struct, frozen=True, kw_only=True):
    """Everything that the page says; ``base`` is the prefix of its links."""

    base: str
    display_name: str | None
    doctor_name: str
    time_zone: str
    date_title: str
    day_url: str
    changes: tuple[ChangeView, ...]


def render_history(caller: Caller, history: DoctorsHistory, request: Request) -> Response:
    """The page."""
    base, doctor = negotiation.url_prefix(request), history.doctor
    page = HistoryPage(
        base=base,
        display_name=auth.display_name(caller),
        doctor_name=doctor.name,
        time_zone=doctor.zone.key,
        date_title=day_links.format_date(history.date),
        day_url=day_links.day_url(base, doctor.doctor_id, history.date),
        changes=tuple(_change_view(saved, history) for saved in history.changes),
    )
    return rendering.render("history.html", page)


def _change_view(entry: Saved, history: DoctorsHistory) -> ChangeView:
    zone = history.doctor.zone
    local = entry.at.astimezone(zone)
    return ChangeView(
        time=f"{local.day} {local:%B} {local.year}, {wall_time.clock(entry.at, zone)}",
        iso_time=local.isoformat(),
        author=entry.by + _ROLE_LABELS.get(entry.role, ""),
        client="" if entry.client == "page" else f"through {entry.client}",
        opened=tuple(wall_time.called(slot, zone) for slot in entry.change.opens),
        withdrawn=tuple(wall_time.called(slot, zone) for slot in entry.change.withdraws),
    )
