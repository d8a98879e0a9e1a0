"""People who sign in: the account that a name belongs to, and which of its login sessions ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import NameTakenError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.permissions import Caller


@dataclass(frozen=True, slots=True)
class Account:
    """An account of an identity provider.

    ``subject`` identifies it for good, and is unique within ``issuer`` (OpenID Connect Core 1.0,
    section 2). A name may be given to another account later.
    """

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose name it is, and since when sessions and tokens are valid.

    ``account`` is None if the name is free. ``generation`` counts how often all sessions were
    ended; a session belongs to one generation, so no two clocks are compared. Tokens have no
    generation: those issued before ``not_before`` are no longer valid. ``ended_sessions`` has the
    sessions that the person ended, by id, with the time at which each would have ended anyway.
    ``last_sign_in`` is when the latest login session began, and ``roles`` what it had; None if it
    began before that was recorded.
    """

    name: str
    account: Account | None = None
    generation: int = 0
    not_before: datetime | None = None
    ended_sessions: Mapping[str, datetime] = field(default_factory=dict)
    last_sign_in: datetime | None = None
    roles: frozenset[str] = frozenset()

    def is_linked_to(self, account: Account) -> bool:
        return self.account == account

    def require_available_to(self, account: Account) -> None:
        """Raise ``NameTakenError`` if the name belongs to another account of the same issuer.

        The names of another issuer are void: only the issuer of the settings is trusted, and after
        an operator has replaced it, its accounts have other subjects.
        """
        if self.account and self.account.issuer == account.issuer and self.account != account:
            raise NameTakenError(self.name)

    def allows_session(self, account: Account, *, session_id: str, generation: int) -> bool:
        return (
            self.is_linked_to(account)
            and generation == self.generation
            and session_id not in self.ended_sessions
        )

    def allows_token(self, issued_at: datetime | None) -> bool:
        """Return whether a token is valid that was issued then; None if it does not say when."""
        return self.not_before is None or (issued_at is not None and issued_at >= self.not_before)


class PersonAct(StrEnum):
    """What the audit log records about people."""

    SIGN_OUT = "sign_out"
    END_SESSIONS = "end_sessions"
    RELEASE_NAME = "release_name"
    INVITE = "invite"
    CHANGE_PASSWORD = "change_password"  # noqa: S105  the name of an action  # nosec B105


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAuditEntry:
    """Who ended which sessions, released a name, invited whom, or changed their password."""

    at: datetime
    act: PersonAct
    name: str
    actor: Caller
