"""What is stored of a doctor, read behind the app's back, and whether it can be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Stored:
    """Slots as stretches of time: by their own items, and by the day's; and the day's changes."""

    slots: set[Stretch]
    day: set[Stretch]
    version: int
    changes: list[dict[str, Any]]

    def require_whole(self) -> None:
        """Fail unless no slot overlaps another, and the changes, one by one, lead to the slots."""
        assert self.slots == self.day
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(self.slots)))
        assert [int(change["version"]["N"]) for change in self.changes] == list(
            range(1, self.version + 1)
        )
        present: set[Stretch] = set()
        for change in self.changes:
            opened, withdrawn = _stretches(change["opened"]), _stretches(change["withdrawn"])
            assert withdrawn <= present
            present -= withdrawn
            assert not opened & present
            present |= opened
        assert present == self.slots

    def opened_by_request(self) -> dict[str, set[datetime]]:
        """The starts that each request that was carried out opened."""
        return {
            change["request_id"]["S"]: {start for start, _ in _stretches(change["opened"])}
            for change in self.changes
        }


def read(dynamodb: DynamoDBClient, table_name: str, doctor_id: str, on: date) -> Stored:
    """Strongly consistent; DynamoDB's own client, and none of the app's code."""
    found = dynamodb.query(
        TableName=table_name,
        KeyConditionExpression="PK = :doctor",
        ExpressionAttributeValues={":doctor": {"S": f"DOCTOR#{doctor_id}"}},
        ConsistentRead=True,
    )["Items"]
    items: list[dict[str, Any]] = list(found)

    def under(prefix: str) -> list[dict[str, Any]]:
        return [item for item in items if item["SK"]["S"].startswith(prefix)]

    days = under(f"DAY#{on}")
    return Stored(
        slots={
            (_instant(slot["start"]["S"]), _instant(slot["end"]["S"])) for slot in under("SLOT#")
        },
        day=_stretches(days[0]["slots"]) if days else set(),
        version=int(days[0]["version"]["N"]) if days else 0,
        changes=sorted(under(f"CHANGE#{on}#"), key=lambda change: int(change["version"]["N"])),
    )


def _stretches(slots: dict[str, Any]) -> set[Stretch]:
    return {
        (_instant(start), _instant(start) + timedelta(minutes=int(slot["M"]["minutes"]["N"])))
        for start, slot in slots["M"].items()
    }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
