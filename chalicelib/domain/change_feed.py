"""The change feed: which entries of the audit log a client lists, and whom it names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller

# The app's own clients; on a server without sign-in, requests for JSON have the second one.
OWN_CLIENTS = {"page": "Manage Slots", "local": "Local server"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorNames:
    """The names to show for the actors of one doctor; ``clients`` has display names by client id.

    The API names a client without a display name by its id; the pages don't show the id.
    """

    doctor: Doctor
    clients: Mapping[str, str] = field(default_factory=dict)

    def find_client(self, client: str) -> str | None:
        """Return the display name of the client; None if it has none."""
        return OWN_CLIENTS.get(client) or self.clients.get(client)

    def name_client(self, client: str) -> str:
        return self.find_client(client) or client

    def find_actor(self, actor: Actor) -> str | None:
        """Return the doctor's name, the booking site's if it has one, or the sign-in name."""
        match actor.role:
            case Role.DOCTOR:
                return self.doctor.name
            case Role.BOOKING_SITE | Role.READER:
                return self.find_client(actor.client)
            case _:
                return actor.name

    def name_actor(self, actor: Actor) -> str:
        return self.find_actor(actor) or actor.client

    def is_name_of(self, text: str, actor: Actor) -> bool:
        """Whether the text is a name or an id of the actor, or of their client; in any case."""
        names = (
            actor.name,
            actor.subject or "",
            actor.client,
            self.name_actor(actor),
            self.name_client(actor.client),
        )
        return text.casefold() in {name.casefold() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSearch:
    """The entries that a client lists; empty ones are never listed.

    ``on`` is the date that changed; ``first`` and ``last`` are a range of such dates, both
    included. ``by`` is a name or an id of an actor or a client. None means any.
    """

    doctor_id: str
    on: date | None = None
    first: date | None = None
    last: date | None = None
    kind: ChangeKind | None = None
    by: str | None = None

    @classmethod
    def of_dates(
        cls,
        doctor_id: str,
        on: date | None = None,
        first: date | None = None,
        last: date | None = None,
        *,
        kind: ChangeKind | None = None,
        by: str | None = None,
    ) -> ChangeSearch:
        """Return the search, by date if its range is one date.

        The feed of one date costs less than a range, and is strongly consistent.
        """
        if on is None and first == last:
            on = first
        search = cls(doctor_id=doctor_id, on=on, first=first, last=last, kind=kind, by=by)
        return replace(search, first=None, last=None) if search._includes(on) else search

    @property
    def is_selective(self) -> bool:
        """Whether the search leaves out entries that the storage cannot leave out by their key."""
        return any((self.first, self.last, self.kind, self.by))

    def matches(self, entry: AuditLogEntry, names: ActorNames) -> bool:
        return (
            not entry.is_empty
            and (self.on is None or entry.date == self.on)
            and (self.first is self.last is None or self._includes(entry.date))
            and (self.kind is None or entry.kind is self.kind)
            and (self.by is None or names.is_name_of(self.by, entry.actor))
        )

    def _includes(self, date: date | None) -> bool:
        """Return whether the range includes the date."""
        return (
            date is not None
            and (self.first is None or self.first <= date)
            and (self.last is None or date <= self.last)
        )


def group_plans(entries: Iterable[AuditLogEntry]) -> list[tuple[AuditLogEntry, ...]]:
    """Group the entries of each plan, in the place of its newest; every other entry is alone.

    A booking that someone made while a plan was running does not part the plan's entries.
    """
    groups: dict[tuple[str, str], list[AuditLogEntry]] = {}
    for entry in entries:
        is_of_plan = entry.plan_id and entry.date
        key = ("plan", entry.plan_id or "") if is_of_plan else ("change", entry.change_id)
        groups.setdefault(key, []).append(entry)
    return [tuple(group) for group in groups.values()]


def visible_to(caller: Caller, doctor: Doctor, entry: AuditLogEntry) -> AuditLogEntry:
    """Return the entry without the settings that the caller may not see.

    These are the doctor's delegates, as in the settings themselves.
    """
    if caller.can_see_delegates(doctor) or not entry.settings:
        return entry
    visible = {name: change for name, change in entry.settings.items() if name != "delegates"}
    return replace(entry, settings=visible)
