"""The table's stream, as Lambda reads it, and a subscriber to the published events."""

from __future__ import annotations

import json
import time
from typing import Any

TIMEOUT_SECONDS = 20


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
        return {"Records": [_to_lambda_record(record) for record in records]}


def _to_lambda_record(record: dict[str, Any]) -> dict[str, Any]:
    """Convert the time back to a number, which boto3 has decoded to a datetime."""
    change = record["dynamodb"]
    created_at = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": {**change, "ApproximateCreationDateTime": created_at}}


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
