"""Closures of the practice in the table, all in one partition."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.closure import Closure
from chalicelib.domain.plan_errors import ClosureNotFoundError, PlanModifiedError
from chalicelib.storage import keys, table
from chalicelib.storage.decoding import decode_readable, decoder
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_microsecond, parse_timestamp
from chalicelib.storage.series_mapping import author_from_raw, author_to_raw
from chalicelib.storage.time_off_models import ClosureItem, TimeOffItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pynamodb.expressions.condition import Condition


class ClosureRepository:
    """All closures, and how far each is."""

    def get(self, closure_id: str) -> Closure:
        """Return the closure; strongly consistent.

        Raises ``ClosureNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = ClosureItem.get(*keys.closure_key(closure_id), consistent_read=True)
        except DoesNotExist:
            raise ClosureNotFoundError from None
        return _closure_from_item(item)

    def list_all(self) -> Sequence[Closure]:
        """Return all closures that can be read, the first made first; strongly consistent."""
        with translate_read_errors():
            items: Iterable[ClosureItem] = ClosureItem.query(keys.CLOSURES_PK, consistent_read=True)
            return [*decode_readable(items, _closure_from_item)]

    def find_done(
        self, closures: Sequence[Closure], doctor_ids: Sequence[str]
    ) -> set[tuple[str, str]]:
        """Return the closures and doctors, by id, where the doctor is counted for the version.

        In batches of reads, strongly consistent. Raises ``StoreUnavailableError``.
        """
        wanted = [(closure, doctor_id) for closure in closures for doctor_id in doctor_ids]
        items: dict[table.Key, Any] = {}
        for start in range(0, len(wanted), table.MAX_BATCH_KEYS):
            chunk = wanted[start : start + table.MAX_BATCH_KEYS]
            items |= table.batch_get([_time_off_key(*each) for each in chunk])
        return {
            (closure.closure_id, doctor_id)
            for closure, doctor_id in wanted
            if (item := items.get(_time_off_key(closure, doctor_id)))
            and item.counted_version == closure.version
        }

    def put(self, closure: Closure) -> None:
        """Store a version. Raises ``PlanModifiedError`` unless the one before it is stored."""
        transaction = Transaction()
        transaction.put(
            _closure_to_item(closure).serialize(),
            condition=(
                ClosureItem.pk.does_not_exist()
                if closure.version == 1
                else ClosureItem.version == closure.version - 1
            ),
            on_failure=lambda _: PlanModifiedError(),
        )
        transaction.commit()

    def count_page(self, closure: Closure, count: int, cursor: str | None) -> None:
        """Record that so many doctors more are found, and where the next page begins.

        Raises ``PlanModifiedError`` if that page is on record, or if there is a later version.
        """
        transaction = Transaction()
        transaction.update(
            keys.closure_key(closure.closure_id),
            [
                ClosureItem.found.set(ClosureItem.found + count),
                ClosureItem.cursor.set(cursor) if cursor else ClosureItem.cursor.remove(),
                ClosureItem.has_all.set(cursor is None),
            ],
            condition=(ClosureItem.version == closure.version) & _is_at(closure.cursor),
            on_failure=lambda _: PlanModifiedError(),
        )
        transaction.commit()

    def count_doctor(self, closure: Closure, doctor_id: str) -> None:
        """Record that a doctor has this version, in one transaction with the doctor's time off.

        Raises ``PlanModifiedError`` if that is on record, or if there is a later version.
        """
        transaction = Transaction()
        transaction.update(
            _time_off_key(closure, doctor_id),
            [TimeOffItem.counted_version.set(closure.version)],
            condition=(TimeOffItem.version == closure.version)
            & (
                TimeOffItem.counted_version.does_not_exist()
                | (TimeOffItem.counted_version < closure.version)
            ),
            on_failure=lambda _: PlanModifiedError(),
        )
        transaction.update(
            keys.closure_key(closure.closure_id),
            [ClosureItem.done.set(ClosureItem.done + 1)],
            condition=ClosureItem.version == closure.version,
            on_failure=lambda _: PlanModifiedError(),
        )
        transaction.commit()


def _time_off_key(closure: Closure, doctor_id: str) -> table.Key:
    return keys.doctor_pk(doctor_id), keys.time_off_sk(closure.time_off.time_off_id)


def _is_at(cursor: str | None) -> Condition:
    """The page begins there, and is not the last one on record."""
    is_open = ClosureItem.has_all == False  # noqa: E712  a condition of DynamoDB
    is_there = ClosureItem.cursor == cursor if cursor else ClosureItem.cursor.does_not_exist()
    condition: Condition = is_open & is_there
    return condition


def _closure_to_item(closure: Closure) -> ClosureItem:
    return ClosureItem(
        *keys.closure_key(closure.closure_id),
        closure=_closure_to_raw(closure),
        version=closure.version,
        is_lifted=closure.is_lifted,
        expected=closure.doctors_expected,
        found=closure.doctors_found,
        done=closure.doctors_done,
        cursor=closure.cursor,
        has_all=closure.has_all_doctors,
    )


def _closure_to_raw(closure: Closure) -> dict[str, Any]:
    return {
        "name": closure.name,
        "first": closure.first.isoformat(),
        "last": closure.last.isoformat(),
        "author": author_to_raw(closure.author),
        "changed_at": format_microsecond(closure.changed_at),
    }


@decoder
def _closure_from_item(item: ClosureItem) -> Closure:
    raw = item.closure
    return Closure(
        closure_id=keys.parse_closure_sk(item.sk),
        name=str(raw["name"]),
        first=date.fromisoformat(raw["first"]),
        last=date.fromisoformat(raw["last"]),
        author=author_from_raw(raw["author"]),
        changed_at=parse_timestamp(raw["changed_at"]),
        version=int(item.version),
        is_lifted=bool(item.is_lifted),
        doctors_expected=int(item.expected),
        doctors_found=int(item.found),
        doctors_done=int(item.done),
        cursor=item.cursor,
        has_all_doctors=bool(item.has_all),
    )
