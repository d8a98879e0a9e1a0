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
from chalicelib.web.day_boxes import Pencil

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain import day
    from chalicelib.domain.errors import Refused
    from chalicelib.domain.ticks import DrawnTicks
    from chalicelib.use_cases.manage_slots import DoctorsDay
    from chalicelib.web.day_boxes import DrawnSession


class Message(Struct, frozen=True, kw_only=True):
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
    signed_in_as: str | None
    next_url: str | None
    earliest_date: str
    latest_date: str
    version: int
    request_id: str
    sessions: tuple[DrawnSession, ...]
    free: int
    booked: int
    held: int
    message: Message | None
    errors: tuple[str, ...]
    news: tuple[str, ...]

    @property
    def etag(self) -> str:
        """Of the boxes as the store has them, whatever is said of them or left unsaved."""
        stored = [
            (
                session.legend,
                [structs.replace(box, ticked=box.shown, error=None) for box in session.boxes],
            )
            for session in self.sessions
        ]
        return representations.etag(self.version, stored)


def draw(
    seen: DoctorsDay,
    *,
    base: str,
    signed_in_as: str | None = None,
    message: Message | None = None,
    left: DrawnTicks | None = None,
    refused: Refused | None = None,
    news: Sequence[str] = (),
) -> DayPage:
    """The page of a day.

    ``left`` is the form as the doctor left it: boxes that she touched stay so where they still can,
    all others follow the store. ``refused`` is why her save was not done.
    """
    doctor, on = seen.doctor, seen.day.date
    boxes = seen.day.boxes(doctor.grid)
    pencil = Pencil(seen, left, _reasons(refused))
    statuses = [box.slot.status for box in boxes]

    def url(to: date) -> str:
        return day_links.to_day(base, doctor.doctor_id, to)

    return DayPage(
        base=base,
        doctor_id=doctor.doctor_id,
        doctor_name=doctor.name,
        specialty=doctor.specialty,
        location=doctor.location,
        time_zone=doctor.zone.key,
        date=on.isoformat(),
        date_title=day_links.title(on),
        previous_url=url(on - _A_DAY) if on > wall_time.EARLIEST_DATE else None,
        today_url=url(wall_time.local_date(seen.now, doctor.zone)),
        history_url=day_links.to_history(base, doctor.doctor_id, on),
        signed_in_as=signed_in_as,
        next_url=url(on + _A_DAY) if on < wall_time.LATEST_DATE else None,
        earliest_date=wall_time.EARLIEST_DATE.isoformat(),
        latest_date=wall_time.LATEST_DATE.isoformat(),
        version=seen.day.version,
        request_id=uuid4().hex,
        sessions=tuple(pencil.sessions(boxes)),
        free=statuses.count(SlotStatus.FREE),
        booked=statuses.count(SlotStatus.BOOKED),
        held=statuses.count(SlotStatus.HELD),
        message=message,
        errors=_homeless(refused, {box.slot.start for box in boxes}),
        news=tuple(news),
    )


def news(before: day.Day, left: DrawnTicks, drawn_version: int, zone: ZoneInfo) -> tuple[str, ...]:
    """What others saved since the page was drawn, apart from what the doctor herself touched."""
    if before.version == drawn_version:
        return ()
    free = {start for start, slot in before.slots.items() if slot.status is SlotStatus.FREE}
    added = sorted(free - left.shown - left.touched)
    gone = sorted(left.shown - free - left.touched)
    told = {"New, by someone else": added, "No longer free, by someone else": gone}
    return tuple(
        f"{what}: {_some([wall_time.clock(start, zone) for start in starts])}"
        for what, starts in told.items()
        if starts
    )


def _some(names: Sequence[str]) -> str:
    """The first few, and how many more: the boxes themselves show them all."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


_MOST_NAMES = 4
_A_DAY = timedelta(days=1)


def _reasons(refused: Refused | None) -> dict[datetime, str]:
    faults = refused.faults if refused else ()
    return {
        fault.start: fault.detail
        for fault in faults
        if not isinstance(fault, FieldFault) and not isinstance(fault.start, str)
    }


def _homeless(refused: Refused | None, drawn: set[datetime]) -> tuple[str, ...]:
    """The reasons that no box of the page can show."""
    faults = refused.faults if refused else ()
    return tuple(
        fault.detail
        for fault in faults
        if isinstance(fault, FieldFault) or fault.start not in drawn
    )
