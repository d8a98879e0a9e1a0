"""DynamoDB Streams: records to images of days before and after a write, and to new events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain.errors import UnreadableItemError
from chalicelib.domain.events import StoredEvent
from chalicelib.storage import keys
from chalicelib.storage.mapping import day_from_item
from chalicelib.storage.models import DayItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from chalicelib.domain.day import Day


class DayImages(Struct, frozen=True, kw_only=True):
    """A day before and after a write; None if it did not exist."""

    sequence_number: str
    timestamp: datetime
    old: Day | None
    new: Day | None


class NewEvent(Struct, frozen=True, kw_only=True):
    """An event that was stored to be published."""

    sequence_number: str
    event: StoredEvent


def parse_records(records: Iterable[Mapping[str, Any]]) -> Iterator[DayImages | NewEvent]:
    """Yield images of days, and new events, in the records of a Lambda event, in their order.

    The stream must have new and old images. A record with a day that cannot be read is left out:
    Lambda would retry it for as long as the stream keeps it, and block the doctor's other changes.
    """
    for record in records:
        change = record["dynamodb"]
        if keys.is_event_sk(change["Keys"]["SK"]["S"]) and "OldImage" not in change:
            yield _new_event(change)
        elif keys.is_day_sk(change["Keys"]["SK"]["S"]):
            try:
                old, new = (_day_from_image(change.get(name)) for name in ("OldImage", "NewImage"))
            except UnreadableItemError:
                continue
            yield DayImages(
                sequence_number=change["SequenceNumber"],
                timestamp=datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC),
                old=old,
                new=new,
            )


def _new_event(change: Mapping[str, Any]) -> NewEvent:
    image = change["NewImage"]
    return NewEvent(
        sequence_number=change["SequenceNumber"],
        event=StoredEvent(
            doctor_id=keys.parse_doctor_pk(image["PK"]["S"]),
            changed_at=datetime.fromtimestamp(change["ApproximateCreationDateTime"], UTC),
            detail_type=image["detail_type"]["S"],
            detail=image["detail"]["S"],
        ),
    )


def _day_from_image(image: dict[str, Any] | None) -> Day | None:
    if not image:
        return None
    day = day_from_item(DayItem.from_raw_data(image))
    day.require_complete()
    return day
