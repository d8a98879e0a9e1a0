"""Items of the minimal handler: conversion to and from DynamoDB's own format."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots

TABLE = os.environ["TABLE_NAME"]
CONFIG = Config(connect_timeout=1, read_timeout=4, parameter_validation=False)
DYNAMODB: Any = Session().create_client("dynamodb", config=CONFIG)


def key(doctor_id: str, sort_key: str) -> Json:
    return {"PK": {"S": f"DOCTOR#{doctor_id}"}, "SK": {"S": sort_key}}


def quote(part: str) -> str:
    """Escape a part of an index key."""
    return part.replace("%", "%25").replace("#", "%23")


def format_start(start: datetime) -> str:
    return f"{start:%Y-%m-%dT%H:%MZ}"


def format_instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"


def text_attributes(texts: Json) -> Json:
    """Format texts as an item, with the number of the format."""
    return {"schema": {"N": "1"}} | {name: {"S": text} for name, text in texts.items()}


def slots_to_map(slots: Slots) -> Json:
    """Format slots as the map of a day."""
    entries = {}
    for start, (end, status) in slots.items():
        minutes = {"N": str((end - start) // timedelta(minutes=1))}
        entries[format_start(start)] = {"M": {"minutes": minutes, "status": {"S": status}}}
    return entries


def slots_from_item(day: Json) -> Slots:
    """Parse the map of a day; a slot whose hold has expired is free."""
    slots, now = {}, format_instant(datetime.now(UTC))
    for text, entry in day["slots"]["M"].items():
        start, hold_end = datetime.fromisoformat(text), entry["M"].get("until")
        status = "free" if hold_end and hold_end["S"] <= now else entry["M"]["status"]["S"]
        slots[start] = (start + timedelta(minutes=int(entry["M"]["minutes"]["N"])), status)
    return slots


def doctor_from_item(item: Json) -> Doctor:
    sessions = item["sessions"]["L"]
    return Doctor(
        doctor_id=item["doctor_id"]["S"],
        zone=ZoneInfo(item["time_zone"]["S"]),
        sessions=[(session["M"]["from"]["S"], session["M"]["to"]["S"]) for session in sessions],
        length=timedelta(minutes=int(item["slot_minutes"]["N"])),
        lead=timedelta(minutes=int(item["lead_minutes"]["N"])),
        window=timedelta(days=int(item["window_days"]["N"])),
        delegates={name["S"] for name in item["delegates"]["L"]},
        specialty=item["specialty"]["S"],
        location=item["location"]["S"],
    )


def action(item_key: Json, condition: str, names: Json, values: Json) -> Json:
    """Build the part that all actions of a transaction have."""
    typed = {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in values.items()
    }
    required = {
        "TableName": TABLE,
        "Key": item_key,
        "ConditionExpression": condition,
    }
    optional = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": typed}
    return required | {name: value for name, value in optional.items() if value}


def put_action(item: Json) -> Json:
    """Create an item that must not exist."""
    return {
        "Put": {
            "TableName": TABLE,
            "Item": item,
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
        DYNAMODB.transact_write_items(TransactItems=actions)
    except ClientError as error:
        reasons: list[Json] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
        has_failed = [reason["Code"] == "ConditionalCheckFailed" for reason in reasons]
        if not any(has_failed):
            raise ApiError(503, "Try again in a moment") from error
        pairs = zip(has_failed, reasons, strict=True)
        return [dict(reason.get("Item", {})) if failed else None for failed, reason in pairs]
    return None
