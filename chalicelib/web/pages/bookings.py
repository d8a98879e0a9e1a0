"""The page of a day's bookings: what is booked by whom, the desk, and the overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain import local_time
from chalicelib.domain.change_feed import ActorNames
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.use_cases.override_bookings import BookingQuery
from chalicelib.web import dates
from chalicelib.web.api.fields import MAX_REASON_LENGTH
from chalicelib.web.http.request import url_prefix
from chalicelib.web.pages import booking_links, links, messages
from chalicelib.web.pages.frame import SCHEDULE, build_frame
from chalicelib.web.pages.rendering import render
from chalicelib.web.pages.schedule_responses import clear_flash, flash_outcome
from chalicelib.web.texts import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalice.app import Request, Response

    from chalicelib.domain.booking import StoredSlot
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.save_days import DayWithDoctor
    from chalicelib.web.http.types import Headers
    from chalicelib.web.pages.schedule_view import FlashMessage


class BookingRow(Struct, frozen=True, kw_only=True):
    """A slot with its state in words, and what can be done with it.

    ``booking_id`` is that of a booking by the practice, or a new one for a free slot; no other
    booking shows its id.
    """

    slot_id: str
    time: str
    kind: str
    state: str
    note: str
    booking_id: str
    acts: tuple[str, ...]
    has_error: bool


class BookingsPage(Struct, frozen=True, kw_only=True):
    """The values of the page."""

    base: str
    doctor_id: str
    doctor_name: str
    time_zone: str
    date: str
    title: str
    rows: tuple[BookingRow, ...]
    message: FlashMessage | None
    max_reason: int
    rebooking_url: str
    back_url: str
    back_title: str


class RejectedAct(Struct, frozen=True, kw_only=True):
    """An act that was not carried out, and why."""

    slot_id: str
    message: FlashMessage
    status: int


def render_bookings(
    caller: Caller,
    doctor_id: str,
    on: date,
    request: Request,
    rejected: RejectedAct | None = None,
) -> Response:
    """Render the page; after an act that was rejected, with the reason."""
    view = get_services().manage_slots.get_day(caller, doctor_id, on)
    flash = None if rejected else flash_outcome(request)
    message = rejected.message if rejected else flash.message() if flash else None
    page = _build_page(caller, view, url_prefix(request), message, rejected)
    frame = build_frame(
        request,
        caller,
        section=SCHEDULE,
        doctor=view.doctor,
        path="/bookings",
        fields={"date": on.isoformat()},
    )
    headers: Headers = {"Set-Cookie": clear_flash(request)} if flash else {}
    status = rejected.status if rejected else 200
    return render("bookings.html", page, frame, status=status, headers=headers)


def _build_page(
    caller: Caller,
    view: DayWithDoctor,
    base: str,
    message: FlashMessage | None,
    rejected: RejectedAct | None,
) -> BookingsPage:
    doctor, on = view.doctor, view.day.date
    bookings = _read_bookings(caller, view)
    names = ActorNames(doctor=doctor, clients=get_services().settings.client_names)
    rows = _RowBuilder(view, bookings, names, Role.ADMIN in caller.roles, rejected)
    return BookingsPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        time_zone=messages.format_zone(doctor.zone),
        date=on.isoformat(),
        title=_("Bookings on %(date)s", date=dates.format_date(on)),
        rows=tuple(rows.build(view.day.slots[start]) for start in sorted(view.day.slots)),
        message=message,
        max_reason=MAX_REASON_LENGTH,
        rebooking_url=booking_links.rebooking_url(base, doctor.doctor_id),
        back_url=links.day_url(base, doctor.doctor_id, on),
        back_title=_("Back to %(date)s", date=dates.format_day_and_month(on)),
    )


def _read_bookings(caller: Caller, view: DayWithDoctor) -> Mapping[datetime, StoredSlot]:
    on = view.day.date
    wanted = BookingQuery(doctor_id=view.doctor.doctor_id, first=on, last=on)
    found = get_services().bookings.override_bookings.list_bookings(caller, wanted)
    return {stored.slot.start: stored for stored in found.bookings}


class _RowBuilder:
    def __init__(
        self,
        view: DayWithDoctor,
        bookings: Mapping[datetime, StoredSlot],
        names: ActorNames,
        is_admin: bool,  # noqa: FBT001  a value, not a switch
        rejected: RejectedAct | None,
    ) -> None:
        self._view = view
        self._bookings = bookings
        self._names = names
        self._is_admin = is_admin
        self._rejected = rejected

    def build(self, slot: Slot) -> BookingRow:
        stored = self._bookings.get(slot.start)
        slot_id = str(SlotId(self._view.doctor.doctor_id, slot.start))
        is_past = slot.has_begun(self._view.now)
        booking_id = stored.booking_id if stored and slot.is_desk_booking else None
        return BookingRow(
            slot_id=slot_id,
            time=local_time.format_range(slot, self._view.doctor.zone),
            kind=_css_kind(slot),
            state=self._describe_state(slot, stored),
            note=_describe_disruption(slot, stored),
            booking_id=booking_id or uuid4().hex,
            acts=() if is_past else tuple(self._acts(slot)),
            has_error=self._rejected is not None and self._rejected.slot_id == slot_id,
        )

    def _describe_state(self, slot: Slot, stored: StoredSlot | None) -> str:
        match slot.status:
            case SlotStatus.FREE:
                return _("Past – not booked") if slot.has_begun(self._view.now) else _("Open")
            case SlotStatus.HELD if slot.held_until:
                until = local_time.format_time(slot.held_until, self._view.doctor.zone)
                return _("Held until %(time)s", time=until)
            case SlotStatus.BOOKED if slot.is_desk_booking:
                return _("Booked by the practice")
            case SlotStatus.BOOKED if stored and stored.client:
                named = self._names.find_client(stored.client)
                client = named or _("an unnamed booking site")
                return _("Booked via %(client)s", client=client)
            case SlotStatus.BOOKED:
                return _("Booked")
            case _:
                return _("Closed")

    def _acts(self, slot: Slot) -> list[str]:
        match slot.status:
            case SlotStatus.FREE:
                return ["book"]
            case SlotStatus.HELD:
                return ["release"]
            case SlotStatus.BOOKED:
                own = ["free"] if slot.is_desk_booking else []
                mark = ["lift" if slot.is_disrupted else "disrupt"]
                removal = ["revoke"] if self._is_admin and not own else []
                return [*own, *mark, *removal]
            case _:
                return []


def _css_kind(slot: Slot) -> str:
    kinds = {SlotStatus.FREE: "free", SlotStatus.HELD: "held", SlotStatus.BOOKED: "booked"}
    return kinds.get(slot.status, "off")


def _describe_disruption(slot: Slot, stored: StoredSlot | None) -> str:
    if not slot.is_disrupted or slot.status is not SlotStatus.BOOKED:
        return ""
    if stored is None or stored.disruption is None or not stored.disruption.reason:
        return _("Needs rebooking")
    return _("Needs rebooking: %(reason)s", reason=stored.disruption.reason)
