"""The table's stream: what became of days, record by record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.storage import day_items, keys
from chalicelib.storage.records import DayRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chalicelib.domain.day import Day


class DayWritten(Struct, frozen=True, kw_only=True):
    """A day before and after a write, None where it was not there; ``sequence_number`` is AWS's."""

    sequence_number: str
    at: datetime
    before: Day | None
    after: Day | None


def days_written(records: Iterable[Mapping[str, Any]]) -> Iterator[DayWritten]:
    """The records that are about days, in their order, as Lambda is given them.

    The stream must carry old and new images.
    """
    for record in records:
        written = record["dynamodb"]
        if keys.is_day(written["Keys"]["SK"]["S"]):
            yield DayWritten(
                sequence_number=written["SequenceNumber"],
                at=datetime.fromtimestamp(written["ApproximateCreationDateTime"], UTC),
                before=_day(written.get("OldImage")),
                after=_day(written.get("NewImage")),
            )


def _day(image: dict[str, Any] | None) -> Day | None:
    return day_items.read(DayRecord.from_raw_data(image)) if image else None
