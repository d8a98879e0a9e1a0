"""People in the table: the account of a name, its ended sessions, and completed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import PersonModifiedError, PersonNotFoundError, SignInRepeatedError
from chalicelib.domain.person import Account, Person
from chalicelib.storage import keys, pagination, table
from chalicelib.storage.decoding import decode_readable, decoder
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_microsecond, parse_optional_timestamp
from chalicelib.storage.models import SCHEMA, SharedIndex
from chalicelib.storage.people_models import LoginItem, PeopleAuditItem, PersonItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.domain.person import PersonAuditEntry
    from chalicelib.storage.table import Key


_SEARCH = "people"
_MAX_INDEXED = 100
_ROLE_SEPARATOR = "+"


class PersonPage(Struct, frozen=True):
    """``cursor`` leads to the next page; None if this is the last."""

    people: tuple[Person, ...]
    cursor: str | None


class PeopleRepository:
    """Reads and writes people.

    The writes raise ``StoreUnavailableError`` and ``OutcomeUnknownError``.
    """

    def get(self, name: str) -> Person | None:
        """Read a person; strongly consistent.

        Raises ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = PersonItem.get(keys.person_pk(name), keys.PERSON_SK, consistent_read=True)
        except DoesNotExist:
            return None
        return person_from_item(item)

    def get_many(self, names: Collection[str]) -> dict[str, Person]:
        """Return those of the people who exist and can be read, by name, in batches of reads.

        Raises ``StoreUnavailableError``.
        """
        wanted = [(keys.person_pk(name), keys.PERSON_SK) for name in sorted(set(names))]
        items = [
            item
            for start in range(0, len(wanted), table.MAX_BATCH_KEYS)
            for item in table.batch_get(wanted[start : start + table.MAX_BATCH_KEYS]).values()
        ]
        return {person.name: person for person in decode_readable(items, person_from_item)}

    def list_signed_in(self, limit: int, cursor: str | None) -> PersonPage:
        """Return a page of those whose sign-in is on record, by name; eventually consistent.

        Raises ``RequestRejectedError`` for an invalid cursor, ``StoreUnavailableError``.
        """
        position = pagination.decode_cursor(cursor, search=_SEARCH, part_count=2) if cursor else ""
        with translate_read_errors():
            items = list(
                PersonItem.query(
                    keys.PEOPLE_PK,
                    SharedIndex.gsi1_sk > position if position else None,
                    index_name=SharedIndex.Meta.index_name,
                    limit=limit + 1,
                    page_size=limit + 1,
                )
            )
        last = str(items[limit - 1].gsi1_sk) if len(items) > limit else ""
        return PersonPage(
            people=tuple(decode_readable(items[:limit], person_from_item)),
            cursor=pagination.encode_cursor(last, search=_SEARCH) if last else None,
        )

    def link(self, person: Person, account: Account) -> None:
        """Give the name to the account, if the person is as it was read.

        Raises ``PersonModifiedError``.
        """
        transaction = Transaction()
        _add_link(transaction, person, account)
        transaction.commit()

    def sign_in(
        self,
        person: Person,
        account: Account,
        roles: Collection[str],
        *,
        state: str,
        now: datetime,
        expires_at: datetime,
    ) -> None:
        """Complete the sign-in with that ``state``, record it, and give the account its name.

        Also forget ended sessions. ``person`` is as it was read. Raises ``SignInRepeatedError`` if
        it was completed before, ``PersonModifiedError`` if another account has got the name.
        """
        transaction = Transaction()
        transaction.put(
            LoginItem.to_raw(
                keys.login_pk(state), keys.LOGIN_SK, expires_at=int(expires_at.timestamp())
            ),
            condition=LoginItem.pk.does_not_exist(),
            on_failure=lambda _: SignInRepeatedError(),
        )
        actions = _sign_in_actions(person.name, roles, now)
        if not person.is_linked_to(account):
            _add_link(transaction, person, account, actions)
        else:
            forgotten = {key: end for key, end in person.ended_sessions.items() if end <= now}
            if forgotten:
                ended = set(map(_format_ended, forgotten, forgotten.values()))
                actions.append(PersonItem.ended.delete(ended))
            _add_update(transaction, person.name, actions, _is_linked(account))
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


def _sign_in_actions(name: str, roles: Collection[str], now: datetime) -> list[Action]:
    # The names of another issuer can be longer than a sort key.
    folded, short = name.casefold()[:_MAX_INDEXED], name[:_MAX_INDEXED]
    return [
        PersonItem.last_sign_in.set(format_microsecond(now)),
        PersonItem.roles.set(_ROLE_SEPARATOR.join(sorted(roles))),
        PersonItem.gsi1_pk.set(keys.PEOPLE_PK),
        PersonItem.gsi1_sk.set(keys.join_sort_key(folded, short)),
    ]


def _add_link(
    transaction: Transaction, person: Person, account: Account, further: Sequence[Action] = ()
) -> None:
    actions: list[Action] = [
        *further,
        PersonItem.kind.set(PersonItem),
        PersonItem.schema.set(SCHEMA),
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


@decoder
def person_from_item(item: PersonItem) -> Person:
    return Person(
        name=str(item.pk).removeprefix(keys.person_pk("")),
        account=Account(item.issuer, item.subject) if item.subject else None,
        generation=int(item.generation or 0),
        not_before=parse_optional_timestamp(item.not_before),
        ended_sessions=dict(map(_parse_ended, item.ended or ())),
        last_sign_in=parse_optional_timestamp(item.last_sign_in),
        roles=frozenset(filter(None, str(item.roles or "").split(_ROLE_SEPARATOR))),
    )


def _format_ended(session_id: str, ends_at: datetime) -> str:
    return f"{int(ends_at.timestamp())}~{session_id}"


def _parse_ended(text: str) -> tuple[str, datetime]:
    seconds, _, session_id = text.partition("~")
    return session_id, datetime.fromtimestamp(int(seconds), UTC)
