"""A subscriber of change events for tests: an SQS queue with a rule on the stack's event bus."""

from __future__ import annotations

import json
import time
from typing import Any

import boto3

_NAME = "subscriber"
_PATTERN = {"source": ["medilink.slots"], "detail-type": ["SlotsChanged"]}
_POLL_SECONDS = 0.02


class EventSubscriber:
    """Receives the events that are published after its creation."""

    def __init__(self, bus: str) -> None:
        self._queue = boto3.resource("sqs").create_queue(QueueName=_NAME)
        target: Any = {"Id": _NAME, "Arn": self._queue.attributes["QueueArn"]}
        events = boto3.client("events")
        events.put_rule(Name=_NAME, EventBusName=bus, EventPattern=json.dumps(_PATTERN))
        events.put_targets(Rule=_NAME, EventBusName=bus, Targets=[target])

    def wait_for_event(self, seconds: float) -> dict[str, Any] | None:
        """Return the next event, or None after a timeout.

        It polls, because MiniStack would delay all other requests for a long poll.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self._queue.receive_messages():
                message.delete()
                event: dict[str, Any] = json.loads(message.body)
                return event
            time.sleep(_POLL_SECONDS)
        return None
