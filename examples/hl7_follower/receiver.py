"""Receives webhooks, and responds with 204 once their messages are accepted."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import standardwebhooks
from flask import Flask, request

from examples.hl7_follower.messages import Addresses, make_message
from examples.hl7_follower.mllp import MllpSender, NotAcceptedError

if TYPE_CHECKING:
    from examples.hl7_follower.revisions import SentRevisions


def create_app(
    secret: str, sender: MllpSender, revisions: SentRevisions, addresses: Addresses | None = None
) -> Flask:
    """Return the follower as a WSGI app; ``secret`` is that of the webhook."""
    app = Flask(__name__)
    webhook = standardwebhooks.Webhook(secret)
    addresses = addresses or Addresses()
    lock = Lock()  # one event at a time, so that a slot's changes stay in order

    @app.post("/hooks")
    def receive() -> tuple[str, int]:
        try:
            event: Any = webhook.verify(request.get_data(), dict(request.headers))
        except standardwebhooks.WebhookVerificationError:
            return "The signature is wrong.", 401
        try:
            with lock:
                forward(event, sender, revisions, addresses)
        except NotAcceptedError:
            return "The receiver has not accepted the message. Try again.", 503
        return "", 204

    return app


def forward(
    event: dict[str, Any], sender: MllpSender, revisions: SentRevisions, addresses: Addresses
) -> None:
    """Send a message for each slot of the event that was not changed again since.

    A held slot is left out: no event says that a hold has expired.

    Raises:
        NotAcceptedError: a message was not accepted; those before it were.
    """
    if event["type"] != "slots.changed":
        return
    revision = event["data"]["revision"]
    for slot in event["data"]["slots"]:
        held = slot["status"] == "busy-tentative"
        if held or revisions.is_stale(slot["slot_id"], revision):
            continue
        sender.send(make_message(event, slot, addresses))
        revisions.record(slot["slot_id"], revision)
