"""Items as Python values, as boto3 takes and gives them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
from botocore.exceptions import ClientError

from benchmarks.peers.rules import Doctor, Json, Refusal, Slots

NAME = os.environ["TABLE_NAME"]
TABLE: Any = boto3.resource("dynamodb").Table(NAME)
# The resource's own client takes and gives Python values.
CLIENT: Any = TABLE.meta.client
MINUTE = timedelta(minutes=1)


def key(doctor_id: str, sort_key: str) -> Json:
    return {"PK": f"DOCTOR#{doctor_id}", "SK": sort_key}


def quoted(part: str) -> str:
    return part.replace("%", "%25").replace("#", "%23")


def spell(start: datetime) -> str:
    return f"{start:%Y-%m-%dT%H:%MZ}"


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def entries(slots: Slots) -> Json:
    return {
        spell(start): {"minutes": (end - start) // MINUTE, "status": status}
        for start, (end, status) in slots.items()
    }


def read_slots(day: Json) -> Slots:
    slots, now = {}, moment(datetime.now(UTC))
    for spelled, entry in day["slots"].items():
        start = datetime.fromisoformat(spelled)
        status = "free" if entry.get("until", "9") <= now else entry["status"]
        slots[start] = (start + int(entry["minutes"]) * MINUTE, status)
    return slots


def read_doctor(doctor_id: str, item: Json | None) -> Doctor:
    if item is None:
        raise Refusal(404, f"There is no doctor {doctor_id}")
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


def action(doctor: Doctor, sort_key: str, if_: str, values: Json, names: Json) -> Json:
    made = {"TableName": NAME, "Key": key(doctor.doctor_id, sort_key), "ConditionExpression": if_}
    more = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    return made | {name: value for name, value in more.items() if value}


def put(doctor: Doctor, sort_key: str, item: Json) -> Json:
    whole = {**key(doctor.doctor_id, sort_key), **item}
    new = "attribute_not_exists(PK)"
    return {"Put": {"TableName": NAME, "Item": whole, "ConditionExpression": new}}


def commit(actions: list[Json], *, is_told: bool = False) -> Json | None:
    """The item in the way of the first action, if ``is_told``; else raise ``Refusal``."""
    try:
        CLIENT.transact_write_items(TransactItems=actions)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", [])
        if not any(reason["Code"] == "ConditionalCheckFailed" for reason in reasons):
            raise Refusal(503, "Try again in a moment") from error
        if is_told:
            return dict(reasons[0].get("Item", {}))
        raise Refusal(409, "Somebody else was faster") from error
    return None
