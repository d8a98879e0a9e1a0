"""What may be asked of a doctor's settings, judged as a whole."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.errors import Refused
from chalicelib.domain.faults import FieldFault
from chalicelib.domain.grid import Grid, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOT_MINUTES = (5, 240)
LEAD_MINUTES = (0, 43_200)
WINDOW_DAYS = (1, 730)
# So that a whole day fits one transaction: see ``saving.MOST_CHANGES``.
MOST_BOXES = 96
# Long enough for a name, short enough for specialty and location to be part of a key.
MOST_CHARACTERS = 100
_MINUTE = timedelta(minutes=1)
# A zone of the data that says "not set yet".
_NO_PLACES = {"Factory"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorSettings:
    """Settings as somebody wishes them; ``delegates`` None: as they are."""

    doctor_id: str
    name: str
    specialty: str
    location: str
    time_zone: str
    slot_minutes: int
    sessions: tuple[Session, ...]
    lead_minutes: int
    window_days: int
    delegates: frozenset[str] | None

    def doctor(self) -> Doctor:
        """The doctor who has them. Raises ``Refused`` with everything that stands against them."""
        if faults := list(self._faults()):
            raise Refused(*faults)
        return Doctor(
            doctor_id=self.doctor_id,
            name=self.name,
            specialty=self.specialty,
            location=self.location,
            grid=Grid(
                sessions=self._in_order(),
                slot_length=self.slot_minutes * _MINUTE,
                zone=ZoneInfo(self.time_zone),
            ),
            lead_time=self.lead_minutes * _MINUTE,
            booking_window=timedelta(days=self.window_days),
            delegates=self.delegates or frozenset(),
        )

    def _in_order(self) -> tuple[Session, ...]:
        return tuple(sorted(self.sessions, key=lambda session: (session.begins, session.ends)))

    def _faults(self) -> Iterator[FieldFault]:
        for field in ("name", "specialty", "location"):
            text = getattr(self, field)
            if not _is_name(text):
                yield _invalid(field, f"{field} must have 1 to {MOST_CHARACTERS} characters")
        if self.time_zone not in available_timezones() - _NO_PLACES:
            yield _invalid("time_zone", f"Unknown time zone {self.time_zone}")
        for field, (least, most) in (
            ("slot_minutes", SLOT_MINUTES),
            ("lead_minutes", LEAD_MINUTES),
            ("window_days", WINDOW_DAYS),
        ):
            if not least <= getattr(self, field) <= most:
                yield _invalid(field, f"{field} must be from {least} to {most}")
        if not all(map(_is_name, self.delegates or ())):
            detail = f"A delegate's sign-in name must have 1 to {MOST_CHARACTERS} characters"
            yield _invalid("delegates", detail)
        yield from self._faults_of_sessions()

    def _faults_of_sessions(self) -> Iterator[FieldFault]:
        if not self.sessions:
            yield _invalid("sessions", "There must be at least one session")
        backwards = [session for session in self.sessions if session.begins >= session.ends]
        for session in backwards:
            yield _invalid("sessions", f"Session {session} ends before it begins")
        if backwards or not SLOT_MINUTES[0] <= self.slot_minutes <= SLOT_MINUTES[1]:
            return
        length = self.slot_minutes * _MINUTE
        for session in self.sessions:
            if (session.ends - session.begins) % length:
                detail = f"Session {session} is no whole number of {self.slot_minutes} minutes"
                yield _invalid("sessions", detail)
        for one, other in pairwise(self._in_order()):
            if other.begins < one.ends:
                yield _invalid("sessions", f"Sessions {one} and {other} overlap")
        boxes = sum((session.ends - session.begins) // length for session in self.sessions)
        if boxes > MOST_BOXES:
            yield _invalid("sessions", f"At most {MOST_BOXES} boxes a day, these are {boxes}")


def _is_name(text: str) -> bool:
    """Something to read, and no line breaks or other control characters."""
    is_plain = not any(unicodedata.category(character) == "Cc" for character in text)
    return is_plain and 0 < len(text.strip()) <= len(text) <= MOST_CHARACTERS


def _invalid(field: str, detail: str) -> FieldFault:
    return FieldFault(field, "invalid", detail)
