"""A doctor, and the settings that clients send for one, with their validation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain import local_time, time_zones
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import EVERY_DAY, Grid
from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name, trim_name
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from chalicelib.domain.grid import ClinicSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor; ``delegates`` are the sign-in names of people who manage their slots for them.

    A doctor who is not ``is_active`` takes no bookings, and booking sites don't find them.
    ``version`` counts the changes of the settings; it is 0 if none are stored yet. While
    ``reindex_pending``, some days may still be indexed by a former specialty or location.
    ``fhir_id`` is None for those whose id is a FHIR id (see ``fhir_ids``).
    """

    doctor_id: str
    name: str
    specialty: str
    location: str
    grid: Grid
    lead_time: timedelta
    booking_window: timedelta
    delegates: frozenset[str] = frozenset()
    is_active: bool = True
    version: int = 0
    reindex_pending: bool = False
    fhir_id: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the doctor's dates. It never changes: two dates must not share an hour."""
        return self.grid.zone

    @property
    def sort_key(self) -> tuple[str, str]:
        """The key of lists in order of names."""
        return self.name.casefold(), self.doctor_id

    def last_bookable_date(self, now: datetime) -> date:
        """The last date of the booking window, in the doctor's zone."""
        return local_time.local_date(now, self.zone) + self.booking_window


