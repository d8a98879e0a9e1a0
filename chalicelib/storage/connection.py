"""PynamoDB's connection to DynamoDB, with less CPU time per call than botocore takes by default."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.config import Config
from botocore.exceptions import ResponseStreamingError
from pynamodb.connection.base import Connection

from chalicelib.storage.call_retries import retry_delay

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session
    from pynamodb.connection._botocore_private import BotocoreBaseClientPrivate

# The calls that return items or change them. No item has binary data, the only type of DynamoDB
# whose value differs from its JSON.
_ITEM_OPERATIONS = (
    "BatchGetItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "TransactWriteItems",
    "UpdateItem",
)
_lock = Lock()


class DynamoDBConnection(Connection):
    """PynamoDB connection whose client has our event handlers.

    PynamoDB creates its client with the first call, in any thread, and may replace it later. So
    the event handlers are registered whenever there is another client, not when connecting.
    """

    _instrumented_client: BaseClient | None = None

    @property
    def client(self) -> BotocoreBaseClientPrivate:
        """Return PynamoDB's client with our event handlers."""
        with _lock:
            client = super().client
            if client is not self._instrumented_client:
                self.register_handlers(client)
                self._instrumented_client = client
        return client

    def register_handlers(self, client: BaseClient) -> None:
        _use_one_endpoint(client)
        events: Any = client.meta.events  # its types allow no handler with a result
        events.register("needs-retry.dynamodb", retry_delay)
        for operation in _ITEM_OPERATIONS:
            client.meta.events.register(f"before-parse.dynamodb.{operation}", _decode)

    @property
    def session(self) -> Session:
        """Return PynamoDB's session with a fixed user agent.

        Without one, botocore builds the same text twice per call, in a tenth of its CPU time.
        """
        session = super().session
        if session.get_default_client_config() is None:
            session.set_default_client_config(Config(user_agent=session.user_agent()))
        return session


class _KnownEndpoint:
    """Resolver of botocore that has found the endpoint, and returns it for each call."""

    def __init__(self, endpoint: object) -> None:
        self._endpoint = endpoint

    def construct_endpoint(self, **_: object) -> object:
        return self._endpoint


def _use_one_endpoint(client: Any) -> None:  # noqa: ANN401  no public type has the resolver
    """Find the endpoint once.

    botocore would find it again for each call, from all table names in it, in a tenth of its CPU
    time. Only names that are ARNs, or an endpoint per AWS account, would make a difference.
    """
    resolver = client._ruleset_resolver  # noqa: SLF001  there is no public way
    operation = client.meta.service_model.operation_model("DescribeEndpoints")
    endpoint = resolver.construct_endpoint(
        operation_model=operation, call_args={}, request_context={}
    )
    if "authSchemes" not in endpoint.properties:
        client._ruleset_resolver = _KnownEndpoint(endpoint)  # noqa: SLF001  there is no public way


def _decode(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Decode the JSON of a response, which botocore then does not compare with its schema.

    The result is the same, and botocore takes half of the CPU time of reading a full day for it.
    Raises ``ResponseStreamingError`` if a body is no JSON object, as a proxy may send it; botocore
    would return a response without an item. Errors are left to botocore.
    """
    if response_dict["status_code"] == HTTPStatus.OK:
        try:
            decoded = msgspec.json.decode(response_dict["body"], type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise ResponseStreamingError(error=error) from error
        customized_response_dict.update(decoded)
        response_dict["body"] = b"{}"
