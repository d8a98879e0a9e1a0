"""The floor's items: DynamoDB's own shapes to values and back."""

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
    """Of an item of hers."""
    return {"PK": {"S": f"DOCTOR#{doctor_id}"}, "SK": {"S": sort_key}}


def format_start(start: datetime) -> str:
    """A whole minute in UTC."""
    return f"{start:%Y-%m-%dT%H:%MZ}"


def slots_to_map(slots: Slots) -> Json:
    """Slots as a day's map."""
    told = {}
    for start, (end, status) in slots.items():
        minutes = {"N": str((end - start) // timedelta(minutes=1))}
        told[format_start(start)] = {"M": {"minutes": minutes, "status": {"S": status}}}
    return told


def slots_from_item(day: Json) -> Slots:
    """The reverse; a hold that has run out is free."""
    slots, now = {}, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for spelled, entry in day["slots"]["M"].items():
        start, held = datetime.fromisoformat(spelled), entry["M"].get("until")
        status = "free" if held and held["S"] <= now else entry["M"]["status"]["S"]
        slots[start] = (start + timedelta(minutes=int(entry["M"]["minutes"]["N"])), status)
    return slots


def doctor_from_item(item: Json) -> Doctor:
    """Her settings."""
    sessions = [(s["M"]["from"]["S"], s["M"]["to"]["S"]) for s in item["sessions"]["L"]]
    return Doctor(
        doctor_id=item["doctor_id"]["S"],
        zone=ZoneInfo(item["time_zone"]["S"]),
        sessions=sessions,
        length=timedelta(minutes=int(item["slot_minutes"]["N"])),
        lead=timedelta(minutes=int(item["lead_minutes"]["N"])),
        window=timedelta(days=int(item["window_days"]["N"])),
        delegates={name["S"] for name in item["delegates"]["L"]},
        specialty=item["specialty"]["S"],
        location=item["location"]["S"],
    )


def action(doctor: Doctor, sort_key: str, condition: str, names: Json, values: Json) -> Json:
    """What all actions of a transaction have."""
    typed = {n: {"N": str(v)} if isinstance(v, int) else {"S": v} for n, v in values.items()}
    made = {
        "TableName": TABLE,
        "Key": key(doctor.doctor_id, sort_key),
        "ConditionExpression": condition,
    }
    more = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": typed}
    return made | {name: value for name, value in more.items() if value}


def put_action(doctor: Doctor, sort_key: str, item: Json) -> Json:
    """A new item."""
    whole = key(doctor.doctor_id, sort_key) | item
    return {
        "Put": {
            "TableName": TABLE,
            "Item": whole,
            "ConditionExpression": "attribute_not_exists(PK)",
        }
    }


def quote(part: str) -> str:
    """Part of a place in the index."""
    return part.replace("%", "%25").replace("#", "%23")


def commit(actions: list[Json], *, returns_old: bool = False) -> Json | None:
    """The item in the way of the first action, if ``is_told``; else raise ``Refusal``."""
    try:
        DYNAMODB.transact_write_items(TransactItems=actions)
    except ClientError as error:
        reasons = error.response.get("CancellationReasons", [])
        if not any(reason["Code"] == "ConditionalCheckFailed" for reason in reasons):
            raise ApiError(503, "Try again in a moment") from error
        if returns_old:
            return dict(reasons[0].get("Item", {}))
        raise ApiError(409, "Somebody else was faster") from error
    return None
