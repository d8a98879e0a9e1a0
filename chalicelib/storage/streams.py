"""The table's stream: what became of days, record by record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.storage import keys
from chalicelib.storage.mapping import day_from_item
from chalicelib.storage.models import DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chalicelib.domain.day import Day


class DayImages(Struct, frozen=True, kw_only=True):
    """A day before and after a write, None where it was not there; ``sequence_number`` is AWS's."""

    sequence_number: str
    timestamp: datetime
    old: Day | None
    new: Day | None


def parse_day_records(records: Iterable[Mapping[str, Any]]) -> Iterator[DayImages]:
    """The records that are about days, in their order, as Lambda is given them.

    The stream must carry old and new images.
    """
    for record in records:
        written = record["dynamodb"]
        if keys.is_day_sk(written["Keys"]["SK"]["S"]):
            yield DayImages(
                sequence_number=written["SequenceNumber"],
                timestamp=datetime.fromtimestamp(written["ApproximateCreationDateTime"], UTC),
                old=_day_from_image(written.get("OldImage")),
                new=_day_from_image(written.get("NewImage")),
            )


def _day_from_image(image: dict[str, Any] | None) -> Day | None:
    return day_from_item(DayItem.from_raw_data(image)) if image else None
