"""Deliveries of webhooks in the table, kept for two weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.webhook import DeliveryNotFoundError, EventType, WebhookModifiedError
from chalicelib.domain.webhook_delivery import (
    DELIVERY_AGE,
    Attempt,
    Delivery,
    DeliveryError,
    DeliveryState,
)
from chalicelib.storage import keys
from chalicelib.storage.decoding import decode_readable, decoder, require
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_microsecond, parse_optional_timestamp, parse_timestamp
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.webhook_models import DeliveryItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.storage.models import RawItem


class DeliveryRepository:
    """The deliveries of all webhooks."""

    def list_latest(
        self, webhook_id: str, limit: int, before: str | None = None
    ) -> Sequence[Delivery]:
        """Return the latest deliveries, or those before one, the newest first.

        Strongly consistent. Raises ``StoreUnavailableError``.
        """
        pk, last = keys.delivery_key(webhook_id, before or "~")
        with translate_read_errors():
            items: Iterable[DeliveryItem] = DeliveryItem.query(
                pk,
                DeliveryItem.sk < last,
                consistent_read=True,
                scan_index_forward=False,
                limit=limit,
                page_size=limit,
            )
            return [*decode_readable(items, _delivery_from_item)]

    def get(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Return a delivery; strongly consistent.

        Raises ``DeliveryNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = DeliveryItem.get(
                    *keys.delivery_key(webhook_id, delivery_id), consistent_read=True
                )
        except DoesNotExist:
            raise DeliveryNotFoundError from None
        return _delivery_from_item(item)

    def put(self, delivery: Delivery, before: Delivery | None) -> None:
        """Store a delivery, if it is stored as it was before; None if it was not stored.

        Raises ``WebhookModifiedError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        transaction = Transaction()
        transaction.put(
            _delivery_to_raw(delivery),
            condition=(
                DeliveryItem.pk.does_not_exist()
                if before is None
                else (DeliveryItem.replays == before.replays) & (DeliveryItem.tries == before.tries)
            ),
            on_failure=lambda _: WebhookModifiedError(),
        )
        transaction.commit()


def _delivery_to_raw(delivery: Delivery) -> RawItem:
    last = delivery.last or Attempt()
    return DeliveryItem.to_raw(
        *keys.delivery_key(delivery.webhook_id, delivery.delivery_id),
        event=str(delivery.kind),
        body=delivery.body,
        created_at=format_microsecond(delivery.created_at),
        started_at=format_microsecond(delivery.started_at),
        state=str(delivery.state),
        replays=delivery.replays,
        tries=delivery.tries,
        last_status=last.status,
        last_error=str(last.error) if last.error else None,
        tried_at=_format_optional(delivery.tried_at),
        next_try_at=_format_optional(delivery.next_try_at),
        expires_at=int((delivery.started_at + DELIVERY_AGE).timestamp()),
    )


@decoder
def _delivery_from_item(item: DeliveryItem) -> Delivery:
    webhook_id, delivery_id = keys.parse_delivery_key(str(item.pk), str(item.sk))
    error = DeliveryError(item.last_error) if item.last_error else None
    status = int(item.last_status) if item.last_status else None
    return Delivery(
        webhook_id=webhook_id,
        delivery_id=delivery_id,
        kind=EventType(item.event),
        body=require(item.body),
        created_at=parse_timestamp(require(item.created_at)),
        started_at=parse_timestamp(require(item.started_at)),
        state=DeliveryState(item.state),
        replays=int(item.replays),
        tries=int(item.tries),
        last=Attempt(status=status, error=error) if status or error else None,
        tried_at=parse_optional_timestamp(item.tried_at),
        next_try_at=parse_optional_timestamp(item.next_try_at),
    )


def _format_optional(at: datetime | None) -> str | None:
    return format_microsecond(at) if at else None
