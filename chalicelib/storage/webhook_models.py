"""The PynamoDB models of webhooks, which most requests do not need."""

from __future__ import annotations

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from chalicelib.storage.models import BaseItem


class WebhookItem(BaseItem, discriminator="webhook"):
    """An endpoint; ``secrets`` are the signing secrets, each with the end of its time, if any."""

    client = UnicodeAttribute()
    url = UnicodeAttribute()
    events = UnicodeSetAttribute()
    secrets = JSONAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    state = UnicodeAttribute()
    version = NumberAttribute()


class DeliveryItem(BaseItem, discriminator="delivery"):
    """An event for an endpoint; ``body`` is what is sent.

    DynamoDB deletes the item some time after ``expires_at`` (seconds since 1970).
    """

    event = UnicodeAttribute()
    body = UnicodeAttribute()
    created_at = UnicodeAttribute()
    started_at = UnicodeAttribute()
    state = UnicodeAttribute()
    replays = NumberAttribute()
    tries = NumberAttribute()
    last_status = NumberAttribute(null=True)
    last_error = UnicodeAttribute(null=True)
    tried_at = UnicodeAttribute(null=True)
    next_try_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class WebhookAuditItem(BaseItem, discriminator="webhook_audit"):
    """An entry of the audit log of webhooks, in a partition that the app may only add to."""

    at = UnicodeAttribute()
    act = UnicodeAttribute(attr_name="kind")
    webhook_id = UnicodeAttribute()
    owner = UnicodeAttribute()
    url = UnicodeAttribute()
    by = UnicodeAttribute()
    role = UnicodeAttribute()
    client = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
