"""The page *Needs rebooking*: disrupted bookings, and what has become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.disruptions import RebookingState
from chalicelib.domain.slot import Slot
from chalicelib.web import dates
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import booking_links, links, messages
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import clear_flash, flash_outcome
from chalicelib.web.texts import _, ngettext

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request, Response

    from chalicelib.domain.disruptions import RebookingRow
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.list_rebooking import Rebooking
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.schedule_view import FlashMessage


class RowView(Struct, frozen=True, kw_only=True):
    """A booking; ``kind`` is that of its state, for the style."""

    time: str
    state: str
    kind: str


class DayView(Struct, frozen=True, kw_only=True):
    """The bookings of a date, with a link to the page where they can be changed."""

    title: str
    url: str
    rows: tuple[RowView, ...]


class RebookingPage(Struct, frozen=True, kw_only=True):
    """The values of the page; ``all_url`` leads to all dates from the page of one."""

    doctor_name: str
    time_zone: str
    title: str
    progress: str
    done: int
    total: int
    days: tuple[DayView, ...]
    message: FlashMessage | None
    all_url: str
    back_url: str
    back_title: str


def render_rebooking(caller: Caller, doctor_id: str, on: date | None, request: Request) -> Response:
    """Render the bookings of a date, or of all dates from today on."""
    services, base = get_services(), url_prefix(request)
    found = services.bookings.list_rebooking.list_rebooking(caller, doctor_id, on)
    flash = flash_outcome(request)
    page = _build_page(found, on, base, flash.message() if flash else None)
    frame = build_frame(
        request,
        caller,
        section=SCHEDULE,
        doctor=found.doctor,
        path="/rebooking",
        fields={"date": on.isoformat()} if on else {},
    )
    headers: Headers = {"Set-Cookie": clear_flash(request)} if flash else {}
    return render("rebooking.html", page, frame, headers=headers)


def _build_page(
    found: Rebooking, on: date | None, base: str, message: FlashMessage | None
) -> RebookingPage:
    doctor = found.doctor
    shown = on or local_time.local_date(get_services().now(), doctor.zone)
    return RebookingPage(
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        title=_("Needs rebooking on %(date)s", date=dates.format_date(on))
        if on
        else _("Needs rebooking"),
        progress=describe_progress(found),
        done=found.done,
        total=found.total,
        days=tuple(_build_day(doctor, at, rows, base) for at, rows in found.days),
        message=message,
        all_url=booking_links.rebooking_url(base, doctor.doctor_id) if on else "",
        back_url=links.day_url(base, doctor.doctor_id, shown),
        back_title=_("Back to %(date)s", date=dates.format_day_and_month(shown)),
    )


def describe_progress(found: Rebooking) -> str:
    """``7 of 11 done``."""
    if not found.total:
        return _("No bookings need rebooking")
    return ngettext(
        "%(done)s of %(count)s done", "%(done)s of %(count)s done", found.total, done=found.done
    )


def _build_day(doctor: Doctor, on: date, rows: tuple[RebookingRow, ...], base: str) -> DayView:
    return DayView(
        title=dates.format_date(on),
        url=booking_links.bookings_url(base, doctor.doctor_id, on),
        rows=tuple(_build_row(row, doctor) for row in rows),
    )


def _build_row(row: RebookingRow, doctor: Doctor) -> RowView:
    return RowView(
        time=local_time.format_range(Slot(start=row.start, end=row.end), doctor.zone),
        state=_describe_state(row, doctor),
        kind=row.state.value,
    )


def _describe_state(row: RebookingRow, doctor: Doctor) -> str:
    if row.state is RebookingState.WAITING:
        return _("Needs rebooking")
    if row.moved_to is None:
        return _("Cancelled")
    if row.moved_to.doctor_id != doctor.doctor_id:
        return _("Moved to another doctor")
    start = row.moved_to.start
    on = dates.format_short_date(local_time.local_date(start, doctor.zone))
    time = local_time.format_time(start, doctor.zone)
    return _("Moved to %(date)s, %(time)s", date=on, time=time)
