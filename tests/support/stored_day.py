"""A doctor's day as stored, read without the app's code, and its invariants."""

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
    """A day's slots (as intervals) by the slot items and by the day item, and its changes.

    ``claims`` has the holder, the end of the hold and the booking id of each slot.
    """

    slots: set[Interval]
    day_slots: set[Interval]
    claims: dict[datetime, tuple[str | None, datetime | None, str | None]]
    states: dict[datetime, tuple[str, str | None]]
    day_states: dict[datetime, tuple[str, str | None]]
    version: int
    changes: list[dict[str, Any]]

    def assert_valid(self) -> None:
        """Fail unless the slots do not overlap and follow from the changes, applied in order.

        No change may leave an overlap, even if a later change removes it. The day item and the
        slot items must agree.
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
        """Return the starts that each committed request opened."""
        return {
            change["request_id"]["S"]: {start for start, _ in _intervals(change["opened"])}
            for change in self.changes
        }


def read_stored_day(
    dynamodb: DynamoDBClient, table_name: str, doctor_id: str, date: date
) -> StoredDay:
    """Read a day with a strongly consistent query."""
    items = dynamodb.query(
        TableName=table_name,
        KeyConditionExpression="PK = :doctor",
        ExpressionAttributeValues={":doctor": {"S": f"DOCTOR#{doctor_id}"}},
        ConsistentRead=True,
    )["Items"]
    return from_items(list(items), date)


def from_items(items: Sequence[dict[str, Any]], date: date, zone: tzinfo = UTC) -> StoredDay:
    """Select and decode one date from the items of one doctor."""

    def with_prefix(prefix: str) -> list[dict[str, Any]]:
        return [item for item in items if item["SK"]["S"].startswith(prefix)]

    days = with_prefix(f"DAY#{date}")
    slots = [
        slot
        for slot in with_prefix("SLOT#")
        if _instant(slot["start"]["S"]).astimezone(zone).date() == date
    ]
    day_slots = days[0]["slots"] if days else {"M": {}}
    return StoredDay(
        slots={(_instant(slot["start"]["S"]), _instant(slot["end"]["S"])) for slot in slots},
        day_slots=_intervals(day_slots),
        claims={_instant(slot["start"]["S"]): _claim(slot) for slot in slots},
        states={
            _instant(slot["start"]["S"]): (slot["status"]["S"], _text(slot, "held_until"))
            for slot in slots
        },
        day_states={
            _instant(start): (slot["M"]["status"]["S"], _text(slot["M"], "until"))
            for start, slot in day_slots["M"].items()
        },
        version=int(days[0]["version"]["N"]) if days else 0,
        changes=sorted(
            with_prefix(f"CHANGE#{date}#"), key=lambda change: int(change["version"]["N"])
        ),
    )


def _intervals(slots: dict[str, Any]) -> set[Interval]:
    return {
        (_instant(start), _instant(start) + timedelta(minutes=int(slot["M"]["minutes"]["N"])))
        for start, slot in slots["M"].items()
    }


def _assert_no_overlap(slots: set[Interval]) -> None:
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(sorted(slots)))


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
