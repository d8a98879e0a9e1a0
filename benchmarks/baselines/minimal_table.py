"""The floor's table: DynamoDB's own shapes, one client, the same items and conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks.baselines.minimal_items import (
    DYNAMODB,
    TABLE,
    action,
    commit,
    doctor_from_item,
    format_start,
    key,
    put_action,
    quote,
    slots_from_item,
    slots_to_map,
)
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots

DOCTOR_CACHE: dict[str, tuple[Doctor, datetime]] = {}


def load_day(
    doctor_id: str, date: date, request_id: str | None = None
) -> tuple[Doctor, int, Slots, Json | None]:
    """The doctor, the day's version and slots, and the change of that request."""
    sort_keys = ["PROFILE", f"DAY#{date}", *([f"CHANGE#{date}#{request_id}"] if request_id else [])]
    keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
    answer = DYNAMODB.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    found = {item["SK"]["S"]: item for item in answer["Responses"][TABLE]}
    doctor, day, change = (found.get(sort_key) for sort_key in [*sort_keys, ""][:3])
    if doctor is None:
        raise ApiError(404, f"There is no doctor {doctor_id}")
    version, slots = (int(day["version"]["N"]), slots_from_item(day)) if day else (0, {})
    return doctor_from_item(doctor), version, slots, change


def get_doctor_cached(doctor_id: str) -> Doctor:
    """As she was read less than ten seconds ago, or now."""
    now = datetime.now(UTC)
    doctor, asked_at = DOCTOR_CACHE.get(doctor_id, (None, now))
    if doctor is None or now - asked_at >= timedelta(seconds=10):
        asked = {"Key": key(doctor_id, "PROFILE"), "ConsistentRead": True}
        item = DYNAMODB.get_item(TableName=TABLE, **asked).get("Item")
        if item is None:
            raise ApiError(404, f"There is no doctor {doctor_id}")
        doctor = doctor_from_item(item)
        DOCTOR_CACHE[doctor_id] = (doctor, now)
    return doctor


def list_slots(doctor_id: str, first: date, last: date) -> Slots:
    """The slots of her days."""
    values = {":pk": {"S": f"DOCTOR#{doctor_id}"}}
    values |= {":a": {"S": f"DAY#{first}"}, ":z": {"S": f"DAY#{last}"}}
    answer = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :pk AND SK BETWEEN :a AND :z",
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    return {s: slot for day in answer["Items"] for s, slot in slots_from_item(day).items()}


def save(
    doctor: Doctor,
    date: date,
    version: int,
    opened: Slots,
    closed: Slots,
    change_info: Json,
    now: datetime,
) -> None:
    """All of it in one transaction."""
    change = {name: {"S": text} for name, text in change_info.items()}
    change |= {"type": {"S": "change"}, "at": {"S": f"{now:%Y-%m-%dT%H:%M:%SZ}"}}
    change |= {"version": {"N": str(version + 1)}, "opened": {"M": slots_to_map(opened)}}
    change |= {"withdrawn": {"M": slots_to_map(closed)}}
    write = [put_action(doctor, f"CHANGE#{date}#{change_info['request_id']}", change)]
    for start, (end, status) in opened.items():
        slot = {
            "type": "slot",
            "start": format_start(start),
            "end": format_start(end),
            "status": status,
        }
        write.append(
            put_action(
                doctor, f"SLOT#{format_start(start)}", {n: {"S": v} for n, v in slot.items()}
            )
        )
    for start in closed:
        is_free = "#s = :free OR (#s = :held AND held_until <= :now)"
        values: Json = {
            ":free": "free",
            ":held": "busy-tentative",
            ":now": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        deed = action(doctor, f"SLOT#{format_start(start)}", is_free, {"#s": "status"}, values)
        write.append({"Delete": deed})
    if version == 0:
        place = f"{quote(doctor.location)}#{doctor.doctor_id}#"
        whole: Json = {":place": f"{quote(doctor.specialty)}#{place}"}
        check = action(doctor, "PROFILE", "GSI1SK = :place", {}, whole)
        day = {"type": "day", "GSI1PK": f"{quote(doctor.specialty)}#{date}", "GSI1SK": place}
        item: Json = {name: {"S": text} for name, text in day.items()}
        item |= {
            "version": {"N": "1"},
            "revision": {"N": "1"},
            "slots": {"M": slots_to_map(opened)},
        }
        write += [{"ConditionCheck": check}, put_action(doctor, f"DAY#{date}", item)]
    else:
        names = {f"#{n}": format_start(start) for n, start in enumerate([*opened, *closed])}
        sets = [f"slots.#{n} = :{n}" for n in range(len(opened))]
        gone = [f"slots.#{n}" for n in range(len(opened), len(names))]
        numbers: Json = {":was": version, ":one": 1}
        update = action(doctor, f"DAY#{date}", "#v = :was", {"#v": "version", **names}, numbers)
        new = {f":{n}": entry for n, entry in enumerate(slots_to_map(opened).values())}
        update["ExpressionAttributeValues"] |= new
        update["UpdateExpression"] = ", ".join(
            ["SET #v = #v + :one", "revision = revision + :one", *sets]
        ) + (f" REMOVE {', '.join(gone)}" if gone else "")
        write.append({"Update": update})
    commit(write)


def book(doctor: Doctor, start: datetime, booking_id: str, reference: str, now: datetime) -> bool:
    """Slot and day in one transaction; False where it is booked as that already."""
    values: Json = {":free": "free", ":held": "busy-tentative", ":now": f"{now:%Y-%m-%dT%H:%M:%SZ}"}
    values |= {":busy": "busy", ":id": booking_id, ":ref": reference}
    values[":end"] = format_start(start + doctor.length)
    may = "#e = :end AND (#s = :free OR (#s = :held AND held_until <= :now))"
    names = {"#s": "status", "#e": "end"}
    slot = action(doctor, f"SLOT#{format_start(start)}", may, names, values)
    slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    slot["UpdateExpression"] = (
        "SET #s = :busy, booking_id = :id, patient_reference = :ref REMOVE held_until, holder"
    )
    on, names = start.astimezone(doctor.zone).date(), {"#at": format_start(start), "#s": "status"}
    is_there, deed = "attribute_exists(slots.#at)", {":busy": "busy", ":one": 1}
    day = action(doctor, f"DAY#{on}", is_there, names, deed)
    sets = "SET revision = revision + :one, slots.#at.#s = :busy REMOVE slots.#at.#u"
    day |= {"UpdateExpression": sets, "ExpressionAttributeNames": {**names, "#u": "until"}}
    failed = commit([{"Update": slot}, {"Update": day}], returns_old=True)
    if failed is not None and failed.get("booking_id") != {"S": booking_id}:
        raise ApiError(409 if failed else 404, "The slot is taken")
    return failed is None
