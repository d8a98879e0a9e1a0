"""The audit log in the table: entries are added in the transaction of their act, and listed.

The app's IAM role can neither update nor delete an item of an ``AUDIT#`` partition.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from chalicelib.domain.errors import ChangeNotFoundError, DayModifiedError
from chalicelib.domain.undo import undo_request_id
from chalicelib.storage import keys, pagination, table
from chalicelib.storage.audit_mapping import (
    audit_entry_from_item,
    audit_entry_to_item,
    legacy_entry_from_item,
)
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import parse_timestamp
from chalicelib.storage.models import AuditItem, BaseItem, ChangeItem, DoctorDirectoryIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from chalicelib.domain.audit_log import AuditLogEntry, ChangeId
    from chalicelib.domain.change_feed import ActorNames, ChangeSearch
    from chalicelib.storage.transaction import Transaction

# The sort key of an item, and the version of a save that is older than the audit log.
_POSITION = re.compile(r"(\d{4}-\d\d-\d\d|[A-Z]+)#\d{8}T\d{12}Z#[A-Za-z0-9._~-]{1,64}", re.ASCII)
_LEGACY_POSITION = re.compile(r"v(\d{1,9})", re.ASCII)

AnyItem = TypeVar("AnyItem", bound=BaseItem)


def add_entry(transaction: Transaction, entry: AuditLogEntry) -> None:
    """Add the entry to the transaction of the act that it records.

    If there is an entry with this key, the transaction fails with ``DayModifiedError``: another
    attempt takes a later instant.
    """
    transaction.put(
        audit_entry_to_item(entry),
        condition=AuditItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(),
    )


class ChangePage(Struct, frozen=True, kw_only=True):
    """``cursor`` is that of the next page; None if this is the last."""

    entries: tuple[AuditLogEntry, ...]
    cursor: str | None


class AuditLog:
    """The entries of all doctors. A page reads at most ``max_examined`` items for its search."""

    def __init__(self, max_examined: int = 1_000) -> None:
        self._max_examined = max_examined

    def get(self, change: ChangeId) -> AuditLogEntry:
        """Return a change of a date; strongly consistent.

        Raises ``ChangeNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        key = keys.audit_pk(change.doctor_id), keys.audit_sk(change.date, change.at, change.suffix)
        # A save that is older than the audit log is on record only there.
        legacy_key = keys.doctor_pk(change.doctor_id), keys.change_sk(change.date, change.suffix)
        items = table.batch_get([key, legacy_key])
        if key in items:
            return audit_entry_from_item(items[key])
        legacy = items.get(legacy_key)
        if legacy is None or legacy.opened is None or parse_timestamp(legacy.at) != change.at:
            raise ChangeNotFoundError
        return legacy_entry_from_item(legacy)

    def find_undone(self, entries: Iterable[AuditLogEntry]) -> frozenset[str]:
        """Return the ids of those changes that have been undone.

        At most 100 are looked up. Raises ``StoreUnavailableError``.
        """
        ids = {
            (
                keys.doctor_pk(entry.doctor_id),
                keys.change_sk(entry.date, undo_request_id(entry.change_id)),
            ): entry.change_id
            for entry in entries
            if entry.date
        }
        return frozenset(ids[key] for key in table.batch_get([*ids])) if ids else frozenset()

    def list_plan(
        self, doctor_id: str, plan_id: str, first: date, last: date
    ) -> dict[date, list[AuditLogEntry]]:
        """Return a plan's entries by date, the oldest first; strongly consistent.

        It is one query of these dates. Raises ``StoreUnavailableError``.
        """
        entries: dict[date, list[AuditLogEntry]] = {}
        with translate_read_errors():
            items = AuditItem.query(
                keys.audit_pk(doctor_id),
                AuditItem.sk.between(
                    keys.audit_date_prefix(first), f"{keys.audit_date_prefix(last)}~"
                ),
                AuditItem.plan_id == plan_id,
                consistent_read=True,
            )
            for entry in decode_readable(items, audit_entry_from_item):
                if entry.date:
                    entries.setdefault(entry.date, []).append(entry)
        return entries

    def list_page(
        self, search: ChangeSearch, names: ActorNames, *, limit: int, cursor: str | None = None
    ) -> ChangePage:
        """Return a page of entries, the newest first.

        The feed of one date is strongly consistent; it includes saves that are older than the audit
        log. The feed of all dates is eventually consistent. A page can have fewer entries than
        ``limit`` although there is a next page. Raises ``RequestRejectedError`` for a cursor of
        another search, ``StoreUnavailableError``.
        """
        position = _decode_position(cursor, search) if cursor else None
        found: list[AuditLogEntry] = []
        last = ""
        with translate_read_errors():
            for examined, candidate in enumerate(_candidates(search, position, limit)):
                if len(found) == limit or examined == self._max_examined:
                    return ChangePage(
                        entries=tuple(found),
                        cursor=pagination.encode_cursor(keys.join_sort_key(last), search=search),
                    )
                last = candidate.position
                if candidate.entry and search.matches(candidate.entry, names):
                    found.append(candidate.entry)
        return ChangePage(entries=tuple(found), cursor=None)


