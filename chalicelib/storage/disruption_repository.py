"""Disruptions that may have to be announced, and the events that announce them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.announcements import MarkedSlot
from chalicelib.domain.errors import DayModifiedError
from chalicelib.storage import keys, table
from chalicelib.storage.decoding import decoder
from chalicelib.storage.disruption_models import DisruptionsItem, EventItem
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import (
    day_from_item,
    format_microsecond,
    format_timestamp,
    parse_timestamp,
)
from chalicelib.storage.models import DayItem, SharedIndex
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from pynamodb.expressions.update import Action

    from chalicelib.domain.slot import Slot

# With the doctor's item and two events, so many days fit one transaction.
MAX_DATES = 90
# Their JSON has up to 150 KB: EventBridge accepts 256 KB, and an item has at most 400 KB.
MAX_SLOTS = 1000
# The stream has an event at once; the item is deleted some time after that.
_EVENT_AGE = timedelta(days=7)


class MarkedDay(Struct, frozen=True, kw_only=True):
    """The slots of a date with a mark, or of which a mark was announced."""

    date: date
    revision: int
    slots: tuple[MarkedSlot, ...]


class Disruptions(Struct, frozen=True, kw_only=True):
    """The first dates of a doctor that have to be checked; ``other_dates`` come after them."""

    doctor_id: str
    version: int
    days: tuple[MarkedDay, ...]
    other_dates: tuple[date, ...]


class EventToPublish(Struct, frozen=True, kw_only=True):
    """An event as JSON; the stream of the table publishes it."""

    detail_type: str
    detail: str


class DisruptionRepository:
    """The disruptions of all doctors."""

    def list_due(self, now: datetime, limit: int) -> list[str]:
        """Return doctors to check by now, those that wait longest first; eventually consistent.

        Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            items = DisruptionsItem.query(
                keys.DISRUPTIONS_PK,
                DisruptionsItem.gsi1_sk <= format_microsecond(now),
                index_name=SharedIndex.Meta.index_name,
                limit=limit,
                page_size=limit,
            )
            return [keys.parse_doctor_pk(item.pk) for item in items]

    def get(self, doctor_id: str, now: datetime) -> Disruptions | None:
        """Return the marks of a doctor, strongly consistent; None if nothing is to be announced.

        Raises ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        pk = keys.doctor_pk(doctor_id)
        pending = table.batch_get([(pk, keys.DISRUPTIONS_SK)]).get((pk, keys.DISRUPTIONS_SK))
        if pending is None:
            return None
        version, dates = _pending_from_item(pending)
        read = dates[:MAX_DATES]
        items = table.batch_get([(pk, keys.day_sk(on)) for on in read]) if read else {}
        days = (_marked_day(on, items.get((pk, keys.day_sk(on))), now) for on in read)
        first = tuple(_first_days(days))
        return Disruptions(
            doctor_id=doctor_id,
            version=version,
            days=first,
            other_dates=tuple(dates[len(first) :]),
        )

    def announce(
        self,
        disruptions: Disruptions,
        events: Sequence[EventToPublish],
        *,
        next_check: datetime | None,
        at: datetime,
    ) -> None:
        """Store the events, and that their marks are announced, in one transaction.

        Without ``next_check``, only the other dates have to be checked, at once. Raises
        ``DayModifiedError`` if the days or marks have changed since they were read,
        ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        transaction = Transaction()
        for event in events:
            _put_event(transaction, disruptions.doctor_id, event, at)
        if events:
            for day in disruptions.days:
                _set_announced(
                    transaction, disruptions.doctor_id, day, is_waiting=next_check is not None
                )
        _update_pending_item(transaction, disruptions, next_check=next_check, at=at)
        transaction.commit()


@decoder
def _pending_from_item(item: DisruptionsItem) -> tuple[int, list[date]]:
    """Return the version, and the dates in their order."""
    return int(item.version), sorted(keys.parse_date(text) for text in item.dates or ())


def _marked_day(on: date, item: DayItem | None, now: datetime) -> MarkedDay:
    if item is None:
        return MarkedDay(date=on, revision=0, slots=())
    day, announced = day_from_item(item), _announced_marks(item)
    marked = (
        _marked_slot(slot, announced.get(slot.start)) for slot in day.as_of(now).slots.values()
    )
    return MarkedDay(
        date=on,
        revision=day.revision,
        slots=tuple(slot for slot in marked if slot.since or slot.announced),
    )


@decoder
def _announced_marks(item: DayItem) -> dict[datetime, datetime]:
    """Return the marks that were announced, by the start of the slot."""
    return {
        keys.parse_instant(start): parse_timestamp(entry["M"]["announced"]["S"])
        for start, entry in item.slots.items()
        if "announced" in entry["M"]
    }


def _marked_slot(slot: Slot, announced: datetime | None) -> MarkedSlot:
    """Return the slot; a mark without a booking or hold only keeps it closed."""
    if slot.is_disrupted and not slot.is_taken:
        return MarkedSlot(start=slot.start, end=slot.end)
    return MarkedSlot(
        start=slot.start, end=slot.end, since=slot.disrupted_since, announced=announced
    )


def _first_days(days: Iterable[MarkedDay]) -> Iterator[MarkedDay]:
    """Yield days as long as an event, which must not be too large, has room for their slots."""
    count = 0
    for day in days:
        count += len(day.slots)
        if count > MAX_SLOTS:
            return
        yield day


def _put_event(
    transaction: Transaction, doctor_id: str, event: EventToPublish, at: datetime
) -> None:
    transaction.put(
        EventItem.to_raw(
            keys.doctor_pk(doctor_id),
            keys.event_sk(at, event.detail_type),
            detail_type=event.detail_type,
            detail=event.detail,
            expires_at=int((at + _EVENT_AGE).timestamp()),
        ),
        condition=EventItem.pk.does_not_exist(),
        on_failure=lambda _: DayModifiedError(),
    )


def _set_announced(
    transaction: Transaction, doctor_id: str, day: MarkedDay, *, is_waiting: bool
) -> None:
    """Record what the events say: pending marks are announced too, unless they have to wait."""
    announced = [
        slot for slot in day.slots if slot.is_lifted or (slot.is_pending and not is_waiting)
    ]
    if announced:
        transaction.update(
            (keys.doctor_pk(doctor_id), keys.day_sk(day.date)),
            [_announced_action(slot) for slot in announced],
            condition=DayItem.revision == day.revision,
            on_failure=lambda _: DayModifiedError(),
        )


def _announced_action(slot: MarkedSlot) -> Action:
    path = DayItem.slots[keys.format_instant(slot.start)]["announced"]
    action: Action = path.set(format_timestamp(slot.since)) if slot.since else path.remove()
    return action


def _update_pending_item(
    transaction: Transaction, disruptions: Disruptions, *, next_check: datetime | None, at: datetime
) -> None:
    key = keys.doctor_pk(disruptions.doctor_id), keys.DISRUPTIONS_SK
    waiting = [day.date for day in disruptions.days] if next_check else []
    dates = {on.isoformat() for on in (*waiting, *disruptions.other_dates)}
    condition = DisruptionsItem.version == disruptions.version
    if not dates:
        transaction.delete(key, condition=condition, on_failure=lambda _: DayModifiedError())
        return
    transaction.update(
        key,
        [
            DisruptionsItem.version.add(1),
            DisruptionsItem.dates.set(dates),
            DisruptionsItem.gsi1_sk.set(format_microsecond(next_check or at)),
        ],
        condition=condition,
        on_failure=lambda _: DayModifiedError(),
    )
