"""The table's stream, as Lambda reads it, and a subscriber to the published events."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from local.webhooks import to_lambda_record

if TYPE_CHECKING:
    from collections.abc import Iterator

TIMEOUT_SECONDS = 20
POLL_SECONDS = 0.02
DETAIL_TYPES = ["SlotsChanged", "BookingsDisrupted", "DisruptionLifted"]


class Stream:
    """Reads the stream's records from now on, and makes Lambda events of them."""

    def __init__(self, streams: Any, table_name: str) -> None:  # noqa: ANN401  no types for it here
        self._streams = streams
        (stream,) = streams.list_streams(TableName=table_name)["Streams"]
        arn = stream["StreamArn"]
        shards = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterators = [
            streams.get_shard_iterator(
                StreamArn=arn,
                ShardId=shard["ShardId"],
                ShardIteratorType="LATEST",
            )["ShardIterator"]
            for shard in shards
        ]

    def read_event(self) -> dict[str, Any]:
        """Return the records since the last call as one event."""
        records = []
        for index, iterator in enumerate(self._iterators):
            response = self._streams.get_records(ShardIterator=iterator)
            self._iterators[index] = response["NextShardIterator"]
            records += response["Records"]
        return {"Records": [to_lambda_record(record) for record in records]}


class Subscriber:
    """A subscriber: an SQS queue with a rule on the event bus."""

    def __init__(self, sqs: Any, queue_url: str) -> None:  # noqa: ANN401  no types for it here
        self._sqs = sqs
        self._queue_url = queue_url

    def receive(self, count: int) -> list[dict[str, Any]]:
        """Wait for that many events, and fail if there are fewer or more."""
        received: list[dict[str, Any]] = []
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while len(received) < count:
            assert time.monotonic() < deadline, f"{len(received)} of {count} events arrived"
            received += self._receive(seconds=1)
        received += self._receive(seconds=0)
        assert len(received) == count
        return received

    def receive_each(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield the events that arrive within that time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            yield from self._receive(seconds=0)
            # MiniStack would delay all other requests for a long poll.
            time.sleep(POLL_SECONDS)

    def _receive(self, *, seconds: int) -> list[dict[str, Any]]:
        response = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds
        )
        messages = response.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(
                QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [json.loads(message["Body"]) for message in messages]


@contextmanager
def subscribe(events: Any, sqs: Any, bus: str) -> Iterator[Subscriber]:  # noqa: ANN401  no types for them here
    """Subscribe to the changes on a bus, as docs/how-to/subscribe-to-events.md describes."""
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {"source": ["medilink.slots"], "detail-type": DETAIL_TYPES}
    events.put_rule(Name="subscribe", EventBusName=bus, EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": attributes["QueueArn"]}
    events.put_targets(Rule="subscribe", EventBusName=bus, Targets=[target])
    yield Subscriber(sqs, url)
    events.remove_targets(Rule="subscribe", EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name="subscribe", EventBusName=bus)
    sqs.delete_queue(QueueUrl=url)
