"""Records of the stream that this release cannot read: those after them are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import request_context
from chalicelib.storage import streams
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.app_client import AppClient

DAY_SK = f"DAY#{MONDAY}"
Image = dict[str, dict[str, Any]]


def parse(images: Sequence[Image]) -> tuple[list[str], request_context.RequestContext]:
    """Return the numbers of the records that can be read, and what is logged of the others."""
    records = [
        {
            "dynamodb": {
                "Keys": {"PK": image["PK"], "SK": image["SK"]},
                "SequenceNumber": str(number),
                "ApproximateCreationDateTime": 0,
                "NewImage": image,
            }
        }
        for number, image in enumerate(images)
    ]
    with request_context.request_scope() as context:
        parsed = [*streams.parse_records(records)]
    return [record.sequence_number for record in parsed], context


def test_stream_continues_after_unreadable_day(client: AppClient) -> None:
    client.save("09:00")
    day = client.get_item("DOCTOR#dr-lee", DAY_SK)

    numbers, context = parse(
        [
            {**day, "type": {"S": "day2"}},
            {**day, "SK": {"S": f"{DAY_SK}x"}},
            {**day, "slots": {"M": {"nine": {"M": {}}}}},
            day,
        ]
    )

    assert numbers == ["3"]
    assert context.metrics["UnreadableItems"] == 3


def test_stream_continues_after_unreadable_event() -> None:
    event: Image = {
        "PK": {"S": "DOCTOR#dr-lee"},
        "SK": {"S": "EVENT#20261123T090000000000Z#BookingsDisrupted"},
        "type": {"S": "event"},
        "detail_type": {"S": "BookingsDisrupted"},
        "detail": {"S": "{}"},
        "expires_at": {"N": "1"},
    }
    without_detail = {name: value for name, value in event.items() if name != "detail"}

    numbers, context = parse([without_detail, {**event, "detail_type": {"N": "1"}}, event])

    assert numbers == ["2"]
    assert context.metrics["UnreadableItems"] == 2


def test_stream_continues_after_unreadable_booking(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    client.cancel("09:00")
    (record,) = client.find_items("booking")

    numbers, context = parse(
        [{**record, "PK": {"S": "BOOKING#b-1"}}, {**record, "version": {"S": "x"}}, record]
    )

    assert numbers == ["2"]
    assert context.metrics["UnreadableItems"] == 2
