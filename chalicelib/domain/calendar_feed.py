"""Calendar feeds: secret addresses at which calendar programs read a doctor's slots."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.errors import (
    ConcurrentModificationError,
    NotFoundError,
    RequestRejectedError,
)
from chalicelib.domain.names import MAX_NAME_LENGTH, is_valid_name
from chalicelib.domain.slot import SlotId, SlotStatus, is_valid_doctor_id
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot

MAX_FEEDS = 20
"""The most of one doctor."""
MAX_EVENTS = 20_000
"""The most of one feed: a Lambda function's response has at most 6 MB."""
DAYS_BACK = timedelta(days=30)
"""How long past slots stay in a feed."""
_FEED_ID = re.compile(r"[0-9a-f]{12}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_SHOWN = (SlotStatus.FREE, SlotStatus.BOOKED)


class CalendarFeedNotFoundError(NotFoundError):
    """There is no such feed, or it has another address by now."""

    code = "calendar_feed_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such calendar feed"))


class CalendarFeedModifiedError(ConcurrentModificationError):
    """The feed was changed since it was read."""

    code = "calendar_feed_modified"

    def __init__(self) -> None:
        super().__init__(Text("The calendar feed has changed meanwhile"))


def require_room(count: int) -> None:
    """Raise ``RequestRejectedError`` if a doctor with so many feeds can have no other."""
    if count >= MAX_FEEDS:
        detail = Text(
            "A doctor has at most %(limit)s calendar feeds. Revoke one first.", limit=MAX_FEEDS
        )
        raise RequestRejectedError(FieldViolation("name", "too_many", detail))


def require_valid_name(name: str) -> None:
    """Raise ``RequestRejectedError`` for a name that a feed can't have."""
    if not is_valid_name(name):
        detail = Text("Enter a name of at most %(limit)s characters", limit=MAX_NAME_LENGTH)
        raise RequestRejectedError(FieldViolation("name", "invalid", detail))


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFeed:
    """A feed of one doctor; only the SHA-256 of the secret in its address is known.

    ``version`` counts its addresses.
    """

    doctor_id: str
    feed_id: str
    name: str
    created_at: datetime
    created_by: str
    secret_hash: str
    version: int = 1

    def has_secret(self, secret: str) -> bool:
        """Whether that is the secret of the current address; takes as long for every other one."""
        return compare_digest(self.secret_hash, hash_secret(secret))


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret. It has 256 random bits, so it needs no salt."""
    return sha256(secret.encode()).hexdigest()


class FeedAddress(NamedTuple):
    """What the address of a feed is made of: ``dr-lee~1f0c9ae27b35~<secret>`` as text."""

    doctor_id: str
    feed_id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> FeedAddress:
        """The reverse of ``str``. Raises ``CalendarFeedNotFoundError``."""
        doctor_id, _, rest = text.partition("~")
        feed_id, _, secret = rest.partition("~")
        if not (is_valid_doctor_id(doctor_id) and is_valid_feed_id(feed_id)):
            raise CalendarFeedNotFoundError
        if not _SECRET.fullmatch(secret):
            raise CalendarFeedNotFoundError
        return cls(doctor_id, feed_id, secret)

    def __str__(self) -> str:
        return "~".join(self)


def is_valid_feed_id(text: str) -> bool:
    """Whether the text has the form of a feed's id."""
    return _FEED_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A slot in a feed.

    ``uid`` stays the same as long as the slot has its start. ``sequence`` grows with every change
    of the slot's date (RFC 5545, section 3.8.7.4). ``saved_at`` is the date's last save, if known.
    """

    uid: str
    start: datetime
    end: datetime
    is_booked: bool
    sequence: int
    saved_at: datetime | None


def list_events(days: Iterable[Day], last: date, now: datetime) -> tuple[CalendarEvent, ...]:
    """Return the open and booked slots up to the date, in time order, at most ``MAX_EVENTS``.

    What is held or closed is left out, and so is what time off keeps from being booked.
    """
    in_range = (day.as_of(now) for day in days if day.date <= last)
    return tuple(islice((event for day in in_range for event in _events(day)), MAX_EVENTS))


def _events(day: Day) -> Iterator[CalendarEvent]:
    for start in sorted(day.slots):
        if day.slots[start].status in _SHOWN:
            yield _event(day, day.slots[start])


def _event(day: Day, slot: Slot) -> CalendarEvent:
    return CalendarEvent(
        uid=f"{SlotId(day.doctor_id, slot.start)}@medilink-slots",
        start=slot.start,
        end=slot.end,
        is_booked=slot.status is SlotStatus.BOOKED,
        sequence=day.revision,
        saved_at=day.changed_at,
    )
