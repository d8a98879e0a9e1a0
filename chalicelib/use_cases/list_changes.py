"""List the changes of a doctor's days and settings, with the names of those who made them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from chalicelib.domain.change_feed import ActorNames, ChangeSearch, visible_to
from chalicelib.domain.errors import StoreUnavailableError
from chalicelib.domain.permissions import Role
from chalicelib.domain.undo import is_of_closure, may_be_undone
from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.audit_log import Actor, AuditLogEntry
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.plan_repository import PlanRepository

MAX_PAGE_SIZE = 100


class Changes(Struct, frozen=True, kw_only=True):
    """A page of changes, the newest first; ``cursor`` is that of the next page, if there is one.

    ``undoable`` has the ids of those that are not undone and have slots to come, and
    ``undoable_plans`` the ids of such plans. ``reached`` is how far back the page looked, if there
    is a next page.
    """

    search: ChangeSearch
    names: ActorNames
    entries: tuple[AuditLogEntry, ...]
    undoable: frozenset[str]
    undoable_plans: frozenset[str] = frozenset()
    cursor: str | None
    reached: datetime | None = None

    @property
    def doctor(self) -> Doctor:
        return self.names.doctor


class Author(Struct, frozen=True):
    """Who changed a slot, and when; the caller's own name is empty, None is an unnamed client."""

    name: str | None
    at: datetime


class Authors(Struct, frozen=True):
    """By the start of a slot: who opened it last, who closed it, and who booked it."""

    opened: dict[datetime, Author] = field(default_factory=dict)
    closed: dict[datetime, Author] = field(default_factory=dict)
    booked: dict[datetime, Author] = field(default_factory=dict)


class ListChanges:
    """The audit log, for those who manage the doctor's schedule.

    ``client_names`` has the display names of booking sites by client id; ``pause`` waits before a
    further attempt (see ``attempts``).
    """

    def __init__(
        self,
        audit_log: AuditLog,
        plans: PlanRepository,
        doctor_cache: DoctorCache,
        client_names: Mapping[str, str],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._now = now
        self._audit_log = audit_log
        self._plans = plans
        self._doctor_cache = doctor_cache
        self._client_names = client_names
        self._pause = pause

    def list_page(
        self,
        caller: Caller,
        search: ChangeSearch,
        *,
        limit: int = MAX_PAGE_SIZE,
        cursor: str | None = None,
        with_whole_plans: bool = False,
    ) -> Changes:
        """Return a page of the changes, without settings that the caller may not see.

        ``with_whole_plans`` counts the changes of one plan as one. None of them is ``undoable``:
        the plan is undone as a whole, if it is in ``undoable_plans``.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``, and
        ``RequestRejectedError`` for a cursor of another search.
        """

        def read() -> Changes:
            doctor = read_managed_doctor(caller, self._doctor_cache, search.doctor_id)
            names = ActorNames(doctor=doctor, clients=self._client_names)
            page = self._audit_log.list_page(
                search, names, limit=limit, cursor=cursor, with_whole_plans=with_whole_plans
            )
            entries = tuple(visible_to(caller, doctor, entry) for entry in page.entries)
            candidates = [each for each in entries if self._may_be_undone(each, caller)]
            of_plans = [each for each in candidates if with_whole_plans and each.plan_id]
            return Changes(
                search=search,
                names=names,
                entries=entries,
                undoable=self._undoable([each for each in candidates if each not in of_plans]),
                undoable_plans=self._undoable_plans(doctor.doctor_id, of_plans),
                cursor=page.cursor,
                reached=page.reached,
            )

        return retry_on_conflict(read, self._pause)

    def find_settings_authors(self, caller: Caller, doctor: Doctor, version: int) -> dict[str, str]:
        """Return who last changed each setting since that version, by its name in JSON.

        The caller's own name is empty. Returns no names if the audit log is unavailable: without
        them, the page still says what has changed.
        """
        names = ActorNames(doctor=doctor, clients=self._client_names)
        # A form can have any version: before the table was restored, there was a later one.
        count = max(0, doctor.version - version)
        try:
            entries = self._audit_log.list_settings(doctor.doctor_id, count)
        except StoreUnavailableError:
            return {}
        return {
            setting: _name_author(entry.actor, caller, names) or ""
            for entry in reversed(entries)
            for setting in entry.settings or ()
        }

    def _may_be_undone(self, entry: AuditLogEntry, caller: Caller) -> bool:
        if is_of_closure(entry) and Role.ADMIN not in caller.roles:
            return False
        return may_be_undone(entry, self._now())

    def _undoable(self, entries: Sequence[AuditLogEntry]) -> frozenset[str]:
        undone = self._audit_log.find_undone(entries)
        return frozenset(entry.change_id for entry in entries) - undone

    def _undoable_plans(self, doctor_id: str, entries: Iterable[AuditLogEntry]) -> frozenset[str]:
        plan_ids = frozenset(entry.plan_id for entry in entries if entry.plan_id)
        return plan_ids - self._plans.find_undone(doctor_id, plan_ids)

    def find_authors(self, caller: Caller, doctor: Doctor, date: date) -> Authors:
        """Return who last opened, closed and booked the slots of a date, by the latest changes.

        Returns no names if the audit log is unavailable: the outcome of a save is known by then,
        and its response must not fail because of a name.
        """
        names = ActorNames(doctor=doctor, clients=self._client_names)
        search = ChangeSearch(doctor_id=doctor.doctor_id, on=date)
        try:
            entries = self._audit_log.list_page(search, names, limit=MAX_PAGE_SIZE).entries
        except StoreUnavailableError:
            entries = ()
        authors = Authors()
        for entry in reversed(entries):
            author = Author(_name_author(entry.actor, caller, names), entry.at)
            authors.opened.update({slot.start: author for slot in entry.opened})
            authors.closed.update({slot.start: author for slot in entry.closed})
            authors.booked.update({slot.start: author for slot in entry.booked})
        return authors


def _name_author(actor: Actor, caller: Caller, names: ActorNames) -> str | None:
    if (actor.name, actor.subject) == (caller.name, caller.subject):
        return ""
    name = names.name_actor(actor)
    return None if name == actor.client else name
