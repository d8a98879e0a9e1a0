"""The index GSI1 over days: search by specialty and date, and reindex a doctor's days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.errors import DayModifiedError, StoreUnavailableError
from chalicelib.storage import keys, pagination
from chalicelib.storage.day_writes import check_doctor_index_key
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.doctor_mapping import search_sort_key
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import (
    date_from_item,
    day_from_item,
)
from chalicelib.storage.models import DayItem, SharedIndex
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor

    # What a search has read of each date; None if DynamoDB rejected the query.
    PagesByDate = dict[date, list[DayItem] | None]

# As many as a search may have dates, so that all are queried at the same time.
_MAX_PARALLEL_QUERIES = 31
# Days per transaction: a short one conflicts with few other writes.
_REINDEX_BATCH_SIZE = 25


class IndexedDoctor(Struct, frozen=True, kw_only=True):
    """Days of one doctor under one sort key of the index.

    ``cursor`` is the position after this doctor. The days are decoded only when they are read: a
    search reads more doctors than its page has.
    """

    sort_key: str
    cursor: str
    items: Sequence[DayItem]

    @property
    def doctor_id(self) -> str:
        return keys.parse_doctor_pk(self.items[0].pk)

    def list_days(self, first: date, last: date) -> Iterator[Day]:
        """Decode the days from the first date to the last, without those that cannot be read."""
        sort_keys = keys.day_sk(first), keys.day_sk(last)
        items = [item for item in self.items if sort_keys[0] <= item.sk <= sort_keys[1]]
        return decode_readable(items, day_from_item)

    def is_current(self, doctor: Doctor) -> bool:
        """Return whether the days are indexed under the doctor's current location."""
        return self.sort_key == search_sort_key(doctor)


class IndexPage(Struct, frozen=True, kw_only=True):
    """Doctors in the order of the index; ``cursor`` is that of the next page, None at the end."""

    doctors: Sequence[IndexedDoctor]
    cursor: str | None


class AvailabilityIndex:
    """The index over days, which is eventually consistent."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(_MAX_PARALLEL_QUERIES, thread_name_prefix="search")

    def search(
        self,
        *,
        specialty: str,
        location: str | None,
        dates: Sequence[date],
        filters: object,
        cursor: str | None,
        limit: int,
        pages: PagesByDate,
    ) -> IndexPage:
        """Return days of a specialty, at one location if given, by location and doctor id.

        It queries each date for at most ``limit`` doctors after the cursor, and adds the results to
        ``pages``: another attempt with the same ``pages`` reads only the dates that failed.
        ``filters`` are those of the client, to which a cursor is bound: the dates that they stand
        for change at midnight. Raises ``RequestRejectedError`` for a cursor of another search,
        ``StoreUnavailableError``.
        """
        prefix = keys.join_sort_key(location) if location else ""
        if len(prefix.encode()) > keys.MAX_SORT_KEY_BYTES:
            return IndexPage(doctors=(), cursor=None)  # no item can have such a key
        search = ("availability", filters)
        position = cursor and pagination.decode_cursor(
            cursor, search=search, prefix=prefix, part_count=2
        )
        key_condition = _key_after(position, prefix)

        def query(date: date) -> list[DayItem]:
            with translate_read_errors():
                return list(
                    DayItem.query(
                        keys.search_pk(specialty, date),
                        key_condition,
                        index_name=SharedIndex.Meta.index_name,
                        limit=limit,
                        page_size=limit,
                    )
                )

        self._read_dates(query, dates, pages)
        return _complete_doctors(search, [pages[date] or [] for date in dates], limit)

    def _read_dates(
        self, query: Callable[[date], list[DayItem]], dates: Sequence[date], pages: PagesByDate
    ) -> None:
        """Query all dates at the same time; after a failure only those that failed, one by one.

        A store that throttles gets fewer calls in this way, and not all of them again.
        """
        if pages:
            for date in dates:
                if pages[date] is None:
                    pages[date] = query(date)
            return
        # Each thread records its calls in the context of this request.
        futures = [self._executor.submit(copy_context().run, query, date) for date in dates]
        failures: list[StoreUnavailableError] = []
        for date, future in zip(dates, futures, strict=True):
            try:
                pages[date] = future.result()
            except StoreUnavailableError as error:
                pages[date] = None
                failures.append(error)
        if failures:
            raise failures[0]

    def iter_stale_dates(self, doctor: Doctor, *, start_date: date) -> Iterator[list[date]]:
        """Yield batches of the doctor's dates that are indexed under former settings.

        Strongly consistent. Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items = DayItem.query(
                keys.doctor_pk(doctor.doctor_id),
                DayItem.sk.between(keys.day_sk(start_date), keys.MAX_DAY_SK),
                consistent_read=True,
            )
            keyed = decode_readable(
                items, lambda item: (date_from_item(item), (item.gsi1_pk, item.gsi1_sk))
            )
            dates = [date for date, key in keyed if key != _index_key(doctor, date)]
        for first in range(0, len(dates), _REINDEX_BATCH_SIZE):
            yield dates[first : first + _REINDEX_BATCH_SIZE]

    def reindex(self, doctor: Doctor, dates: Sequence[date]) -> None:
        """Index days of the doctor under these settings.

        Raises ``DoctorModifiedError`` if the specialty or location has changed meanwhile;
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        pk = keys.doctor_pk(doctor.doctor_id)
        transaction = Transaction()
        check_doctor_index_key(transaction, pk, doctor)
        for date in dates:
            gsi1_pk, gsi1_sk = _index_key(doctor, date)
            transaction.update(
                (pk, keys.day_sk(date)),
                [DayItem.gsi1_pk.set(gsi1_pk), DayItem.gsi1_sk.set(gsi1_sk)],
                condition=DayItem.pk.exists(),
                on_failure=lambda _: DayModifiedError(),
            )
        transaction.commit()


def _complete_doctors(
    search: object, items_by_date: Sequence[Sequence[DayItem]], limit: int
) -> IndexPage:
    """Group items by doctor, up to the first end of a full page: all dates were read that far."""
    ends = [str(items[-1].gsi1_sk) for items in items_by_date if len(items) == limit]
    end = min(ends, default=None)
    items_by_key: dict[str, list[DayItem]] = {}
    for items in items_by_date:
        for item in items:
            sort_key = str(item.gsi1_sk)
            if end is None or sort_key <= end:
                items_by_key.setdefault(sort_key, []).append(item)
    return IndexPage(
        doctors=[
            IndexedDoctor(
                sort_key=sort_key,
                cursor=pagination.encode_cursor(sort_key, search=search),
                items=items,
            )
            for sort_key, items in sorted(items_by_key.items())
        ],
        cursor=None if end is None else pagination.encode_cursor(end, search=search),
    )


def _index_key(doctor: Doctor, date: date) -> tuple[str, str]:
    return keys.search_pk(doctor.specialty, date), search_sort_key(doctor)


def _key_after(position: str | None, prefix: str) -> Condition | None:
    sort_key = SharedIndex.gsi1_sk
    if position is None:
        return sort_key.startswith(prefix) if prefix else None
    # A key ends with "#", so none is the prefix of another; "~" sorts after all of a doctor id.
    return sort_key.between(f"{position}#", f"{prefix}~") if prefix else sort_key > position
