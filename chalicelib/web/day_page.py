"""What the Manage Slots page shows of a day: the values that its templates are given."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from msgspec import Struct, structs

from chalicelib.domain import wall_time
from chalicelib.domain.faults import FieldFault
from chalicelib.domain.slot import SlotStatus
from chalicelib.web import day_links, representations
from chalicelib.web.day_boxes import SlotViewBuilder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain import day
    from chalicelib.domain.errors import Refused
    from chalicelib.domain.ticks import DrawnTicks
    from chalicelib.use_cases.manage_slots import DoctorsDay
    from chalicelib.web.day_boxes import SessionView


class FlashMessage(Struct, frozen=True, kw_only=True):
    """``kind`` is success, info or error."""

    text: str
    kind: str


class DayPage(Struct, frozen=True, kw_only=True):
    """Everything that the page says; ``base`` is the prefix of its links."""

    base: str
    doctor_id: str
    doctor_name: str
    specialty: str
    location: str
    time_zone: str
    date: str
    date_title: str
    previous_url: str | None
    today_url: str
    history_url: str
    display_name: str | None
    next_url: str | None
    earliest_date: str
    latest_date: str
    version: int
    request_id: str
    sessions: tuple[SessionView, ...]
    free_count: int
    booked_count: int
    held_count: int
    message: FlashMessage | None
    errors: tuple[str, ...]
    news: tuple[str, ...]

    @property
    def etag(self) -> str:
        """Of the boxes as the store has them, whatever is said of them or left unsaved."""
        stored = [
            (
                session.legend,
                [structs.replace(box, is_checked=box.is_free, error=None) for box in session.slots],
            )
            for session in self.sessions
        ]
        return representations.etag(self.version, stored)


def build_day_page(
    view: DoctorsDay,
    *,
    base: str,
    display_name: str | None = None,
    message: FlashMessage | None = None,
    form: DrawnTicks | None = None,
    error: Refused | None = None,
    news: Sequence[str] = (),
) -> DayPage:
    """The page of a day.

    ``left`` is the form as the doctor left it: boxes that she touched stay so where they still can,
    all others follow the store. ``refused`` is why her save was not done.
    """
    doctor, on = view.doctor, view.day.date
    boxes = view.day.boxes(doctor.grid)
    pencil = SlotViewBuilder(view, form, _violation_by_start(error))
    statuses = [box.slot.status for box in boxes]

    def url(to: date) -> str:
        return day_links.day_url(base, doctor.doctor_id, to)

    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        date=on.isoformat(),
        date_title=day_links.format_date(on),
        previous_url=url(on - _ONE_DAY) if on > wall_time.EARLIEST_DATE else None,
        today_url=url(wall_time.local_date(view.now, doctor.zone)),
        history_url=day_links.history_url(base, doctor.doctor_id, on),
        display_name=display_name,
        next_url=url(on + _ONE_DAY) if on < wall_time.LATEST_DATE else None,
        earliest_date=wall_time.EARLIEST_DATE.isoformat(),
        latest_date=wall_time.LATEST_DATE.isoformat(),
        version=view.day.version,
        request_id=uuid4().hex,
        sessions=tuple(pencil.build_sessions(boxes)),
        free_count=statuses.count(SlotStatus.FREE),
        booked_count=statuses.count(SlotStatus.BOOKED),
        held_count=statuses.count(SlotStatus.HELD),
        message=message,
        errors=_violations_without_slot(error, {box.slot.start for box in boxes}),
        news=tuple(news),
    )


def changes_since_render(
    previous: day.Day, form: DrawnTicks, rendered_version: int, zone: ZoneInfo
) -> tuple[str, ...]:
    """What others saved since the page was drawn, apart from what the doctor herself touched."""
    if previous.version == rendered_version:
        return ()
    free = {start for start, slot in previous.slots.items() if slot.status is SlotStatus.FREE}
    added = sorted(free - form.shown - form.touched)
    gone = sorted(form.shown - free - form.touched)
    told = {"New, by someone else": added, "No longer free, by someone else": gone}
    return tuple(
        f"{what}: {_shorten([wall_time.clock(start, zone) for start in starts])}"
        for what, starts in told.items()
        if starts
    )


def _shorten(names: Sequence[str]) -> str:
    """The first few, and how many more: the boxes themselves show them all."""
    more = len(names) - MAX_LISTED
    return ", ".join(names[:MAX_LISTED]) + (f" and {more} more" if more > 0 else "")


MAX_LISTED = 4
_ONE_DAY = timedelta(days=1)


def _violation_by_start(error: Refused | None) -> dict[datetime, str]:
    faults = error.faults if error else ()
    return {
        fault.start: fault.detail
        for fault in faults
        if not isinstance(fault, FieldFault) and not isinstance(fault.start, str)
    }


def _violations_without_slot(error: Refused | None, starts: set[datetime]) -> tuple[str, ...]:
    """The reasons that no box of the page can show."""
    faults = error.faults if error else ()
    return tuple(
        fault.detail
        for fault in faults
        if isinstance(fault, FieldFault) or fault.start not in starts
    )
