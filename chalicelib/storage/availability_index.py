"""Days of all doctors as a booking site searches them: by specialty and date, then by place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.errors import DayModifiedError, DoctorModifiedError
from chalicelib.storage import keys, pagination
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import day_from_item, directory_sort_key, search_sort_key
from chalicelib.storage.models import DayItem, DoctorDirectoryIndex, DoctorItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor

# As many dates as a search may have, so that all of them are read at once.
_MAX_PARALLEL_QUERIES = 31
# Days placed by one transaction: short enough to stand in nobody's way.
_REINDEX_BATCH_SIZE = 25


class IndexedDoctor(Struct, frozen=True, kw_only=True):
    """Days of one doctor that stand at one place; ``cursor`` leads behind them."""

    doctor_id: str
    sort_key: str
    days: Sequence[Day]

    @property
    def cursor(self) -> str:
        """Where the search goes on behind them."""
        return pagination.encode_cursor(self.sort_key)

    def is_current(self, doctor: Doctor) -> bool:
        """Whether they stand where she is searched for now."""
        return self.sort_key == search_sort_key(doctor)


class IndexPage(Struct, frozen=True, kw_only=True):
    """Some of what a search finds, by place; ``cursor`` leads on, None where there is no more."""

    doctors: Sequence[IndexedDoctor]
    cursor: str | None


class AvailabilityIndex:
    """Days in the index. It may lag a moment behind the table."""

    def __init__(self) -> None:
        """Threads begin with the first search."""
        self._executor = ThreadPoolExecutor(_MAX_PARALLEL_QUERIES, thread_name_prefix="search")

    def search(
        self,
        *,
        specialty: str,
        location: str | None,
        dates: Sequence[date],
        cursor: str | None,
        limit: int,
    ) -> IndexPage:
        """One query a date, all at the same time, each of at most ``most`` doctors.

        Of doctors of the specialty, at one location if given, behind the cursor, in the order of
        location and id. Raises ``Refused`` for what is no cursor of such a search, ``Unavailable``.
        """
        within = keys.join_sort_key(location) if location else ""
        if len(within.encode()) > keys.MAX_SORT_KEY_BYTES:
            return IndexPage(doctors=(), cursor=None)  # nobody can stand there
        behind = _key_after(
            pagination.decode_cursor(cursor, prefix=within, part_count=2) if cursor else None,
            within,
        )

        def read(on: date) -> list[DayItem]:
            with translate_read_errors():
                return list(
                    DayItem.query(
                        keys.search_pk(specialty, on),
                        behind,
                        index_name=DoctorDirectoryIndex.Meta.index_name,
                        limit=limit,
                        page_size=limit,
                    )
                )

        # What a thread does is done for this request.
        contexts = [copy_context() for _ in dates]
        found = self._executor.map(lambda context, on: context.run(read, on), contexts, dates)
        return _complete_doctors(list(found), limit)

    def stale_entries(self, doctor: Doctor, *, start_date: date) -> Iterator[list[date]]:
        """Her days from that date on that are not where she is searched for, in small steps.

        Strongly consistent. Raises ``Unavailable``.
        """
        with translate_read_errors():
            items = DayItem.query(
                keys.doctor_pk(doctor.doctor_id),
                DayItem.sk.between(keys.day_sk(start_date), keys.MAX_DAY_SK),
                consistent_read=True,
            )
            dates = [
                keys.parse_day_sk(item.sk)
                for item in items
                if (item.gsi1_pk, item.gsi1_sk) != _index_key(doctor, keys.parse_day_sk(item.sk))
            ]
        for first in range(0, len(dates), _REINDEX_BATCH_SIZE):
            yield dates[first : first + _REINDEX_BATCH_SIZE]

    def reindex(self, doctor: Doctor, dates: Sequence[date]) -> None:
        """Put days of hers where she is searched for.

        Raises ``DoctorChanged`` where she is no longer searched for there; ``Unavailable``,
        ``OutcomeUnknown``.
        """
        partition = keys.doctor_pk(doctor.doctor_id)
        transaction = Transaction()
        transaction.check(
            DoctorItem(partition, keys.DOCTOR_SK),
            condition=DoctorItem.gsi1_sk == directory_sort_key(doctor),
            on_failure=lambda _: DoctorModifiedError(),
        )
        for on in dates:
            search, place = _index_key(doctor, on)
            transaction.update(
                DayItem(partition, keys.day_sk(on)),
                [DayItem.gsi1_pk.set(search), DayItem.gsi1_sk.set(place)],
                condition=DayItem.pk.exists(),
                on_failure=lambda _: DayModifiedError(),
            )
        transaction.commit()


def _complete_doctors(items_by_date: Sequence[Sequence[DayItem]], limit: int) -> IndexPage:
    """As far as all dates were read: one that is full may go on behind its last place."""
    ends = [str(items[-1].gsi1_sk) for items in items_by_date if len(items) == limit]
    end = min(ends, default=None)
    days: dict[str, list[Day]] = {}
    for item in (item for items in items_by_date for item in items):
        if end is None or str(item.gsi1_sk) <= end:
            days.setdefault(str(item.gsi1_sk), []).append(day_from_item(item))
    return IndexPage(
        doctors=[
            IndexedDoctor(doctor_id=some[0].doctor_id, sort_key=place, days=some)
            for place, some in sorted(days.items())
        ],
        cursor=None if end is None else pagination.encode_cursor(end),
    )


def _index_key(doctor: Doctor, date: date) -> tuple[str, str]:
    return keys.search_pk(doctor.specialty, date), search_sort_key(doctor)


def _key_after(position: str | None, prefix: str) -> Condition | None:
    place = DoctorDirectoryIndex.gsi1_sk
    if position is None:
        return place.startswith(prefix) if prefix else None
    # "#" ends a place, so none begins with another; "~" is behind all that a doctor's id may hold.
    return place.between(f"{position}#", f"{prefix}~") if prefix else place > position
