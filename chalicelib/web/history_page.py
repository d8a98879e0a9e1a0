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

_AS = {Role.DELEGATE: ", for the doctor", Role.ADMIN: ", as an admin"}


class DrawnChange(Struct, frozen=True, kw_only=True):
    """One save, in words."""

    at: str
    at_machine: str
    by: str
    client: str
    opened: tuple[str, ...]
    withdrawn: tuple[str, ...]


class HistoryPage(Struct, frozen=True, kw_only=True):
    """Everything that the page says; ``base`` is the prefix of its links."""

    base: str
    signed_in_as: str | None
    doctor_name: str
    time_zone: str
    date_title: str
    day_url: str
    changes: tuple[DrawnChange, ...]


def answer(caller: Caller, history: DoctorsHistory, request: Request) -> Response:
    """The page."""
    base, doctor = negotiation.base(request), history.doctor
    page = HistoryPage(
        base=base,
        signed_in_as=auth.signed_in_as(caller),
        doctor_name=doctor.name,
        time_zone=doctor.zone.key,
        date_title=day_links.title(history.date),
        day_url=day_links.to_day(base, doctor.doctor_id, history.date),
        changes=tuple(_drawn(saved, history) for saved in history.changes),
    )
    return rendering.html("history.html", page)


def _drawn(saved: Saved, history: DoctorsHistory) -> DrawnChange:
    zone = history.doctor.zone
    local = saved.at.astimezone(zone)
    return DrawnChange(
        at=f"{local.day} {local:%B} {local.year}, {wall_time.clock(saved.at, zone)}",
        at_machine=local.isoformat(),
        by=saved.by + _AS.get(saved.role, ""),
        client="" if saved.client == "page" else f"through {saved.client}",
        opened=tuple(wall_time.called(slot, zone) for slot in saved.change.opens),
        withdrawn=tuple(wall_time.called(slot, zone) for slot in saved.change.withdraws),
    )
