"""Webhooks on this machine: the table's stream and a queue, without Lambda."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import request_context, webhook_handler
from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import DomainError
from chalicelib.events.sqs import UndeliveredError
from chalicelib.storage import streams
from chalicelib.use_cases.publish_changes import list_events
from local import threads

_QUEUE_NAME = "webhooks"
_IDLE_SECONDS = 2
"""How late what another process writes is noticed, and a message whose delay is over."""
_BUSY_SECONDS = 0.5
"""How long to wait after a batch of messages, which may have left others in the queue."""
_MAX_PARALLEL = 4
_BATCH = 10
_ERRORS = (BotoCoreError, ClientError, DomainError, UndeliveredError)


def create_queue() -> None:
    """Create the queue of webhooks, and set the settings of the app that name it.

    Without the service (another store than MiniStack may have none), no webhooks are sent.
    """
    try:
        queue = _client("sqs").create_queue(QueueName=_QUEUE_NAME)
    except (BotoCoreError, ClientError) as error:
        print(f"No webhooks are sent: {error}", file=sys.stderr, flush=True)
        return
    os.environ["WEBHOOK_QUEUE_URL"] = queue["QueueUrl"]
    os.environ["WEBHOOK_LOOPBACK"] = "on"


@contextmanager
def delivered(changed: threading.Event) -> Iterator[None]:
    """While the block runs, send the events of the table's stream, and retry, in a thread.

    Set ``changed`` after a request that may have written, so that its events are sent at once.
    """
    settings = get_services().settings
    if settings.webhook_queue_url is None:
        yield
        return
    stopped = threading.Event()
    worker = QueueWorker(settings.webhook_queue_url)
    reader = StreamReader(settings.table_name)
    look = partial(watch, stopped, changed, reader.queue_changes, worker.handle_messages)
    with closing(worker), threads.running(stopped, [look]):
        try:
            yield
        finally:
            stopped.set()
            changed.set()  # ends the pause


def watch(
    stopped: threading.Event,
    changed: threading.Event,
    queue_changes: Callable[[], None],
    handle_messages: Callable[[], bool],
    idle_seconds: float = _IDLE_SECONDS,
) -> None:
    """Queue changes and handle messages again and again, until ``stopped`` is set.

    Between two rounds it pauses, for a shorter time after messages. Setting ``changed`` ends the
    pause.
    """
    while not stopped.is_set():
        _reported(queue_changes)
        is_busy = _reported(handle_messages)
        changed.wait(_BUSY_SECONDS if is_busy else idle_seconds)
        changed.clear()


class StreamReader:
    """Reads the changes of the table from now on, and queues their events."""

    def __init__(self, table_name: str) -> None:
        endpoint = os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
        self._streams = _client("dynamodbstreams", endpoint)
        self._iterators = self._open(_enable_stream(table_name, endpoint))

    def queue_changes(self) -> None:
        """Queue the events since the last call."""
        for number, iterator in enumerate(self._iterators):
            response = self._streams.get_records(ShardIterator=iterator)
            records = [to_lambda_record(record) for record in response["Records"]]
            queue = get_services().webhooks.queue_events()
            if records and queue:
                with request_context.request_scope():
                    queue.queue_all(list_events(streams.parse_records(records)))
            self._iterators[number] = response["NextShardIterator"]

    def _open(self, arn: str) -> list[str]:
        found = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        return [
            self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
            )["ShardIterator"]
            for shard in found
        ]


class QueueWorker:
    """Hands the messages of the queue to the app, as Lambda does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sqs = _client("sqs")
        self._pool = ThreadPoolExecutor(_MAX_PARALLEL)

    def handle_messages(self) -> bool:
        """Handle messages that are due; return whether there were any, and so may be more."""
        # A long poll would delay all other requests of MiniStack.
        response = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=_BATCH)
        messages = response.get("Messages", ())
        for message in messages:
            self._pool.submit(_reported, partial(self._handle, message))
        return bool(messages)

    def close(self) -> None:
        """Stop; what was not handled stays in the queue."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _handle(self, message: dict[str, Any]) -> None:
        webhook_handler.handle_messages({"Records": [{"body": message["Body"]}]})
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


def _reported(task: Callable[[], bool | None]) -> bool | None:
    """Return the result of the task, or report its error."""
    try:
        return task()
    except _ERRORS as error:  # the next run makes up for it
        print(f"Webhooks were not sent: {error}", file=sys.stderr, flush=True)
        return None


def _enable_stream(table_name: str, endpoint: str | None) -> str:
    """Return the ARN of the table's stream, which is enabled if it was not."""
    client = _client("dynamodb", endpoint)
    if arn := client.describe_table(TableName=table_name)["Table"].get("LatestStreamArn"):
        return str(arn)
    updated = client.update_table(
        TableName=table_name,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return str(updated["TableDescription"]["LatestStreamArn"])


def to_lambda_record(record: dict[str, Any]) -> dict[str, Any]:
    """Convert the time back to a number, which botocore has decoded to a datetime."""
    change = record["dynamodb"]
    created_at = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": {**change, "ApproximateCreationDateTime": created_at}}


def _client(service: str, endpoint: str | None = None) -> Any:  # noqa: ANN401  its types are per service
    """Create a client in boto3's session; one of its own would read all endpoints of AWS again."""
    return boto3.client(service, endpoint_url=endpoint)  # type: ignore[call-overload]
