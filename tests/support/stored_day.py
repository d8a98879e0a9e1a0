"""A doctor's day as stored, read without the app's code, and its invariants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests.support.replay import BOOKED, intervals, replay, replay_steps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, tzinfo

    from mypy_boto3_dynamodb import DynamoDBClient

# The kinds of changes that are saves of a day.
SAVES = {"save", "series", "import", "hours", "undo", "time_off"}
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class StoredDay:
    """A day's slots (as intervals) by the slot items and by the day item, and its audit log.

    ``claims`` has the holder, the end of the hold and the booking id of each slot. ``changes`` are
    the entries of the audit log in order, and ``records`` the saves by version. ``unrecorded`` are
    the slots that were booked before bookings had an entry: these have no client.
    """

    slots: set[Interval]
    day_slots: set[Interval]
    claims: dict[datetime, tuple[str | None, datetime | None, str | None]]
    states: dict[datetime, tuple[str, str | None]]
    day_states: dict[datetime, tuple[str, str | None]]
    version: int
    changes: list[dict[str, Any]]
    records: list[dict[str, Any]]
    unrecorded: set[datetime]

    def assert_valid(self) -> None:
        """Fail unless the slots do not overlap and follow from the audit log, applied in order.

        No entry may leave an overlap, even if a later one removes it. The day item and the slot
        items must agree.
        """
        assert self.slots == self.day_slots
        assert self.states == self.day_states
        for start, (status, until) in self.states.items():
            holder, held_until, booking_id = self.claims[start]
            assert (status == "busy") == (booking_id is not None)
            assert (status == "busy-tentative") == (holder is not None)
            assert (until is None) == (held_until is None) == (holder is None)
        _assert_no_overlap(self.slots)
        assert [int(record["version"]["N"]) for record in self.records] == list(
            range(1, self.version + 1)
        )
        assert [record["request_id"]["S"] for record in self.records] == [*self.opened_by_request()]
        self._assert_replay_gives_the_day()

    def _assert_replay_gives_the_day(self) -> None:
        """Fail unless the audit log alone gives the stored slots with their status."""
        for day in replay_steps(self.changes):
            _assert_no_overlap({(start, slot.end) for start, slot in day.items()})
        replayed = replay(self.changes)
        assert {(start, slot.end) for start, slot in replayed.items()} == self.slots
        booked = {start for start, (status, _) in self.states.items() if status == BOOKED}
        assert {start for start, slot in replayed.items() if slot.status == BOOKED} == (
            booked - self.unrecorded
        )

    def opened_by_request(self) -> dict[str, set[datetime]]:
        """Return the starts that each committed request opened, in the order of the saves."""
        return {
            change["SK"]["S"].split("#", 2)[2]: {start for start, _ in intervals(change, "opened")}
            for change in self.changes
            if change["kind"]["S"] in SAVES
        }


def read_stored_day(
    dynamodb: DynamoDBClient, table_name: str, doctor_id: str, date: date
) -> StoredDay:
    """Read a day and its audit log with strongly consistent queries."""
    items = [
        item
        for partition in (f"DOCTOR#{doctor_id}", f"AUDIT#{doctor_id}")
        for item in dynamodb.query(
            TableName=table_name,
            KeyConditionExpression="PK = :partition",
            ExpressionAttributeValues={":partition": {"S": partition}},
            ConsistentRead=True,
        )["Items"]
    ]
    return from_items(items, date)


def from_items(items: Sequence[dict[str, Any]], date: date, zone: tzinfo = UTC) -> StoredDay:
    """Select and decode one date from the items of one doctor and their audit log."""

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
            (item for item in with_prefix(f"{date}#") if item["type"]["S"] == "audit"),
            key=lambda change: str(change["SK"]["S"]),
        ),
        records=sorted(
            with_prefix(f"CHANGE#{date}#"), key=lambda record: int(record["version"]["N"])
        ),
        unrecorded={
            _instant(slot["start"]["S"])
            for slot in slots
            if slot["status"]["S"] == BOOKED and "client" not in slot
        },
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
