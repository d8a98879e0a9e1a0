"""The rules of a schedule in plain Python, as any of the peers would write them: shared by all."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
    """An answer from 400 up."""

    def __init__(self, status: int, detail: str, errors: Iterable[Json] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"status": status, "detail": detail, "errors": [*errors]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """Her settings."""

    doctor_id: str
    zone: ZoneInfo
    sessions: Collection[tuple[str, str]]
    length: timedelta
    lead: timedelta
    window: timedelta
    delegates: Collection[str]
    specialty: str
    location: str


def require_can_manage(doctor: Doctor, claims: Json) -> str:
    """As what the bearer of these claims may; raise ``Refusal`` where that is nothing."""
    name, roles = claims.get("username", ""), claims.get("cognito:groups", ())
    if "doctor" in roles and name == doctor.doctor_id:
        return "doctor"
    if "delegate" in roles and name in doctor.delegates:
        return "delegate"
    if "admin" in roles:
        return "admin"
    raise ApiError(403, f"You may not manage the slots of {doctor.doctor_id}")


def to_utc(date: date, wall_time: str, zone: ZoneInfo) -> datetime:
    """When the clock of the zone shows that."""
    hours, minutes = wall_time.split(":")
    wall = datetime.combine(date, time()) + timedelta(hours=int(hours), minutes=int(minutes))
    local = wall.replace(tzinfo=zone)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ApiError(400, f"{wall_time} is no time of {date}, or comes twice")
    return local.astimezone(UTC)


def grid_starts(doctor: Doctor, date: date) -> list[datetime]:
    """Their starts, in time order."""
    found = []
    for first, last in doctor.sessions:
        start, end = to_utc(date, first, doctor.zone), to_utc(date, last, doctor.zone)
        while start + doctor.length <= end:
            found.append(start)
            start += doctor.length
    return found


def plan_changes(
    changes: Iterable[tuple[str, str]], doctor: Doctor, slots: Slots, date: date, now: datetime
) -> tuple[Slots, Slots]:
    """What is opened and what closed; raise ``Refusal`` with all that stands against it."""
    on_grid = set(grid_starts(doctor, date))
    opens: Slots = {}
    closes: Slots = {}
    faults = []
    for text, status in changes:
        start = to_utc(date, text, doctor.zone)
        if start in opens or start in closes:
            code = "repeated"
        elif start <= now:
            code = "in_past"
        elif status == "free":
            code = "slot_exists" if start in slots else "" if start in on_grid else "not_on_grid"
            opens[start] = (start + doctor.length, "free")
        elif start in slots:
            code = "" if slots[start][1] == "free" else "slot_taken"
            closes[start] = slots[start]
        else:
            code = "slot_not_found"
        if code:
            faults.append({"start": text, "code": code, "detail": f"{code}: {text}"})
    left = {**{s: v for s, v in slots.items() if s not in closes}, **opens}
    for one, other in pairwise(sorted(left)):
        if left[one][0] > other and not faults:
            faults.append({"start": other.isoformat(), "code": "overlaps", "detail": "overlaps"})
    if faults or not (opens or closes):
        raise ApiError(400, "Nothing was saved", faults)
    return opens, closes


def bookable_filter(doctor: Doctor, now: datetime) -> Callable[[datetime], bool]:
    """Whether a free slot that begins then is: not too soon, and not too far ahead."""
    day_after = now.astimezone(doctor.zone).date() + doctor.window + timedelta(days=1)
    soonest, end = now + doctor.lead, datetime.combine(day_after, time(), doctor.zone)
    return lambda start: now < start < end and start >= soonest


def parse_slot_id(text: str) -> tuple[str, datetime]:
    """Whose slot it is, and when it begins."""
    doctor_id, _, start = text.rpartition("~")
    if not NAME_PATTERN.fullmatch(doctor_id):
        raise ApiError(404, f"There is no slot {text}")
    try:
        return doctor_id, datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        raise ApiError(404, f"There is no slot {text}") from None


def require_match(pattern: re.Pattern[str], text: str) -> str:
    """Raise ``Refusal`` unless it does."""
    if not pattern.fullmatch(text):
        raise ApiError(400, f"{text} is not valid")
    return text


def parse_date(text: str) -> date:
    """Raise ``Refusal`` where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ApiError(400, f"{text} is no date") from None