SLOT_MINUTES_RANGE = (5, 240)
LEAD_MINUTES_RANGE = (0, 43_200)
WINDOW_DAYS_RANGE = (1, 730)
# Replacing them all writes 96 items, and a transaction has at most 100 actions.
MAX_DELEGATES = 48
# So that a full day fits one transaction: see ``changes.MAX_CHANGES_PER_SAVE``.
MAX_SLOTS_PER_DAY = 96
# ... where the clock is turned back on some date: 15-minute slots are then four more.
MAX_SLOTS_PER_DAY_WITH_CLOCK_CHANGES = 92
# A session has at least one slot, and may be of one weekday only.
MAX_SESSIONS = 7 * MAX_SLOTS_PER_DAY
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorSettings:
    """Settings as a client sends them; None for ``delegates`` and ``is_active`` keeps the stored.

    Blanks around names are dropped. An alias of a time zone becomes its canonical name.
    """

    doctor_id: str
    name: str
    specialty: str
    location: str
    time_zone: str
    slot_minutes: int
    sessions: tuple[ClinicSession, ...]
    lead_minutes: int
    window_days: int
    delegates: frozenset[str] | None
    is_active: bool | None = None

    def to_doctor(self) -> Doctor:
        """The doctor with these settings. Raises ``RequestRejectedError`` with every violation."""
        # Several weekdays may have the same fault.
        if violations := list(dict.fromkeys(self._violations())):
            raise RequestRejectedError(*violations)
        return Doctor(
            doctor_id=self.doctor_id,
            name=trim_name(self.name),
            specialty=trim_name(self.specialty),
            location=trim_name(self.location),
            grid=Grid(
                sessions=self._sorted_sessions(),
                slot_length=self.slot_minutes * _MINUTE,
                zone=ZoneInfo(time_zones.canonical_name(self.time_zone)),
            ),
            lead_time=self.lead_minutes * _MINUTE,
            booking_window=timedelta(days=self.window_days),
            delegates=self.trimmed_delegates or frozenset(),
            is_active=self.is_active is not False,
        )

    @property
    def trimmed_delegates(self) -> frozenset[str] | None:
        """The delegates' names without blanks around them; None to keep the stored ones."""
        return None if self.delegates is None else frozenset(map(trim_name, self.delegates))

    def _sorted_sessions(self) -> tuple[ClinicSession, ...]:
        return tuple(sorted(self.sessions, key=lambda s: (s.start, s.end, sorted(s.weekdays))))

    def _violations(self) -> Iterator[FieldViolation]:
        for field in ("name", "specialty", "location"):
            if not is_valid_name(trim_name(getattr(self, field))):
                yield _invalid_field(
                    field,
                    Text(
                        "%(field)s must have %(expected)s", field=field, expected=_NAME_DESCRIPTION
                    ),
                )
        if not time_zones.is_time_zone(self.time_zone):
            yield _invalid_field(
                "time_zone", Text("Unknown time zone: %(name)s", name=self.time_zone)
            )
        for field, (least, most) in (
            ("slot_minutes", SLOT_MINUTES_RANGE),
            ("lead_minutes", LEAD_MINUTES_RANGE),
            ("window_days", WINDOW_DAYS_RANGE),
        ):
            if not least <= getattr(self, field) <= most:
                yield _invalid_field(
                    field,
                    Text(
                        "%(field)s must be from %(least)s to %(most)s",
                        field=field,
                        least=least,
                        most=most,
                    ),
                )
        if not all(map(is_valid_name, self.trimmed_delegates or ())):
            detail = Text(
                "A delegate's sign-in name must have %(expected)s", expected=_NAME_DESCRIPTION
            )
            yield _invalid_field("delegates", detail)
        yield from self._session_violations()

    def _session_violations(self) -> Iterator[FieldViolation]:
        if not self.sessions:
            yield _invalid_field("sessions", Text("Add at least one session"))
        backwards = [session for session in self.sessions if session.start >= session.end]
        for session in backwards:
            yield _invalid_field(
                "sessions", Text("%(session)s ends before it starts", session=session)
            )
        if backwards or not SLOT_MINUTES_RANGE[0] <= self.slot_minutes <= SLOT_MINUTES_RANGE[1]:
            return
        length = self.slot_minutes * _MINUTE
        for session in self.sessions:
            if (session.end - session.start) % length:
                detail = Text(
                    "%(session)s can't be divided into %(minutes)s-minute slots",
                    session=session,
                    minutes=self.slot_minutes,
                )
                yield _invalid_field("sessions", detail)
        for day in sorted(EVERY_DAY):
            yield from self._weekday_violations(
                [session for session in self._sorted_sessions() if day in session.weekdays]
            )

    def _weekday_violations(self, sessions: Sequence[ClinicSession]) -> Iterator[FieldViolation]:
        for one, other in pairwise(sessions):
            if other.start < one.end:
                yield _invalid_field(
                    "sessions", Text("%(one)s and %(other)s overlap", one=one, other=other)
                )
        length = self.slot_minutes * _MINUTE
        count = sum((session.end - session.start) // length for session in sessions)
        if count > MAX_SLOTS_PER_DAY:
            yield _invalid_field(
                "sessions",
                Text(
                    "A day can have at most %(limit)s slots (these sessions make %(count)s)",
                    limit=MAX_SLOTS_PER_DAY,
                    count=count,
                ),
            )


_NAME_DESCRIPTION = Text(
    "1 to %(limit)s visible characters, and none that change the direction of text",
    limit=MAX_NAME_LENGTH,
)


def require_few_delegates(doctor: Doctor) -> None:
    """Raise ``RequestRejectedError`` if the doctor has more delegates than a doctor can have."""
    if len(doctor.delegates) > MAX_DELEGATES:
        detail = Text(
            "%(name)s can have at most %(limit)s delegates", name=doctor.name, limit=MAX_DELEGATES
        )
        raise RequestRejectedError(_invalid_field("delegates", detail))


def require_day_can_be_saved(doctor: Doctor, today: date) -> None:
    """Raise ``RequestRejectedError`` if a day is too long where the clock is turned back.

    It does not concern a grid that is stored already: such a day can be saved in two saves.
    """
    limit = MAX_SLOTS_PER_DAY_WITH_CLOCK_CHANGES
    count = doctor.grid.max_slots_per_day
    if count > limit and time_zones.has_clock_changes(doctor.zone, today):
        detail = Text(
            "A day can have at most %(limit)s slots in a time zone whose clocks change "
            "(these sessions make %(count)s)",
            limit=limit,
            count=count,
        )
        raise RequestRejectedError(_invalid_field("sessions", detail))


def _invalid_field(field: str, detail: str) -> FieldViolation:
    return FieldViolation(field, "invalid", detail)
