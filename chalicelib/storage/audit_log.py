"""The audit log in the table: entries are added in the transaction of their act, and listed.

The app's IAM role can neither update nor delete an item of an ``AUDIT#`` partition.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.errors import ChangeNotFoundError, DayModifiedError
from chalicelib.domain.undo import undo_request_id
from chalicelib.storage import keys, table
from chalicelib.storage.audit_feed import encode_position, iter_feed, query_date
from chalicelib.storage.audit_mapping import (
    audit_entry_from_item,
    audit_entry_to_item,
    legacy_entry_from_item,
)
from chalicelib.storage.decoding import decode_readable, decoder
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import AuditItem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from chalicelib.domain.audit_log import AuditLogEntry, ChangeId
    from chalicelib.domain.change_feed import ActorNames, ChangeSearch
    from chalicelib.storage.audit_feed import FeedItem
    from chalicelib.storage.models import ChangeItem
    from chalicelib.storage.transaction import Transaction


# DynamoDB ends a page earlier, after 1 MB.
_COUNTED_PAGE_SIZE = 5_000


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
    """``cursor`` is that of the next page; None if this is the last.

    ``reached`` is when the last item was written that was read for the page, also if the search
    left it out.
    """

    entries: tuple[AuditLogEntry, ...]
    cursor: str | None
    reached: datetime | None = None


class AuditLog:
    """The entries of all doctors. A page reads at most ``max_examined`` items for its search.

    The rest of the partition is left to the next pages, also if none of the items matches.
    """

    # One less than four reads: the next item shows whether there is a next page.
    def __init__(self, max_examined: int = 999) -> None:
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
        legacy = _find_legacy_entry(items[legacy_key]) if legacy_key in items else None
        if legacy is None or legacy.at != change.at:
            raise ChangeNotFoundError
        return legacy

    def find_undone(self, entries: Iterable[AuditLogEntry]) -> frozenset[str]:
        """Return the ids of those changes that have been undone.

        Raises ``StoreUnavailableError``.
        """
        ids = {
            (
                keys.doctor_pk(entry.doctor_id),
                keys.change_sk(entry.date, undo_request_id(entry.change_id)),
            ): entry.change_id
            for entry in entries
            if entry.date
        }
        undone: set[str] = set()
        every = [*ids]
        for start in range(0, len(every), table.MAX_BATCH_KEYS):
            chunk = every[start : start + table.MAX_BATCH_KEYS]
            undone.update(ids[key] for key in table.batch_get(chunk))
        return frozenset(undone)

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

    def count_cancelled(self, doctor_id: str, first: date, last: date) -> dict[date, int]:
        """Return how many bookings were cancelled or revoked, by the date of their slots.

        A move is no cancellation. Eventually consistent. Raises ``StoreUnavailableError``.
        """
        counts: dict[date, int] = {}
        with translate_read_errors():
            items = AuditItem.query(
                keys.audit_pk(doctor_id),
                AuditItem.sk.between(*keys.audit_range(first, last)),
                AuditItem.act.is_in(ChangeKind.CANCELLATION.value, ChangeKind.REVOKE.value),
                page_size=_COUNTED_PAGE_SIZE,
            )
            for entry in decode_readable(items, audit_entry_from_item):
                if entry.date:
                    counts[entry.date] = counts.get(entry.date, 0) + len(entry.cancelled)
        return counts

    def list_settings(self, doctor_id: str, limit: int) -> tuple[AuditLogEntry, ...]:
        """Return the latest changes of the doctor's settings, the newest first.

        Strongly consistent. Leaves out entries about calendar feeds, which may lie between. Raises
        ``StoreUnavailableError``.
        """
        with translate_read_errors():
            every = query_date(doctor_id, None, min(limit, self._max_examined))
            items = islice(every, self._max_examined)
            found = (item.entry for item in items if item.entry)
            return tuple(islice((each for each in found if each.is_of_doctor_settings), limit))

    def list_page(
        self,
        search: ChangeSearch,
        names: ActorNames,
        *,
        limit: int,
        cursor: str | None = None,
        with_whole_plans: bool = False,
    ) -> ChangePage:
        """Return a page of entries, the newest first.

        The feed of one date is strongly consistent; it includes saves that are older than the audit
        log. The feed of all dates is eventually consistent. A page can have fewer entries than
        ``limit`` although there is a next page. ``with_whole_plans`` counts the entries of one plan
        as one, and does not end a page among them. Raises ``RequestRejectedError`` for a cursor of
        another search, ``StoreUnavailableError``.
        """
        collected = _Collected(limit, with_whole_plans=with_whole_plans)
        last: FeedItem | None = None
        with translate_read_errors():
            items = iter_feed(search, cursor, limit=limit, max_items=self._max_examined)
            for examined, item in enumerate(items):
                if last and (examined == self._max_examined or collected.ends_before(item.entry)):
                    return ChangePage(
                        entries=tuple(collected.entries),
                        cursor=encode_position(last, search),
                        reached=last.entry.at if last.entry else None,
                    )
                last = item
                if item.entry and search.matches(item.entry, names):
                    collected.add(item.entry)
        return ChangePage(entries=tuple(collected.entries), cursor=None)


@decoder
def _find_legacy_entry(record: ChangeItem) -> AuditLogEntry | None:
    """Return the save on record, if it is older than the audit log."""
    return legacy_entry_from_item(record) if "opened" in record.attribute_values else None


class _Collected:
    """The entries of a page so far."""

    def __init__(self, limit: int, *, with_whole_plans: bool) -> None:
        self.entries: list[AuditLogEntry] = []
        self._free = limit
        self._with_whole_plans = with_whole_plans
        self._plans: set[str] = set()

    def add(self, entry: AuditLogEntry) -> None:
        self.entries.append(entry)
        if not self._continues_plan(entry):
            self._free -= 1
        if entry.plan_id:
            self._plans.add(entry.plan_id)

    def ends_before(self, entry: AuditLogEntry | None) -> bool:
        """Whether the page is full, and the entry does not belong to a plan on it."""
        return self._free == 0 and not (entry and self._continues_plan(entry))

    def _continues_plan(self, entry: AuditLogEntry) -> bool:
        return self._with_whole_plans and entry.plan_id in self._plans
