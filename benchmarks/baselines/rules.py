"""The rules of a schedule in plain Python, shared by all baselines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from zoneinfo import ZoneInfo

Json = dict[str, Any]
# By start: end and status. All instants are in UTC.
Slots = dict[datetime, tuple[datetime, str]]
NAME_PATTERN, KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}"), re.compile(r"[A-Za-z0-9._~-]{1,64}")


class ApiError(Exception):
    """An error response: status 400 or higher."""

    def __init__(self, status: int, detail: str, errors: Iterable[Json] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"status": status, "detail": detail, "errors": [*errors]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    doctor_id: str
    zone: ZoneInfo
    sessions: Collection[tuple[str, str]]
    length: timedelta
    lead: timedelta
    window: timedelta
    delegates: Collection[str]
    specialty: str
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """A save of one date, as requested by ``actor``.

    A plan adds attributes to the day and to the entry of the audit log.
    """

    date: date
    request_id: str
    fingerprint: str
    actor: Json
    opened: Slots
    closed: Slots
    kind: str = "save"
    day_texts: dict[str, str] = field(default_factory=dict)
    entry_texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking as a client requests it."""

    client: str
    booking_id: str
    patient_reference: str

    @property
    def actor(self) -> Json:
        """Who books, for the audit log."""
        return {"by": self.client, "role": "booking-site", "client": self.client}


def user_actor(claims: Json, role: str) -> Json:
    """Return who saves, for the audit log."""
    name, client, subject = claims["username"], claims["client_id"], claims["sub"]
    return {"by": name, "role": role, "client": client, "subject": subject}


def require_can_manage(doctor: Doctor, claims: Json) -> str:
    """Return the role in which the caller manages the doctor's slots.

    Raises:
        ApiError: The caller has no such role.
    """
    name, roles = claims.get("username", ""), claims.get("cognito:groups", ())
    if "doctor" in roles and name == doctor.doctor_id:
        return "doctor"
    if "delegate" in roles and name in doctor.delegates:
        return "delegate"
    if "admin" in roles:
        return "admin"
    raise ApiError(403, f"You cannot manage the slots of {doctor.doctor_id}")


def require_can_book(claims: Json) -> str:
    """Return the client id of a booking site.

    Raises:
        ApiError: The scope does not include bookings.
    """
    if "slots/book" not in claims["scope"].split():
        raise ApiError(403, "You cannot book slots")
    client_id: str = claims["client_id"]
    return client_id


def to_utc(date: date, local_time: str, zone: ZoneInfo) -> datetime:
    """Convert a local time to UTC.

    Raises:
        ApiError: A clock change skips or repeats the time.
    """
    hours, minutes = local_time.split(":")
    naive = datetime.combine(date, time()) + timedelta(hours=int(hours), minutes=int(minutes))
    local = naive.replace(tzinfo=zone)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ApiError(400, f"{local_time} does not exist on {date}, or exists twice")
    return local.astimezone(UTC)


def grid_starts(doctor: Doctor, date: date) -> list[datetime]:
    """List the starts of the grid slots of a date, in time order."""
    starts = []
    for first, last in doctor.sessions:
        start, end = to_utc(date, first, doctor.zone), to_utc(date, last, doctor.zone)
        while start + doctor.length <= end:
            starts.append(start)
            start += doctor.length
    return starts


def plan_changes(
    changes: Iterable[tuple[str, str]], doctor: Doctor, slots: Slots, date: date, now: datetime
) -> tuple[Slots, Slots]:
    """Validate the requested changes; return the opened and the closed slots.

    Raises:
        ApiError: The changes have violations, or there are none.
    """
    on_grid = set(grid_starts(doctor, date))
    opened: Slots = {}
    closed: Slots = {}
    violations = []
    for text, status in changes:
        start = to_utc(date, text, doctor.zone)
        if start in opened or start in closed:
            code = "repeated"
        elif start <= now:
            code = "in_past"
        elif status == "free":
            code = "slot_exists" if start in slots else "" if start in on_grid else "not_on_grid"
            opened[start] = (start + doctor.length, "free")
        elif start in slots:
            code = "" if slots[start][1] == "free" else "slot_taken"
            closed[start] = slots[start]
        else:
            code = "slot_not_found"
        if code:
            violations.append({"start": text, "code": code, "detail": f"{code}: {text}"})
    violations = violations or _overlaps(slots_after(slots, opened, closed))
    if violations or not (opened or closed):
        raise ApiError(400, "Nothing was saved", violations)
    return opened, closed


def slots_after(slots: Slots, opened: Slots, closed: Slots) -> Slots:
    """Apply a save to the slots of a day."""
    return {start: slots[start] for start in slots if start not in closed} | opened


def _overlaps(slots: Slots) -> list[Json]:
    return [
        {"start": later.isoformat(), "code": "overlaps", "detail": "overlaps"}
        for earlier, later in pairwise(sorted(slots))
        if slots[earlier][0] > later
    ]


def bookable_filter(doctor: Doctor, now: datetime) -> Callable[[datetime], bool]:
    """Return a predicate: whether a free slot with this start is in the booking window."""
    day_after = now.astimezone(doctor.zone).date() + doctor.window + timedelta(days=1)
    earliest, end = now + doctor.lead, datetime.combine(day_after, time(), doctor.zone)
    return lambda start: now < start < end and start >= earliest


def parse_slot_id(text: str) -> tuple[str, datetime]:
    """Return the doctor id and the start of the slot.

    Raises:
        ApiError: The id is malformed.
    """
    doctor_id, _, start = text.rpartition("~")
    if not NAME_PATTERN.fullmatch(doctor_id):
        raise ApiError(404, f"There is no slot {text}")
    try:
        return doctor_id, datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise ApiError(404, f"There is no slot {text}") from None


def require_match(pattern: re.Pattern[str], text: str) -> str:
    """Return ``text``.

    Raises:
        ApiError: It does not match the pattern.
    """
    if not pattern.fullmatch(text):
        raise ApiError(400, f"{text} is not valid")
    return text


def parse_date(text: str) -> date:
    """Parse an ISO 8601 date.

    Raises:
        ApiError: The text is not a date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ApiError(400, f"{text} is not a date") from None
