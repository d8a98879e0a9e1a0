"""Another system that follows along: a queue of its own behind the stack's event bus."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_NAME = "follower"
_PATTERN = {"source": ["medilink.slots"], "detail-type": ["SlotsChanged"]}
_POLL_SECONDS = 0.02


class Follower:
    """It is told what comes from now on."""

    def __init__(self, bus: str) -> None:
        """Make the queue, and have the bus fill it."""
        self._sqs: SQSClient = boto3.client("sqs")
        self._url = self._sqs.create_queue(QueueName=_NAME)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        queue = attributes["Attributes"]["QueueArn"]
        events = boto3.client("events")
        events.put_rule(Name=_NAME, EventBusName=bus, EventPattern=json.dumps(_PATTERN))
        events.put_targets(Rule=_NAME, EventBusName=bus, Targets=[{"Id": _NAME, "Arn": queue}])

    def told_within(self, seconds: float) -> dict[str, Any] | None:
        """The next event; None where none comes in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for body in self._received():
                event: dict[str, Any] = json.loads(body)
                return event
            time.sleep(_POLL_SECONDS)
        return None

    def _received(self) -> list[str]:
        messages = self._sqs.receive_message(QueueUrl=self._url).get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]
