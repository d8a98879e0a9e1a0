"""Items as Python values, the format of a boto3 resource."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
from botocore.exceptions import ClientError

from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots

TABLE_NAME = os.environ["TABLE_NAME"]
TABLE: Any = boto3.resource("dynamodb").Table(TABLE_NAME)
# The client of a resource converts Python values as well.
CLIENT: Any = TABLE.meta.client
MINUTE = timedelta(minutes=1)


def key(doctor_id: str, sort_key: str) -> Json:
    return {"PK": f"DOCTOR#{doctor_id}", "SK": sort_key}


def quote(part: str) -> str:
    """Escape a part of an index key."""
    return part.replace("%", "%25").replace("#", "%23")


def format_start(start: datetime) -> str:
    return f"{start:%Y-%m-%dT%H:%MZ}"


def format_instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def slots_to_map(slots: Slots) -> Json:
    """Format slots as the map of a day."""
    return {
        format_start(start): {"minutes": (end - start) // MINUTE, "status": status}
        for start, (end, status) in slots.items()
    }


def slots_from_item(day: Json) -> Slots:
    """Parse the map of a day; a slot whose hold has expired is free."""
    slots, now = {}, format_instant(datetime.now(UTC))
    for text, entry in day["slots"].items():
        start = datetime.fromisoformat(text)
        status = "free" if entry.get("until", "9") <= now else entry["status"]
        slots[start] = (start + int(entry["minutes"]) * MINUTE, status)
    return slots


def doctor_from_item(doctor_id: str, item: Json | None) -> Doctor:
    """Convert an item.

    Raises:
        ApiError: There is no item.
    """
    if item is None:
        raise ApiError(404, f"There is no doctor {doctor_id}")
    return Doctor(
        doctor_id=doctor_id,
        zone=ZoneInfo(item["time_zone"]),
        sessions=[(session["from"], session["to"]) for session in item["sessions"]],
        length=int(item["slot_minutes"]) * MINUTE,
        lead=int(item["lead_minutes"]) * MINUTE,
        window=timedelta(days=int(item["window_days"])),
        delegates=item["delegates"],
        specialty=item["specialty"],
        location=item["location"],
    )


def action(item_key: Json, condition: str, values: Json, names: Json) -> Json:
    """Build the part that all actions of a transaction have."""
    required = {
        "TableName": TABLE_NAME,
        "Key": item_key,
        "ConditionExpression": condition,
    }
    optional = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    return required | {name: value for name, value in optional.items() if value}


def put_action(item: Json) -> Json:
    """Create an item that must not exist."""
    return {
        "Put": {
            "TableName": TABLE_NAME,
            "Item": {"schema": 1, **item},
            "ConditionExpression": "attribute_not_exists(PK)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def commit(actions: list[Json]) -> list[Json | None] | None:
    """Commit a transaction.

    Returns None, or if a condition fails the stored item of each action whose condition failed
    (empty if there is none), and None for each other.

    Raises:
        ApiError: DynamoDB is unavailable.
    """
    try:
        CLIENT.transact_write_items(TransactItems=actions)
    except ClientError as error:
        reasons: list[Json] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
        has_failed = [reason["Code"] == "ConditionalCheckFailed" for reason in reasons]
        if not any(has_failed):
            raise ApiError(503, "Try again in a moment") from error
        pairs = zip(has_failed, reasons, strict=True)
        return [dict(reason.get("Item", {})) if failed else None for failed, reason in pairs]
    return None
