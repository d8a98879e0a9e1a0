"""The two ends of the way: records of the table's stream, and events as a queue receives them."""

from __future__ import annotations

import json
import time
from typing import Any

TIMEOUT_SECONDS = 20


class Stream:
    """Records as Lambda would be given them."""

    def __init__(self, streams: Any, table_name: str) -> None:  # noqa: ANN401  no types for it here
        """From now on."""
        self._streams = streams
        (found,) = streams.list_streams(TableName=table_name)["Streams"]
        described = streams.describe_stream(StreamArn=found["StreamArn"])["StreamDescription"]
        self._iterators = [
            streams.get_shard_iterator(
                StreamArn=found["StreamArn"],
                ShardId=shard["ShardId"],
                ShardIteratorType="LATEST",
            )["ShardIterator"]
            for shard in described["Shards"]
        ]

    def read_event(self) -> dict[str, Any]:
        """What has come since the last time."""
        records = []
        for place, iterator in enumerate(self._iterators):
            answer = self._streams.get_records(ShardIterator=iterator)
            self._iterators[place] = answer["NextShardIterator"]
            records += answer["Records"]
        return {"Records": [_to_lambda_record(record) for record in records]}


def _to_lambda_record(record: dict[str, Any]) -> dict[str, Any]:
    """In Lambda's event the time is a number: the JSON that boto3 has made a datetime of."""
    written = record["dynamodb"]
    at = written["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": {**written, "ApproximateCreationDateTime": at}}


class Subscriber:
    """Somebody else's system."""

    def __init__(self, sqs: Any, queue_url: str) -> None:  # noqa: ANN401  no types for it here
        """The queue is its own."""
        self._sqs = sqs
        self._queue_url = queue_url

    def receive(self, count: int) -> list[dict[str, Any]]:
        """The next so many events; a moment more shows that there are no others."""
        received: list[dict[str, Any]] = []
        until = time.monotonic() + TIMEOUT_SECONDS
        while len(received) < count:
            assert time.monotonic() < until, f"{len(received)} of {count} events came"
            received += self._receive(seconds=1)
        received += self._receive(seconds=0)
        assert len(received) == count
        return received

    def _receive(self, *, seconds: int) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=seconds
        )
        messages = answer.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(
                QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [json.loads(message["Body"]) for message in messages]
