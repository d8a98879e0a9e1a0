"""Days of all doctors as a booking site searches them: by specialty and date, then by place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.errors import DayChanged, DoctorChanged
from chalicelib.storage import cursors, day_items, doctor_items, keys
from chalicelib.storage.failures import reading
from chalicelib.storage.records import DayRecord, Directory, DoctorRecord
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from pynamodb.expressions.condition import Condition

    from chalicelib.domain.day import Day
    from chalicelib.domain.doctor import Doctor

# As many dates as a search may have, so that all of them are read at once.
_MOST_AT_ONCE = 31
# Days placed by one transaction: short enough to stand in nobody's way.
_STEP = 25


class FoundDays(Struct, frozen=True, kw_only=True):
    """Days of one doctor that stand at one place; ``cursor`` leads behind them."""

    doctor_id: str
    place: str
    days: Sequence[Day]

    @property
    def cursor(self) -> str:
        """Where the search goes on behind them."""
        return cursors.write(self.place)

    def are_where(self, doctor: Doctor) -> bool:
        """Whether they stand where she is searched for now."""
        return self.place == day_items.place(doctor)


class Stretch(Struct, frozen=True, kw_only=True):
    """Some of what a search finds, by place; ``cursor`` leads on, None where there is no more."""

    found: Sequence[FoundDays]
    cursor: str | None


class SearchIndex:
    """Days in the index. It may lag a moment behind the table."""

    def __init__(self) -> None:
        """Threads begin with the first search."""
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="search")

    def search(
        self,
        *,
        specialty: str,
        location: str | None,
        dates: Sequence[date],
        cursor: str | None,
        most: int,
    ) -> Stretch:
        """One query a date, all at the same time, each of at most ``most`` doctors.

        Of doctors of the specialty, at one location if given, behind the cursor, in the order of
        location and id. Raises ``Refused`` for what is no cursor of such a search, ``Unavailable``.
        """
        within = keys.in_directory(location) if location else ""
        if len(within.encode()) > keys.LONGEST_SORT_KEY:
            return Stretch(found=(), cursor=None)  # nobody can stand there
        behind = _behind(cursors.read(cursor, within=within, parts=2) if cursor else None, within)

        def read(on: date) -> list[DayRecord]:
            with reading():
                return list(
                    DayRecord.query(
                        keys.of_search(specialty, on),
                        behind,
                        index_name=Directory.Meta.index_name,
                        limit=most,
                        page_size=most,
                    )
                )

        # What a thread does is done for this request.
        contexts = [copy_context() for _ in dates]
        found = self._threads.map(lambda context, on: context.run(read, on), contexts, dates)
        return _whole(list(found), most)

    def misplaced(self, doctor: Doctor, *, since: date) -> Iterator[list[date]]:
        """Her days from that date on that are not where she is searched for, in small steps.

        Strongly consistent. Raises ``Unavailable``.
        """
        with reading():
            items = DayRecord.query(
                keys.of_doctor(doctor.doctor_id),
                DayRecord.sk.between(keys.of_day(since), keys.LAST_DAY),
                consistent_read=True,
            )
            dates = [
                keys.date_of_day(item.sk)
                for item in items
                if (item.partition, item.place) != _where(doctor, keys.date_of_day(item.sk))
            ]
        for first in range(0, len(dates), _STEP):
            yield dates[first : first + _STEP]

    def place(self, doctor: Doctor, dates: Sequence[date]) -> None:
        """Put days of hers where she is searched for.

        Raises ``DoctorChanged`` where she is no longer searched for there; ``Unavailable``,
        ``OutcomeUnknown``.
        """
        partition = keys.of_doctor(doctor.doctor_id)
        transaction = Transaction()
        transaction.check(
            DoctorRecord(partition, keys.DOCTOR),
            if_=DoctorRecord.place == doctor_items.place(doctor),
            otherwise=DoctorChanged(),
        )
        for on in dates:
            search, place = _where(doctor, on)
            transaction.update(
                DayRecord(partition, keys.of_day(on)),
                [DayRecord.partition.set(search), DayRecord.place.set(place)],
                if_=DayRecord.pk.exists(),
                otherwise=DayChanged(),
            )
        transaction.commit()


def _whole(found: Sequence[Sequence[DayRecord]], most: int) -> Stretch:
    """As far as all dates were read: one that is full may go on behind its last place."""
    ends = [str(items[-1].place) for items in found if len(items) == most]
    end = min(ends, default=None)
    days: dict[str, list[Day]] = {}
    for item in (item for items in found for item in items):
        if end is None or str(item.place) <= end:
            days.setdefault(str(item.place), []).append(day_items.read(item))
    return Stretch(
        found=[
            FoundDays(doctor_id=some[0].doctor_id, place=place, days=some)
            for place, some in sorted(days.items())
        ],
        cursor=None if end is None else cursors.write(end),
    )


def _where(doctor: Doctor, on: date) -> tuple[str, str]:
    return keys.of_search(doctor.specialty, on), day_items.place(doctor)


def _behind(after: str | None, within: str) -> Condition | None:
    place = Directory.place
    if after is None:
        return place.startswith(within) if within else None
    # "#" ends a place, so none begins with another; "~" is behind all that a doctor's id may hold.
    return place.between(f"{after}#", f"{within}~") if within else place > after
