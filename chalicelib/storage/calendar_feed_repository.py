"""Calendar feeds in the table: each is an item of its doctor, which sorts after their days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.calendar_feed import (
    CalendarFeed,
    CalendarFeedModifiedError,
    CalendarFeedNotFoundError,
)
from chalicelib.storage import keys
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.calendar_feed_models import CalendarFeedItem
from chalicelib.storage.decoding import decode_readable, decoder, require
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import day_from_item, format_microsecond, parse_timestamp
from chalicelib.storage.models import BaseItem, DayItem
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import Day

# Two pages of at most 1 MB have two years of any doctor.
_PAGE_SIZE = 1_000


class CalendarFeedRepository:
    """The feeds of all doctors.

    The writes add their entry to the audit log, and raise ``DayModifiedError`` if that has its key
    already, ``StoreUnavailableError`` and ``OutcomeUnknownError``.
    """

    def list_all(self, doctor_id: str) -> Sequence[CalendarFeed]:
        """Return those that can be read; strongly consistent. Raises ``StoreUnavailableError``."""
        with translate_read_errors():
            items: Iterable[CalendarFeedItem] = CalendarFeedItem.query(
                keys.doctor_pk(doctor_id),
                CalendarFeedItem.sk.startswith(keys.CALENDAR_FEED_PREFIX),
                consistent_read=True,
            )
            return [*decode_readable(items, _feed_from_item)]

    def get(self, doctor_id: str, feed_id: str) -> CalendarFeed:
        """Return a feed; strongly consistent.

        Raises ``CalendarFeedNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = CalendarFeedItem.get(*_key(doctor_id, feed_id), consistent_read=True)
        except DoesNotExist:
            raise CalendarFeedNotFoundError from None
        return _feed_from_item(item)

    def get_with_days(
        self, doctor_id: str, feed_id: str, first: date
    ) -> tuple[CalendarFeed, Sequence[Day]]:
        """Return a feed and the days from that date on, in one strongly consistent query.

        Raises ``CalendarFeedNotFoundError``, ``StoreUnavailableError``.
        """
        pk, sk = _key(doctor_id, feed_id)
        with translate_read_errors():
            items: list[Any] = [
                *BaseItem.query(
                    pk,
                    BaseItem.sk.between(keys.day_sk(first), sk),
                    consistent_read=True,
                    page_size=_PAGE_SIZE,
                )
            ]
        found = [each for each in items if each.sk == sk]
        feeds = [*decode_readable(found, _feed_from_item)]
        if not feeds:
            raise CalendarFeedNotFoundError
        days = (each for each in items if isinstance(each, DayItem))
        return feeds[0], [*decode_readable(days, day_from_item)]

    def put(self, feed: CalendarFeed, entry: AuditLogEntry) -> None:
        """Store a version of a feed. Raises ``CalendarFeedModifiedError`` unless it is the next."""
        transaction = Transaction()
        transaction.put(
            _feed_to_item(feed).serialize(),
            condition=(
                CalendarFeedItem.pk.does_not_exist()
                if feed.version == 1
                else CalendarFeedItem.version == feed.version - 1
            ),
            on_failure=lambda _: CalendarFeedModifiedError(),
        )
        add_entry(transaction, entry)
        transaction.commit()

    def delete(self, feed: CalendarFeed, entry: AuditLogEntry) -> None:
        """Delete a feed. Raises ``CalendarFeedNotFoundError`` if it is gone."""
        transaction = Transaction()
        transaction.delete(
            _key(feed.doctor_id, feed.feed_id),
            condition=CalendarFeedItem.pk.exists(),
            on_failure=lambda _: CalendarFeedNotFoundError(),
        )
        add_entry(transaction, entry)
        transaction.commit()


def _key(doctor_id: str, feed_id: str) -> tuple[str, str]:
    return keys.doctor_pk(doctor_id), keys.calendar_feed_sk(feed_id)


def _feed_to_item(feed: CalendarFeed) -> CalendarFeedItem:
    return CalendarFeedItem(
        *_key(feed.doctor_id, feed.feed_id),
        name=feed.name,
        created_at=format_microsecond(feed.created_at),
        created_by=feed.created_by,
        secret_hash=feed.secret_hash,
        version=feed.version,
    )


@decoder
def _feed_from_item(item: CalendarFeedItem) -> CalendarFeed:
    return CalendarFeed(
        doctor_id=keys.parse_doctor_pk(str(item.pk)),
        feed_id=str(item.sk).removeprefix(keys.CALENDAR_FEED_PREFIX),
        name=require(item.name),
        created_at=parse_timestamp(require(item.created_at)),
        created_by=require(item.created_by),
        secret_hash=require(item.secret_hash),
        version=int(item.version),
    )
