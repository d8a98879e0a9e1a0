"""People in the table: the account of a name, its ended sessions, and completed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import PersonModifiedError, PersonNotFoundError, SignInRepeatedError
from chalicelib.domain.person import Account, Person
from chalicelib.storage import keys
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_microsecond, parse_timestamp
from chalicelib.storage.models import LoginItem, PeopleAuditItem, PersonItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.person import PersonAuditEntry
    from chalicelib.storage.table import Key


class PeopleRepository:
    """Reads and writes people.

    The writes raise ``StoreUnavailableError`` and ``OutcomeUnknownError``.
    """

    def get(self, name: str) -> Person | None:
        """Read a person; strongly consistent. Raises ``StoreUnavailableError``."""
        try:
            with translate_read_errors():
                item = PersonItem.get(keys.person_pk(name), keys.PERSON_SK, consistent_read=True)
        except DoesNotExist:
            return None
        return person_from_item(item)

    def link(self, person: Person, account: Account) -> None:
        """Give the name to the account, if the person is as it was read.

        Raises ``PersonModifiedError``.
        """
        transaction = Transaction()
        _add_link(transaction, person, account)
        transaction.commit()

    def sign_in(
        self, person: Person, account: Account, *, state: str, now: datetime, expires_at: datetime
    ) -> None:
        """Complete the sign-in with that ``state``, give the account its name, and tidy up.

        ``person`` is as it was read. Raises ``SignInRepeatedError`` if it was completed before,
        ``PersonModifiedError`` if another account has got the name.
        """
        transaction = Transaction()
        transaction.put(
            LoginItem.to_raw(
                keys.login_pk(state), keys.LOGIN_SK, expires_at=int(expires_at.timestamp())
            ),
            condition=LoginItem.pk.does_not_exist(),
            on_failure=lambda _: SignInRepeatedError(),
        )
        forgotten = {key: end for key, end in person.ended_sessions.items() if end <= now}
        if not person.is_linked_to(account):
            _add_link(transaction, person, account)
        elif forgotten:
            _add_update(
                transaction,
                person.name,
                [PersonItem.ended.delete(set(map(_format_ended, forgotten, forgotten.values())))],
                _is_linked(account),
            )
        transaction.commit()

    def end_session(
        self, entry: PersonAuditEntry, account: Account, *, session_id: str, ends_at: datetime
    ) -> None:
        """End one session, which would have ended at ``ends_at`` anyway.

        Raises ``PersonModifiedError`` if the name belongs to another account by now.
        """
        transaction = Transaction()
        _add_audit_entry(transaction, entry, suffix=session_id)
        ended = PersonItem.ended.add({_format_ended(session_id, ends_at)})
        _add_update(transaction, entry.name, [ended], _is_linked(account))
        transaction.commit()

    def end_all(self, entry: PersonAuditEntry, *, suffix: str, releases_name: bool = False) -> None:
        """End all sessions and tokens of a person; ``releases_name`` also frees the name.

        Raises ``PersonNotFoundError``.
        """
        transaction = Transaction()
        _add_audit_entry(transaction, entry, suffix=suffix)
        actions = _end_all_actions(entry)
        if releases_name:
            actions += [PersonItem.issuer.remove(), PersonItem.subject.remove()]
        transaction.update(
            _person_key(entry.name),
            actions,
            condition=PersonItem.pk.exists(),
            on_failure=lambda _: PersonNotFoundError(entry.name),
        )
        transaction.commit()

    def record(self, entry: PersonAuditEntry, *, suffix: str) -> None:
        """Add an entry to the audit log of people."""
        transaction = Transaction()
        _add_audit_entry(transaction, entry, suffix=suffix)
        transaction.commit()

    def start_generation(
        self, entry: PersonAuditEntry, person: Person, account: Account, *, suffix: str
    ) -> None:
        """End all sessions and tokens of a person, if no one else has since they were read.

        So it is known which generation begins. Raises ``PersonModifiedError``.
        """
        transaction = Transaction()
        _add_audit_entry(transaction, entry, suffix=suffix)
        condition = _is_linked(account) & _has_generation(person.generation)
        _add_update(transaction, entry.name, _end_all_actions(entry), condition)
        transaction.commit()


def _end_all_actions(entry: PersonAuditEntry) -> list[Action]:
    return [
        PersonItem.generation.add(1),
        PersonItem.not_before.set(format_microsecond(entry.at)),
        PersonItem.ended.remove(),
    ]


def _add_link(transaction: Transaction, person: Person, account: Account) -> None:
    actions: list[Action] = [
        PersonItem.kind.set(PersonItem),
        PersonItem.schema.set(1),
        PersonItem.issuer.set(account.issuer),
        PersonItem.subject.set(account.subject),
    ]
    previous = person.account
    is_unchanged = _is_linked(previous) if previous else PersonItem.subject.does_not_exist()
    _add_update(transaction, person.name, actions, is_unchanged)


def _add_update(
    transaction: Transaction, name: str, actions: list[Action], condition: Condition
) -> None:
    transaction.update(
        _person_key(name),
        actions,
        condition=condition,
        on_failure=lambda _: PersonModifiedError(),
    )


def _is_linked(account: Account) -> Condition:
    is_linked: Condition = PersonItem.subject == account.subject
    is_linked &= PersonItem.issuer == account.issuer
    return is_linked


def _has_generation(generation: int) -> Condition:
    """The first generation is not stored."""
    if generation == 0:
        return PersonItem.generation.does_not_exist()
    return PersonItem.generation == generation


def _add_audit_entry(transaction: Transaction, entry: PersonAuditEntry, *, suffix: str) -> None:
    transaction.put(
        PeopleAuditItem.to_raw(
            keys.PEOPLE_AUDIT_PK,
            keys.audit_index_sk(entry.at, suffix),
            at=format_microsecond(entry.at),
            act=str(entry.act),
            person=entry.name,
            by=entry.actor.name,
            role="+".join(sorted(entry.actor.roles)) or "none",
            client=entry.actor.client,
            subject=entry.actor.subject,
        ),
        condition=PeopleAuditItem.pk.does_not_exist(),
        on_failure=lambda _: PersonModifiedError(),
    )


def _person_key(name: str) -> Key:
    return keys.person_pk(name), keys.PERSON_SK


def person_from_item(item: PersonItem) -> Person:
    return Person(
        name=str(item.pk).removeprefix(keys.person_pk("")),
        account=Account(item.issuer, item.subject) if item.subject else None,
        generation=int(item.generation or 0),
        not_before=parse_timestamp(item.not_before) if item.not_before else None,
        ended_sessions=dict(map(_parse_ended, item.ended or ())),
    )


def _format_ended(session_id: str, ends_at: datetime) -> str:
    return f"{int(ends_at.timestamp())}~{session_id}"


def _parse_ended(text: str) -> tuple[str, datetime]:
    seconds, _, session_id = text.partition("~")
    return session_id, datetime.fromtimestamp(int(seconds), UTC)
