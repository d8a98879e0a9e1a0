"""What the OpenAPI document says of webhooks."""

from __future__ import annotations

from http import HTTPStatus

from chalicelib.web.http.request import JSON
from tools.openapi import examples
from tools.openapi.example_values import Json, problem, problem_with_error
from tools.openapi.responses import OperationDetails, linked, response

_URL = "https://hooks.site.example/slots"
_EVENTS = ["booking.cancelled", "slots.changed"]
_WEBHOOK: Json = {
    "webhook_id": "1f0c9ae27b3540d8",
    "url": _URL,
    "events": _EVENTS,
    "state": "enabled",
    "client": "site-a",
    "created_at": "2026-11-22T12:00:00+00:00",
}
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw3v8l8kYJm6s="  # noqa: S105  an example  # nosec B105
_DELIVERY: Json = {
    "delivery_id": "msg_20261122T120000000000Z_9f86d081884c7d659a2feaa0",
    "type": "slots.changed",
    "state": "pending",
    "tries": 1,
    "created_at": "2026-11-22T12:00:00+00:00",
    "last_tried_at": "2026-11-22T12:00:01+00:00",
    "last_status": 500,
    "last_error": None,
    "next_try_at": "2026-11-22T12:00:06+00:00",
}
_WAITING = _DELIVERY | {
    "type": "webhook.test",
    "tries": 0,
    "last_tried_at": None,
    "last_status": None,
    "next_try_at": "2026-11-22T12:00:00+00:00",
}
_NOT_HTTPS = problem_with_error(
    HTTPStatus.BAD_REQUEST, "invalid", "The URL must begin with https://", field="url"
)
_NO_SUCH_WEBHOOK = response(
    "Your client has no such webhook.",
    unknown_webhook=problem(HTTPStatus.NOT_FOUND, "There is no such webhook"),
)
_DISABLED = response(
    "The webhook is disabled.",
    disabled=problem_with_error(
        HTTPStatus.CONFLICT,
        "invalid",
        "The webhook is disabled. Delete it and create another.",
        field="webhook_id",
    ),
)

WEBHOOK_OPERATIONS: dict[str, OperationDetails] = {
    "get_webhooks": OperationDetails(
        responses={200: response("The webhooks.", one_webhook={"webhooks": [_WEBHOOK]})}
    ),
    "post_webhook": OperationDetails(
        body={JSON: {"two events": {"url": _URL, "events": _EVENTS}}},
        responses={
            201: linked(
                response(
                    "Created. The secret is shown once.", new_webhook=_WEBHOOK | {"secret": _SECRET}
                ),
                {"get_webhook": {"webhook_id": "$response.body#/webhook_id"}},
            ),
            400: response(
                "The URL or the events are not valid, or there are too many.", not_https=_NOT_HTTPS
            ),
        },
    ),
    "get_webhook": OperationDetails(
        responses={200: response("The webhook.", a_webhook=_WEBHOOK), 404: _NO_SUCH_WEBHOOK}
    ),
    "delete_webhook": OperationDetails(
        responses={204: response("Deleted."), 404: _NO_SUCH_WEBHOOK}
    ),
    "post_webhook_rotation": OperationDetails(
        responses={
            200: response(
                "The new secret.",
                new_secret={
                    "webhook_id": _WEBHOOK["webhook_id"],
                    "secret": _SECRET,
                    "previous_valid_until": "2026-11-23T12:00:00+00:00",
                },
            ),
            404: _NO_SUCH_WEBHOOK,
        }
    ),
    "post_webhook_test": OperationDetails(
        responses={
            202: response("The test will be sent.", a_test=_WAITING),
            404: _NO_SUCH_WEBHOOK,
            409: _DISABLED,
        }
    ),
    "get_webhook_deliveries": OperationDetails(
        responses={
            200: response(
                "A page of deliveries.", one_retry={"deliveries": [_DELIVERY], "next": None}
            ),
            400: response("Malformed request.", invalid_limit=examples.INVALID_LIMIT),
            404: _NO_SUCH_WEBHOOK,
        }
    ),
    "post_webhook_replay": OperationDetails(
        responses={
            202: response("It will be sent again.", replayed=_WAITING | {"type": "slots.changed"}),
            404: response(
                "There is no such webhook or delivery.",
                unknown_delivery=problem(HTTPStatus.NOT_FOUND, "There is no such delivery"),
            ),
            409: _DISABLED,
        }
    ),
}