class _Candidate(Struct, frozen=True):
    """An item by its position in the feed; ``entry`` is None if it cannot be decoded."""

    position: str
    entry: AuditLogEntry | None


def _candidates(search: ChangeSearch, position: str | None, limit: int) -> Iterator[_Candidate]:
    """Yield the items of a feed after the position, the newest first; read as they are consumed."""
    if search.on is None:
        yield from _query_doctor(search, position, limit)
        return
    saved_before = _LEGACY_POSITION.fullmatch(position or "")
    if not saved_before:
        yield from _query_date(search.doctor_id, search.on, position, limit)
    yield from _query_legacy_saves(
        search.doctor_id, search.on, int(saved_before[1]) if saved_before else None
    )


def _query_doctor(search: ChangeSearch, position: str | None, limit: int) -> Iterator[_Candidate]:
    partition = keys.audit_pk(search.doctor_id)
    index_position = {
        "GSI1PK": {"S": partition},
        "GSI1SK": {"S": (position or "").partition("#")[2]},
    }
    items = AuditItem.query(
        partition,
        index_name=DoctorDirectoryIndex.Meta.index_name,
        scan_index_forward=False,
        page_size=limit + 1,
        last_evaluated_key=_item_key(partition, position) | index_position if position else None,
    )
    yield from (_Candidate(item.sk, _readable(audit_entry_from_item, item)) for item in items)


def _query_date(
    doctor_id: str, date: date, position: str | None, limit: int
) -> Iterator[_Candidate]:
    partition = keys.audit_pk(doctor_id)
    items = AuditItem.query(
        partition,
        AuditItem.sk.startswith(keys.audit_date_prefix(date)),
        consistent_read=True,
        scan_index_forward=False,
        page_size=limit + 1,
        last_evaluated_key=_item_key(partition, position) if position else None,
    )
    yield from (_Candidate(item.sk, _readable(audit_entry_from_item, item)) for item in items)


def _query_legacy_saves(
    doctor_id: str, date: date, before_version: int | None
) -> Iterator[_Candidate]:
    """Yield the saves that are older than the audit log: only these have slots in their record."""
    items = ChangeItem.query(
        keys.doctor_pk(doctor_id),
        ChangeItem.sk.startswith(keys.change_sk(date, "")),
        ChangeItem.opened.exists(),
        consistent_read=True,
    )
    for item in sorted(items, key=_version_of, reverse=True):
        version = _version_of(item)
        if before_version is None or version < before_version:
            yield _Candidate(f"v{version}", _readable(legacy_entry_from_item, item))


def _version_of(item: BaseItem) -> int:
    """Return the version that a save made; 0, which comes last, if the item is unreadable."""
    version = getattr(item, "version", None)
    return version if isinstance(version, int) else 0


def _item_key(partition: str, position: str) -> dict[str, dict[str, str]]:
    return {"PK": {"S": partition}, "SK": {"S": position}}


def _decode_position(cursor: str, search: ChangeSearch) -> str:
    """Return the position of a cursor. Raises ``RequestRejectedError`` for another search's."""
    text = pagination.decode_cursor(cursor, search=search, part_count=1)
    (position,) = keys.split_sort_key(text)
    is_legacy = search.on is not None and _LEGACY_POSITION.fullmatch(position)
    date_prefix = keys.audit_date_prefix(search.on) if search.on else ""
    if not is_legacy and not (_POSITION.fullmatch(position) and position.startswith(date_prefix)):
        raise pagination.wrong_cursor_error()
    return position


def _readable(decode: Callable[[AnyItem], AuditLogEntry], item: AnyItem) -> AuditLogEntry | None:
    """Return the entry; None for an item that this version cannot read."""
    return next(decode_readable([item], decode), None)
