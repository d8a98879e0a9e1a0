"""Sign people in and out, and decide whether their sessions and tokens are still valid."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.permissions import Permission
from chalicelib.domain.person import Person, PersonAct, PersonAuditEntry
from chalicelib.use_cases.retry import busy_after_conflicts, retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.person import Account
    from chalicelib.storage.people_cache import PeopleCache
    from chalicelib.storage.people_repository import PeopleRepository

# Longer than a sign-in may take: until then, it must not be completed again.
_LOGIN_RETENTION = timedelta(hours=1)


class ManagePeople:
    """People and their sessions.

    A name belongs to the first account that signs in with it, until an admin releases it: another
    account with the same name, perhaps of another person, must not get its schedule. Reads that
    decide on a request may be ten seconds old. All methods raise ``StoreUnavailableError``, and
    those that write ``OutcomeUnknownError``.
    """

    def __init__(
        self,
        people: PeopleRepository,
        cache: PeopleCache,
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._people = people
        self._cache = cache
        self._now = now
        self._pause = pause

    @busy_after_conflicts()
    def sign_in(
        self, name: str, account: Account, *, state: str, roles: Collection[str] = ()
    ) -> Person:
        """Complete a sign-in, and return the person whose session begins with these roles.

        Raises ``NameTakenError``, or ``SignInRepeatedError`` if it was completed before.
        """
        return retry_on_conflict(
            partial(self._try_sign_in, name, account, state, roles), self._pause
        )

    def _try_sign_in(
        self, name: str, account: Account, state: str, roles: Collection[str]
    ) -> Person:
        person = self._people.get(name) or Person(name=name)
        person.require_available_to(account)
        now = self._now()
        self._people.sign_in(
            person, account, roles, state=state, now=now, expires_at=now + _LOGIN_RETENTION
        )
        self._cache.discard(name)
        return person

    def is_session_valid(
        self, name: str, account: Account, *, session_id: str, generation: int
    ) -> bool:
        """Return whether a session goes on: not ended, and the name is still the account's."""
        person = self._cache.get(name)
        return person is not None and person.allows_session(
            account, session_id=session_id, generation=generation
        )

    @busy_after_conflicts()
    def is_token_valid(self, name: str, account: Account, issued_at: datetime | None) -> bool:
        """Return whether a person's bearer token is valid; its account gets a name that is free.

        Raises ``NameTakenError``.
        """
        person = self._cache.get(name) or Person(name=name)
        if not person.allows_token(issued_at):
            return False
        person.require_available_to(account)
        if not person.is_linked_to(account):
            retry_on_conflict(partial(self._try_link, name, account), self._pause)
        return True

    def _try_link(self, name: str, account: Account) -> None:
        person = self._people.get(name) or Person(name=name)
        person.require_available_to(account)
        if not person.is_linked_to(account):
            self._people.link(person, account)
        self._cache.discard(name)

    @busy_after_conflicts()
    def end_session(
        self,
        caller: Caller,
        account: Account,
        *,
        session_id: str,
        generation: int,
        ends_at: datetime,
    ) -> None:
        """End one session of the caller, in this process at once. Has no effect if it is over."""

        def attempt() -> None:
            person = self._people.get(caller.name)
            if person is None or not person.allows_session(
                account, session_id=session_id, generation=generation
            ):
                return
            entry = self._entry(PersonAct.SIGN_OUT, caller, caller.name)
            self._people.end_session(entry, account, session_id=session_id, ends_at=ends_at)

        retry_on_conflict(attempt, self._pause)
        self._cache.discard(caller.name)

    def end_sessions(self, caller: Caller, name: str) -> None:
        """End all sessions of a person, and their tokens.

        Raises ``PersonNotFoundError``, ``PermissionDeniedError``.
        """
        self._end_all(PersonAct.END_SESSIONS, caller, name)

    def release_name(self, caller: Caller, name: str) -> None:
        """End all sessions of a person, and let the next account that signs in have the name.

        Raises ``PersonNotFoundError``, ``PermissionDeniedError``.
        """
        self._end_all(PersonAct.RELEASE_NAME, caller, name)

    @busy_after_conflicts()
    def record_invitation(self, caller: Caller, name: str) -> None:
        """Record that an admin has invited a person. Raises ``PermissionDeniedError``."""
        caller.require_permission(Permission.ADMINISTER)
        entry, suffix = self._entry(PersonAct.INVITE, caller, name), secrets.token_hex(8)
        retry_on_conflict(partial(self._people.record, entry, suffix=suffix), self._pause)

    @busy_after_conflicts()
    def record_password_change(
        self, caller: Caller, account: Account, *, session_id: str, generation: int
    ) -> int | None:
        """End all sessions and tokens of a caller who has changed their password.

        Return the generation in which the caller's session may go on; None if it was over already.
        """

        def attempt() -> int | None:
            person = self._people.get(caller.name)
            if person is None or not person.is_linked_to(account):
                return None
            entry = self._entry(PersonAct.CHANGE_PASSWORD, caller, caller.name)
            self._people.start_generation(entry, person, account, suffix=secrets.token_hex(8))
            goes_on = person.allows_session(account, session_id=session_id, generation=generation)
            return person.generation + 1 if goes_on else None

        new_generation = retry_on_conflict(attempt, self._pause)
        self._cache.discard(caller.name)
        return new_generation

    @busy_after_conflicts()
    def _end_all(self, act: PersonAct, caller: Caller, name: str) -> None:
        caller.require_permission(Permission.ADMINISTER)

        def attempt() -> None:
            self._people.end_all(
                self._entry(act, caller, name),
                suffix=secrets.token_hex(8),
                releases_name=act is PersonAct.RELEASE_NAME,
            )

        retry_on_conflict(attempt, self._pause)
        self._cache.discard(name)

    def _entry(self, act: PersonAct, caller: Caller, name: str) -> PersonAuditEntry:
        return PersonAuditEntry(at=self._now(), act=act, name=name, actor=caller)
