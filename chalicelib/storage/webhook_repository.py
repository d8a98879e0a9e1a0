"""Webhooks in the table, all in one partition: a change is sent to any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.webhook import (
    EventType,
    Secret,
    Webhook,
    WebhookModifiedError,
    WebhookNotFoundError,
    WebhookState,
)
from chalicelib.storage import keys
from chalicelib.storage.decoding import decode_readable, decoder, require
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.mapping import format_microsecond, parse_optional_timestamp, parse_timestamp
from chalicelib.storage.transaction import Transaction
from chalicelib.storage.webhook_models import WebhookAuditItem, WebhookItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.domain.webhook import WebhookAuditEntry


class WebhookRepository:
    """The webhooks of all clients.

    The writes raise ``StoreUnavailableError`` and ``OutcomeUnknownError``.
    """

    def list_all(self) -> Sequence[Webhook]:
        """Return those that can be read; strongly consistent. Raises ``StoreUnavailableError``."""
        with translate_read_errors():
            items: Iterable[WebhookItem] = WebhookItem.query(keys.WEBHOOKS_PK, consistent_read=True)
            return [*decode_readable(items, _webhook_from_item)]

    def get(self, webhook_id: str) -> Webhook:
        """Return a webhook; strongly consistent.

        Raises ``WebhookNotFoundError``, ``UnreadableItemError``, ``StoreUnavailableError``.
        """
        try:
            with translate_read_errors():
                item = WebhookItem.get(*keys.webhook_key(webhook_id), consistent_read=True)
        except DoesNotExist:
            raise WebhookNotFoundError from None
        return _webhook_from_item(item)

    def put(self, webhook: Webhook, entry: WebhookAuditEntry | None = None) -> None:
        """Store a version, if the one before it is stored. Raises ``WebhookModifiedError``."""
        transaction = Transaction()
        transaction.put(
            _webhook_to_item(webhook).serialize(),
            condition=(
                WebhookItem.pk.does_not_exist()
                if webhook.version == 1
                else WebhookItem.version == webhook.version - 1
            ),
            on_failure=lambda _: WebhookModifiedError(),
        )
        if entry:
            _add_audit_entry(transaction, entry)
        transaction.commit()

    def delete(self, webhook: Webhook, entry: WebhookAuditEntry) -> None:
        """Delete a webhook. Raises ``WebhookNotFoundError`` if it is gone."""
        transaction = Transaction()
        transaction.delete(
            keys.webhook_key(webhook.webhook_id),
            condition=WebhookItem.pk.exists(),
            on_failure=lambda _: WebhookNotFoundError(),
        )
        _add_audit_entry(transaction, entry)
        transaction.commit()


def _add_audit_entry(transaction: Transaction, entry: WebhookAuditEntry) -> None:
    webhook, actor = entry.webhook, entry.actor
    transaction.put(
        WebhookAuditItem.to_raw(
            keys.WEBHOOKS_AUDIT_PK,
            keys.audit_index_sk(entry.at, f"{webhook.webhook_id}-{entry.act}-{webhook.version}"),
            at=format_microsecond(entry.at),
            act=str(entry.act),
            webhook_id=webhook.webhook_id,
            owner=webhook.client,
            url=webhook.url,
            by=actor.name,
            role="+".join(sorted(actor.roles)),
            client=actor.client,
            subject=actor.subject,
        ),
        condition=WebhookAuditItem.pk.does_not_exist(),
        on_failure=lambda _: WebhookModifiedError(),
    )


def _webhook_to_item(webhook: Webhook) -> WebhookItem:
    return WebhookItem(
        *keys.webhook_key(webhook.webhook_id),
        client=webhook.client,
        url=webhook.url,
        events={str(kind) for kind in webhook.events},
        secrets=[
            [each.value, format_microsecond(each.valid_until) if each.valid_until else None]
            for each in webhook.secrets
        ],
        created_at=format_microsecond(webhook.created_at),
        created_by=webhook.created_by,
        state=str(webhook.state),
        version=webhook.version,
    )


@decoder
def _webhook_from_item(item: WebhookItem) -> Webhook:
    return Webhook(
        webhook_id=keys.parse_webhook_sk(str(item.sk)),
        client=require(item.client),
        url=require(item.url),
        events=frozenset(map(EventType, item.events)),
        secrets=tuple(
            Secret(value=str(value), valid_until=parse_optional_timestamp(until))
            for value, until in item.secrets
        ),
        created_at=parse_timestamp(require(item.created_at)),
        created_by=require(item.created_by),
        state=WebhookState(item.state),
        version=int(item.version),
    )
