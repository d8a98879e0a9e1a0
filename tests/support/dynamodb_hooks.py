"""Hooks into the app's DynamoDB client: record calls, replace responses, act between calls."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError

from chalicelib.storage import table
from tests.support.dynamodb_responses import TRANSACT_WRITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

Hook = Callable[..., Any]
InjectedResponse = AWSResponse | Exception | Callable[[AWSPreparedRequest], AWSResponse]


class DynamoDBHooks:
    """Context managers that hook into the calls made during their block."""

    @contextmanager
    def record_calls(self) -> Iterator[list[str]]:
        """Yield a list that grows by the operation of each call."""
        calls: list[str] = []

        def record(event_name: str, **_: object) -> None:
            calls.append(event_name.rpartition(".")[2])

        with self.before_call("*", record):
            yield calls

    @contextmanager
    def inject_responses(
        self, operation: str, *responses: InjectedResponse | None
    ) -> Iterator[None]:
        """Replace the responses to the first calls; None sends a call to DynamoDB."""
        remaining = list(responses)

        def respond(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
            response = remaining.pop(0) if remaining else None
            if isinstance(response, Exception):
                raise response
            return response(request) if callable(response) else response

        with self.before_call(operation, respond):
            yield

    @contextmanager
    def drop_responses(self, operation: str, *, count: int) -> Iterator[None]:
        """Raise a timeout after DynamoDB has executed a call, for the first ``count`` calls."""
        remaining = count

        def drop(**_: object) -> None:
            nonlocal remaining
            if remaining:
                remaining -= 1
                raise ReadTimeoutError(endpoint_url="http://dynamodb")

        with self.register_hook(f"response-received.dynamodb.{operation}", drop):
            yield

    @contextmanager
    def before_commit(self, action: Callable[[], object]) -> Iterator[None]:
        """Run the action between the reads and the commit of the next save."""
        pending = [action]

        def run_once(**_: object) -> None:
            if pending:
                pending.pop()()

        with self.before_call(TRANSACT_WRITE, run_once):
            yield

    def before_call(self, operation: str, hook: Hook) -> AbstractContextManager[None]:
        """Call the hook before each call of the operation."""
        return self.register_hook(f"before-send.dynamodb.{operation}", hook)

    @contextmanager
    def register_hook(self, event_name: str, hook: Hook) -> Iterator[None]:
        """Register a hook for an event of botocore."""
        events = table.connection().client.meta.events
        events.register(event_name, hook)
        try:
            yield
        finally:
            events.unregister(event_name, hook)
