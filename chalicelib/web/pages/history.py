"""The pages of changes: who changed a date, or anything, of a doctor, and when."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.change_feed import OWN_CLIENTS
from chalicelib.domain.day import KeptReason
from chalicelib.domain.permissions import Role
from chalicelib.domain.text import Text
from chalicelib.web import dates
from chalicelib.web.http.request import query, url_prefix
from chalicelib.web.pages import links, messages
from chalicelib.web.pages.frame import CHANGES, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import clear_flash, flash_outcome
from chalicelib.web.pages.setting_words import setting_labels
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.change_feed import ActorNames
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.use_cases.list_changes import Changes
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.frame import Frame
    from chalicelib.web.pages.schedule_view import FlashMessage

# Of the slots in each field of an entry, what happened to them, in plain words.
_TERMS = {
    "opened": Text("Opened"),
    "closed": Text("Closed"),
    "booked": Text("Booked"),
    "cancelled": Text("Cancelled"),
    "affected": Text("Changed"),
}
_TERMS_BY_KIND = {
    ChangeKind.MOVE: {"booked": Text("Moved here"), "cancelled": Text("Moved away")},
    ChangeKind.RELEASE: {"affected": Text("Hold ended")},
    ChangeKind.DISRUPTION: {"affected": Text("Has to be rebooked")},
    ChangeKind.REVOKE: {"cancelled": Text("Booking removed")},
}
_KEPT_TERMS = {
    KeptReason.BOOKED: Text("Left as booked"),
    KeptReason.HELD: Text("Left as held"),
    KeptReason.OPENED_BY_HAND: Text("Left as opened by hand"),
    KeptReason.CLOSED_BY_HAND: Text("Left as closed by hand"),
    KeptReason.OVERLAPS: Text("Left out, because of an overlap"),
    KeptReason.PAST: Text("Left out, as already started"),
}
_OCCASIONS = {
    ChangeKind.SERIES: Text("From the weekly pattern"),
    ChangeKind.TIME_OFF: Text("Time off"),
    ChangeKind.IMPORT: Text("Import"),
    ChangeKind.UNDO: Text("Undo"),
}


class ActView(Struct, frozen=True, kw_only=True):
    """What happened to some slots; ``where`` is the other end of a move."""

    term: str
    slots: tuple[str, ...]
    where: str = ""


class ChangeView(Struct, frozen=True, kw_only=True):
    """One entry; ``client`` is empty if the author is the client, or used the page.

    ``undo`` is the id of a change that can be undone, and ``date`` is its date.
    """

    time: str
    iso_time: str
    author: str
    client: str
    occasion: str
    reason: str
    acts: tuple[ActView, ...]
    date_title: str = ""
    date_url: str = ""
    date: str = ""
    undo: str = ""


class ChangesOfDay(Struct, frozen=True, kw_only=True):
    """The entries of one day of changes, the newest first."""

    title: str
    changes: tuple[ChangeView, ...]


class HistoryPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``base`` is the prefix of its links."""

    base: str
    doctor_name: str
    time_zone: str
    title: str
    back_url: str
    back_title: str
    older_url: str | None
    days: tuple[ChangesOfDay, ...]
    name: str
    doctor_id: str
    message: FlashMessage | None


def render_history(caller: Caller, changes: Changes, request: Request) -> Response:
    """Render the changes of the date that the search names."""
    base, doctor, date = url_prefix(request), changes.doctor, changes.search.on
    if date is None:
        raise ValueError("the history page shows one date")
    view = "week" if query(request, "view") == "week" else "day"
    flash = flash_outcome(request)
    kept = {"date": date.isoformat(), **({"view": view} if view == "week" else {})}
    older = links.history_url(base, doctor.doctor_id, date, changes.cursor, view=view)
    page = HistoryPage(
        base=base,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_("Changes to %(date)s", date=dates.format_date(date)),
        back_url=links.view_url(base, view, doctor.doctor_id, date),
        back_title=_back_title(view, date),
        older_url=older if changes.cursor else None,
        days=tuple(_group_by_day(changes, base, has_dates=False)),
        name="history",
        doctor_id=doctor.doctor_id,
        message=flash.message() if flash else None,
    )
    frame = build_frame(
        request, caller, section=CHANGES, doctor=doctor, path="/slots/history", fields=kept
    )
    return _respond(page, frame, request)


def _back_title(view: str, on: date) -> str:
    if view == "week":
        return _("Back to the week of %(date)s", date=dates.format_day_and_month(on))
    return _("Back to %(date)s", date=dates.format_day_and_month(on))


def render_changes(caller: Caller, changes: Changes, request: Request) -> Response:
    """Render the changes of all dates of a doctor, and of their settings."""
    base, doctor, flash = url_prefix(request), changes.doctor, flash_outcome(request)
    page = HistoryPage(
        base=base,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_("Changes"),
        back_url=links.landing_url(base, "day", doctor.doctor_id),
        back_title=_("Back to the schedule"),
        older_url=(
            links.changes_url(base, doctor.doctor_id, changes.cursor) if changes.cursor else None
        ),
        days=tuple(_group_by_day(changes, base, has_dates=True)),
        name="changes",
        doctor_id=doctor.doctor_id,
        message=flash.message() if flash else None,
    )
    frame = build_frame(request, caller, section=CHANGES, doctor=doctor, path="/changes")
    return _respond(page, frame, request)


