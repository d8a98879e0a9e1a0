"""What is stored of a doctor, read behind the app's back, and whether it can be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from mypy_boto3_dynamodb import DynamoDBClient

Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class StoredDay:
    """Slots as stretches of time: by their own items, and by the day's; and the day's changes.

    ``claims`` are who holds each slot, until when, and as what it is booked.
    """

    slots: set[Interval]
    day_slots: set[Interval]
    claims: dict[datetime, tuple[str | None, datetime | None, str | None]]
    states: dict[datetime, tuple[str, str | None]]
    day_states: dict[datetime, tuple[str, str | None]]
    version: int
    changes: list[dict[str, Any]]

    def assert_valid(self) -> None:
        """Fail unless no slot overlaps another, and the changes, one by one, lead to the slots.

        No change may have left an overlap, even if a later one ended it. The day must say of each
        slot what the slot's own item says.
        """
        assert self.slots == self.day_slots
        assert self.states == self.day_states
        for start, (status, until) in self.states.items():
            holder, held_until, booking_id = self.claims[start]
            assert (status == "busy") == (booking_id is not None)
            assert (status == "busy-tentative") == (holder is not None)
            assert (until is None) == (held_until is None) == (holder is None)
        _assert_no_overlap(self.slots)
        assert [int(change["version"]["N"]) for change in self.changes] == list(
            range(1, self.version + 1)
        )
        present: set[Interval] = set()
        for change in self.changes:
            # The stored name of what a save closed is `withdrawn` (see ChangeItem).
            opened, closed = _intervals(change["opened"]), _intervals(change["withdrawn"])
            assert closed <= present
            present -= closed
            assert not opened & present
            present |= opened
            _assert_no_overlap(present)
        assert present == self.slots

    def opened_by_request(self) -> dict[str, set[datetime]]:
        """The starts that each request that was carried out opened."""
        return {
            change["request_id"]["S"]: {start for start, _ in _intervals(change["opened"])}
            for change in self.changes
        }


def read_stored_day(
    dynamodb: DynamoDBClient, table_name: str, doctor_id: str, date: date
) -> StoredDay:
    """Strongly consistent; DynamoDB's own client, and none of the app's code."""
    found = dynamodb.query(
        TableName=table_name,
        KeyConditionExpression="PK = :doctor",
        ExpressionAttributeValues={":doctor": {"S": f"DOCTOR#{doctor_id}"}},
        ConsistentRead=True,
    )["Items"]
    return from_items(list(found), date)


def from_items(items: Sequence[dict[str, Any]], date: date, zone: tzinfo = UTC) -> StoredDay:
    """What the items of one doctor, in that zone, say of a date."""

    def under(prefix: str) -> list[dict[str, Any]]:
        return [item for item in items if item["SK"]["S"].startswith(prefix)]

    days = under(f"DAY#{date}")
    slots = [
        slot
        for slot in under("SLOT#")
        if _instant(slot["start"]["S"]).astimezone(zone).date() == date
    ]
    in_day = days[0]["slots"] if days else {"M": {}}
    return StoredDay(
        slots={(_instant(slot["start"]["S"]), _instant(slot["end"]["S"])) for slot in slots},
        day_slots=_intervals(in_day),
        claims={_instant(slot["start"]["S"]): _claim(slot) for slot in slots},
        states={
            _instant(slot["start"]["S"]): (slot["status"]["S"], _text(slot, "held_until"))
            for slot in slots
        },
        day_states={
            _instant(start): (slot["M"]["status"]["S"], _text(slot["M"], "until"))
            for start, slot in in_day["M"].items()
        },
        version=int(days[0]["version"]["N"]) if days else 0,
        changes=sorted(under(f"CHANGE#{date}#"), key=lambda change: int(change["version"]["N"])),
    )


def _intervals(slots: dict[str, Any]) -> set[Interval]:
    return {
        (_instant(start), _instant(start) + timedelta(minutes=int(slot["M"]["minutes"]["N"])))
        for start, slot in slots["M"].items()
    }


def _assert_no_overlap(slots: set[Interval]) -> None:
    assert all(one[1] <= other[0] for one, other in pairwise(sorted(slots)))


def _claim(slot: dict[str, Any]) -> tuple[str | None, datetime | None, str | None]:
    until = _text(slot, "held_until")
    return (
        _text(slot, "holder"),
        None if until is None else _instant(until),
        _text(slot, "booking_id"),
    )


def _text(item: dict[str, Any], name: str) -> str | None:
    return str(item[name]["S"]) if name in item else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
