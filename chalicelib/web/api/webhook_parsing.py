"""Parse requests about webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.text import Text
from chalicelib.domain.webhook import EventType, parse_events
from chalicelib.domain.webhook_delivery import is_valid_delivery_id
from chalicelib.domain.webhook_url import parse_url
from chalicelib.web.api import webhook_schemas
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.validators import invalid_field, parse_limit
from chalicelib.web.http.request import query

if TYPE_CHECKING:
    from chalice.app import Request


def parse_webhook(request: Request, *, allow_loopback: bool) -> tuple[str, frozenset[EventType]]:
    """The URL and the events of a webhook to create. Raises ``RequestRejectedError``."""
    sent, violations = decode_json(request, webhook_schemas.WebhookRequest)
    events: frozenset[EventType] = frozenset()
    with violations:
        parse_url(sent.url, allow_loopback=allow_loopback)
    with violations:
        events = parse_events(sent.events)
    violations.raise_any()
    return sent.url, events


def parse_page(request: Request) -> tuple[int, str | None]:
    """``limit`` and ``cursor`` of a page of deliveries. Raises ``RequestRejectedError``."""
    violations, cursor = Violations(), query(request, "cursor")
    with violations:
        limit = parse_limit(request)
    with violations:
        if cursor is not None and not is_valid_delivery_id(cursor):
            raise invalid_field("cursor", Text("`next` of the previous page"))
    violations.raise_any()
    return limit, cursor
