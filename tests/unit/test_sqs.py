"""Messages to SQS: batches that one call may have, and what a sender learns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.events.sqs import QueueMessage, UndeliveredError, send_all
from chalicelib.storage import keys

if TYPE_CHECKING:
    from collections.abc import Sequence


class FakeSqs:
    """Records the batches; ``error`` is raised, or its response returned."""

    def __init__(self, error: Exception | dict[str, Any] | None = None) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._error = error

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Any]) -> dict[str, Any]:  # noqa: ARG002, N803  AWS's
        self.batches.append([*Entries])
        if isinstance(self._error, Exception):
            raise self._error
        return self._error or {}


def test_batches_have_ten_messages_in_their_order() -> None:
    sqs = FakeSqs()

    send_all(sqs, "url", [QueueMessage(str(number)) for number in range(12)])

    bodies = [[entry["MessageBody"] for entry in batch] for batch in sqs.batches]
    assert bodies == [[str(number) for number in range(10)], ["10", "11"]]
    assert [entry["Id"] for entry in sqs.batches[0]] == [str(number) for number in range(10)]


def test_batches_are_no_larger_than_sqs_accepts() -> None:
    sqs = FakeSqs()

    send_all(sqs, "url", [QueueMessage("é" * 60_000)] * 3)

    assert [len(batch) for batch in sqs.batches] == [2, 1]


def test_delay_and_group_are_sent_where_there_are_any() -> None:
    sqs = FakeSqs()

    send_all(sqs, "url", [QueueMessage("a"), QueueMessage("b", 5, "hook")])

    ((plain, delayed),) = sqs.batches
    assert plain == {"Id": "0", "MessageBody": "a"}
    assert delayed == {"Id": "1", "MessageBody": "b", "DelaySeconds": 5, "MessageGroupId": "hook"}


@pytest.mark.parametrize(
    "error",
    [
        {"Failed": [{"Id": "0"}]},
        ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessageBatch"),
        EndpointConnectionError(endpoint_url="http://sqs"),
    ],
)
def test_sender_learns_of_every_failure(error: Exception | dict[str, Any]) -> None:
    with pytest.raises(UndeliveredError):
        send_all(FakeSqs(error), "url", [QueueMessage("a")])


@given(st.text(min_size=1), st.text(min_size=1))
def test_key_of_a_booking_is_taken_apart_as_it_was_made(client: str, booking_id: str) -> None:
    assert keys.parse_booking_pk(keys.booking_pk(client, booking_id)) == (client, booking_id)
