"""The audit log: who changed what of a doctor, when, and through which client.

It never contains patient data: no patient reference, no holder, no booking id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.domain.slot import SlotOrigin, is_valid_doctor_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.permissions import Caller, Role
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.time_off import BlockedStretch


_MICROSECOND = timedelta(microseconds=1)
_INSTANT_FORMAT = "%Y%m%dT%H%M%S%fZ"
_SUFFIX = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)
# The part of a change id in the place of the date, for an act without one; sorts after every date.
WITHOUT_DATE = "SETTINGS"
CALENDAR_FEED = "calendar_feed"
"""The setting in an entry about a calendar feed of the doctor; its value is the feed's name."""


class ChangeKind(StrEnum):
    """What kind of act an entry records."""

    SAVE = "save"
    SERIES = "series"
    TIME_OFF = "time_off"
    IMPORT = "import"
    HOURS = "hours"
    UNDO = "undo"
    BOOKING = "booking"
    MOVE = "move"
    CANCELLATION = "cancellation"
    DESK = "desk"
    RELEASE = "release"
    DISRUPTION = "disruption"
    REVOKE = "revoke"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acted: the caller's name, and the role in which they acted on this doctor.

    ``client`` is the client id, or ``page`` for the web page. ``subject`` is the ``sub`` of the
    identity provider; a machine client has none.
    """

    name: str
    role: Role
    client: str
    subject: str | None = None

    @classmethod
    def of(cls, caller: Caller, role: Role) -> Actor:
        """Return the caller as an actor in that role."""
        return cls(name=caller.name, role=role, client=caller.client, subject=caller.subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """The value of one setting before and after, as in JSON; ``before`` is None if it is new."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLogEntry:
    """One act on one date of a doctor, or on the doctor's settings (``date`` is None).

    ``at`` is later than every earlier act on the same slots, to the microsecond, so the entries of
    a date replayed in order give the stored day. ``suffix`` makes the key unique among acts of one
    instant: the request id of a save, the start of the slot (``format_start``) for an act on one.

    ``opened``, ``closed``, ``booked`` and ``cancelled`` are slots of this date as they are after
    the act; a closed slot is as it was before. ``affected`` are slots whose hold was released, or
    whose booking was disrupted or is so no longer. A cancelled slot is closed (status unavailable)
    if its booking was disrupted. A move within one date is one entry with ``booked`` and
    ``cancelled``. A move between two dates or doctors is an entry for each: that of the old slot
    has ``cancelled`` and ``moved_to``, that of the new one ``booked`` and ``moved_from``.

    ``kept`` is what a plan or an undo left alone. ``plan_id`` is the plan that made the change.
    ``undoes`` is the id of the change that an undo inverts. ``blocked`` is the stretch that time
    off has set on the date, ``unblocked`` the one that was lifted.
    """

    doctor_id: str
    at: datetime
    kind: ChangeKind
    actor: Actor
    suffix: str
    date: date | None = None
    opened: tuple[Slot, ...] = ()
    closed: tuple[Slot, ...] = ()
    booked: tuple[Slot, ...] = ()
    cancelled: tuple[Slot, ...] = ()
    affected: tuple[Slot, ...] = ()
    moved_from: SlotId | None = None
    moved_to: SlotId | None = None
    reason: str | None = None
    settings: Mapping[str, SettingChange] | None = None
    kept: tuple[KeptSlot, ...] = ()
    plan_id: str | None = None
    undoes: str | None = None
    blocked: BlockedStretch | None = None
    unblocked: BlockedStretch | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the act changed and kept nothing, as a plan does on a date with nothing to do."""
        slots = (*self.opened, *self.closed, *self.booked, *self.cancelled, *self.affected)
        return not (slots or self.kept or self.settings or self.blocked or self.unblocked)

    @property
    def is_of_doctor_settings(self) -> bool:
        """Whether the act made a version of the doctor's settings; one on a feed makes none."""
        return self.kind is ChangeKind.SETTINGS and CALENDAR_FEED not in (self.settings or ())

    @property
    def change_id(self) -> str:
        """The id that clients see; safe in a URL, and opaque to them."""
        return change_id_of(self.doctor_id, self.date, origin_of(self.at, self.suffix))


class ChangeId(NamedTuple):
    """A change's id in parts; see ``AuditLogEntry.change_id``."""

    doctor_id: str
    date: date
    at: datetime
    suffix: str

    @classmethod
    def parse(cls, text: str) -> ChangeId:
        """Return the parts of the id of a date's change. Raises ``ValueError`` for other text."""
        doctor_id, date_text, instant, suffix = text.split("~", 3)
        parsed = cls(
            doctor_id,
            date.fromisoformat(date_text),
            parse_audit_instant(instant),
            suffix,
        )
        if (
            str(parsed) != text
            or not _SUFFIX.fullmatch(suffix)
            or not is_valid_doctor_id(doctor_id)
        ):
            raise ValueError(text)
        return parsed

    def __str__(self) -> str:
        return change_id_of(self.doctor_id, self.date, origin_of(self.at, self.suffix))


def change_id_of(doctor_id: str, date: date | None, origin: SlotOrigin) -> str:
    """Return the id of the change that opened a slot of that date; None is an act without one."""
    return f"{doctor_id}~{date.isoformat() if date else WITHOUT_DATE}~{origin.change}"


def origin_of(at: datetime, suffix: str, series_id: str | None = None) -> SlotOrigin:
    """Return the origin of the slots that an act of that instant opens, for a series or by hand."""
    return SlotOrigin(f"{format_audit_instant(at)}~{suffix}", series_id)


def format_audit_instant(at: datetime) -> str:
    """Return the microsecond in UTC, in letters and digits: ``20261127T225457123456Z``."""
    return at.astimezone(UTC).strftime(_INSTANT_FORMAT)


def parse_audit_instant(text: str) -> datetime:
    """Reverse ``format_audit_instant``. Raises ``ValueError`` for text that is no instant."""
    return datetime.strptime(text, _INSTANT_FORMAT).replace(tzinfo=UTC)


def next_instant(now: datetime, *earlier: datetime | None) -> datetime:
    """Return ``now``, or the first microsecond after all ``earlier`` acts, whichever is later.

    Clocks of two processes differ, and one process may act twice in a microsecond: the order of the
    audit log must not depend on that.
    """
    return max([now, *(at + _MICROSECOND for at in earlier if at is not None)])