def _respond(page: HistoryPage, frame: Frame, request: Request) -> Response:
    headers: Headers = {"Set-Cookie": clear_flash(request)} if page.message else {}
    return render("history.html", page, frame, headers=headers)


def _group_by_day(changes: Changes, base: str, *, has_dates: bool) -> Iterator[ChangesOfDay]:
    def local_date(entry: AuditLogEntry) -> date:
        return local_time.local_date(entry.at, changes.doctor.zone)

    for on, entries in groupby(changes.entries, key=local_date):
        yield ChangesOfDay(
            title=dates.format_date(on),
            changes=tuple(
                _change_view(entry, changes, base if has_dates else None) for entry in entries
            ),
        )


def _change_view(entry: AuditLogEntry, changes: Changes, base: str | None) -> ChangeView:
    """Return what a change shows; with a link to its date, unless ``base`` is None."""
    names = changes.names
    local = entry.at.astimezone(names.doctor.zone)
    author, client = _author(entry, names), names.name_client(entry.actor.client)
    is_shown = entry.actor.client not in OWN_CLIENTS and client != author
    return ChangeView(
        time=local_time.format_time(entry.at, names.doctor.zone),
        iso_time=local.isoformat(timespec="seconds"),
        author=author,
        client=client if is_shown else "",
        occasion=translate(_OCCASIONS.get(entry.kind, "")),
        reason=entry.reason or "",
        acts=(*_act_views(entry, names), *_kept_views(entry, names), *_settings_views(entry)),
        date=entry.date.isoformat() if entry.date else "",
        undo=entry.change_id if entry.change_id in changes.undoable else "",
        **_date_link(entry, base),
    )


def _date_link(entry: AuditLogEntry, base: str | None) -> dict[str, str]:
    if entry.date is None or base is None:
        return {}
    return {
        "date_title": dates.format_date(entry.date),
        "date_url": links.day_url(base, entry.doctor_id, entry.date),
    }


def _kept_views(entry: AuditLogEntry, names: ActorNames) -> Iterator[ActView]:
    for reason, term in _KEPT_TERMS.items():
        if kept := [each.slot for each in entry.kept if each.reason is reason]:
            yield ActView(term=translate(term), slots=_format_ranges(kept, names))


def _format_ranges(slots: Iterable[Slot], names: ActorNames) -> tuple[str, ...]:
    """Return the times of slots; those that touch are one range."""
    zone = names.doctor.zone
    return tuple(messages.merge_ranges([local_time.format_range(slot, zone) for slot in slots]))


def _settings_views(entry: AuditLogEntry) -> Iterator[ActView]:
    if entry.settings:
        labels = setting_labels()
        names = tuple(labels.get(name, name) for name in entry.settings)
        yield ActView(term=_("Changed"), slots=names)


def _act_views(entry: AuditLogEntry, names: ActorNames) -> Iterator[ActView]:
    terms = _TERMS | _TERMS_BY_KIND.get(entry.kind, {})
    wheres = {
        "booked": _moved_from(entry.moved_from, names),
        "cancelled": _moved_to(entry.moved_to, names),
    }
    for field, term in terms.items():
        if slots := getattr(entry, field):
            yield ActView(
                term=translate(term),
                slots=_format_ranges(slots, names),
                where=wheres.get(field, ""),
            )


def _moved_from(slot_id: SlotId | None, names: ActorNames) -> str:
    """Say where a booking came from: a date and time, or another doctor."""
    if slot_id is None:
        return ""
    if slot_id.doctor_id != names.doctor.doctor_id:
        return _("from another doctor")
    return _("from %(date)s, %(time)s", **_date_and_time(slot_id, names))


def _moved_to(slot_id: SlotId | None, names: ActorNames) -> str:
    """Say where a booking went, likewise."""
    if slot_id is None:
        return ""
    if slot_id.doctor_id != names.doctor.doctor_id:
        return _("to another doctor")
    return _("to %(date)s, %(time)s", **_date_and_time(slot_id, names))


def _date_and_time(slot_id: SlotId, names: ActorNames) -> dict[str, str]:
    zone = names.doctor.zone
    return {
        "date": dates.format_date(local_time.local_date(slot_id.start, zone)),
        "time": local_time.format_time(slot_id.start, zone),
    }


def _author(entry: AuditLogEntry, names: ActorNames) -> str:
    name = names.name_actor(entry.actor)
    match entry.actor.role:
        case Role.DELEGATE:
            return f"{name}, on {names.doctor.name}'s behalf"
        case Role.ADMIN:
            return f"{name}, as an administrator"
        case _:
            return name
