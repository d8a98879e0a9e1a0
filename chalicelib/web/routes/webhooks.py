"""Webhooks of booking sites: create, list, delete, rotate, test, and their deliveries."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.bootstrap import get_services
from chalicelib.domain.permissions import Caller, Permission
from chalicelib.web.api import webhook_schemas
from chalicelib.web.http.request import JSON
from chalicelib.web.http.responses import json_response, no_content
from chalicelib.web.routing import BOOKING_SITES, RouteDoc, Router

if TYPE_CHECKING:
    from chalice.app import Request, Response

routes = Router(__name__)
_PATH = "/webhooks"
_ONE = f"{_PATH}/{{webhook_id}}"


@routes.get(
    _PATH,
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(tag=BOOKING_SITES, responses={200: {JSON: webhook_schemas.WebhookList}}),
)
def get_webhooks(_request: Request, caller: Caller) -> Response:
    """List your webhooks.

    An admin sees those of all clients.
    """
    from chalicelib.web.api.webhook_serializers import serialize_webhooks

    return json_response(serialize_webhooks(get_services().webhooks.manage.list_all(caller)))


@routes.post(
    _PATH,
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        body={JSON: webhook_schemas.WebhookRequest},
        responses={201: {JSON: webhook_schemas.NewWebhook}},
        errors=(400,),
    ),
)
def post_webhook(request: Request, caller: Caller) -> Response:
    """Create a webhook.

    Events are sent to the URL from now on, as Standard Webhooks 1.0 describes: with the headers
    `webhook-id`, `webhook-timestamp` and `webhook-signature`, at least once, in any order. Answer
    with a 2xx status within 10 seconds; redirects are not followed. Other responses are tried again
    for up to 72 hours, and 410 disables the webhook. The secret, which verifies the signatures, is
    shown this once.
    """
    from chalicelib.web.api.webhook_parsing import parse_webhook
    from chalicelib.web.api.webhook_serializers import serialize_new_webhook

    services = get_services()
    allow_loopback = services.settings.allows_loopback_webhooks
    url, events = parse_webhook(request, allow_loopback=allow_loopback)
    created = services.webhooks.manage.create(caller, url, events)
    return json_response(serialize_new_webhook(created), status=HTTPStatus.CREATED)


@routes.get(
    _ONE,
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES, responses={200: {JSON: webhook_schemas.Webhook}}, errors=(404,)
    ),
)
def get_webhook(_request: Request, caller: Caller, webhook_id: str) -> Response:
    """Get a webhook."""
    from chalicelib.web.api.webhook_serializers import serialize_webhook

    webhook = get_services().webhooks.manage.get(caller, webhook_id)
    return json_response(serialize_webhook(webhook))


@routes.delete(
    _ONE,
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(tag=BOOKING_SITES, responses={204: {}}, errors=(404,)),
)
def delete_webhook(_request: Request, caller: Caller, webhook_id: str) -> Response:
    """Delete a webhook.

    Events that wait for another try are not sent any more.
    """
    get_services().webhooks.manage.delete(caller, webhook_id)
    return no_content()


@routes.post(
    f"{_ONE}/rotate",
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES, responses={200: {JSON: webhook_schemas.RotatedSecret}}, errors=(404,)
    ),
)
def post_webhook_rotation(_request: Request, caller: Caller, webhook_id: str) -> Response:
    """Give a webhook a new secret.

    For 24 hours, each event has two signatures: of the new secret and of the previous one.
    """
    from chalicelib.web.api.webhook_serializers import serialize_rotation

    webhook = get_services().webhooks.manage.rotate(caller, webhook_id)
    return json_response(serialize_rotation(webhook))


@routes.post(
    f"{_ONE}/test",
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES, responses={202: {JSON: webhook_schemas.Delivery}}, errors=(404, 409)
    ),
)
def post_webhook_test(_request: Request, caller: Caller, webhook_id: str) -> Response:
    """Send a test event.

    Its type is `webhook.test`. Its result is in the list of deliveries.
    """
    from chalicelib.web.api.webhook_serializers import serialize_delivery

    delivery = get_services().webhooks.manage.test(caller, webhook_id)
    return json_response(serialize_delivery(delivery), status=HTTPStatus.ACCEPTED)


@routes.get(
    f"{_ONE}/deliveries",
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES,
        parameters=("Limit", "Cursor"),
        responses={200: {JSON: webhook_schemas.DeliveryList}},
        errors=(400, 404),
    ),
)
def get_webhook_deliveries(request: Request, caller: Caller, webhook_id: str) -> Response:
    """List the deliveries of a webhook.

    Those of the last 14 days that were tried at least once, the newest first.
    """
    from chalicelib.web.api.webhook_parsing import parse_page
    from chalicelib.web.api.webhook_serializers import serialize_deliveries

    limit, cursor = parse_page(request)
    manage = get_services().webhooks.manage
    page = manage.list_deliveries(caller, webhook_id, limit=limit, cursor=cursor)
    return json_response(serialize_deliveries(page))


@routes.post(
    f"{_ONE}/deliveries/{{delivery_id}}/replay",
    permission=Permission.SUBSCRIBE,
    doc=RouteDoc(
        tag=BOOKING_SITES, responses={202: {JSON: webhook_schemas.Delivery}}, errors=(404, 409)
    ),
)
def post_webhook_replay(
    _request: Request, caller: Caller, webhook_id: str, delivery_id: str
) -> Response:
    """Send a delivery again.

    With the same `webhook-id` and body, and if need be for another 72 hours.
    """
    from chalicelib.web.api.webhook_serializers import serialize_delivery

    manage = get_services().webhooks.manage
    delivery = manage.replay(caller, webhook_id, delivery_id)
    return json_response(serialize_delivery(delivery), status=HTTPStatus.ACCEPTED)
