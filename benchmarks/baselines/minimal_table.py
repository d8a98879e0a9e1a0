"""The table of the minimal handler: the app's items and conditions, in DynamoDB's own format."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks.baselines.minimal_items import (
    DYNAMODB,
    TABLE,
    action,
    commit,
    doctor_from_item,
    format_instant,
    format_start,
    key,
    put_action,
    quote,
    slots_from_item,
    slots_to_map,
    text_attributes,
)
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots

DOCTOR_CACHE: dict[str, tuple[Doctor, datetime]] = {}


def load_day(
    doctor_id: str, date: date, request_id: str | None = None
) -> tuple[Doctor, int, Slots, Json | None]:
    """Return the doctor, the day's version and slots, and the change of an earlier request."""
    sort_keys = ["PROFILE", f"DAY#{date}", *([f"CHANGE#{date}#{request_id}"] if request_id else [])]
    keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
    response = DYNAMODB.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    items = {item["SK"]["S"]: item for item in response["Responses"][TABLE]}
    doctor, day, change = (items.get(sort_key) for sort_key in [*sort_keys, ""][:3])
    if doctor is None:
        raise ApiError(404, f"There is no doctor {doctor_id}")
    version, slots = (int(day["version"]["N"]), slots_from_item(day)) if day else (0, {})
    return doctor_from_item(doctor), version, slots, change


def get_doctor_cached(doctor_id: str) -> Doctor:
    """Return the doctor's settings, which may be ten seconds old."""
    now = datetime.now(UTC)
    doctor, read_at = DOCTOR_CACHE.get(doctor_id, (None, now))
    if doctor is None or now - read_at >= timedelta(seconds=10):
        profile = key(doctor_id, "PROFILE")
        response = DYNAMODB.get_item(TableName=TABLE, Key=profile, ConsistentRead=True)
        if "Item" not in response:
            raise ApiError(404, f"There is no doctor {doctor_id}")
        doctor = doctor_from_item(response["Item"])
        DOCTOR_CACHE[doctor_id] = (doctor, now)
    return doctor


def list_slots(doctor_id: str, first: date, last: date) -> Slots:
    values = {":pk": {"S": f"DOCTOR#{doctor_id}"}}
    values |= {":first": {"S": f"DAY#{first}"}, ":last": {"S": f"DAY#{last}"}}
    response = DYNAMODB.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :pk AND SK BETWEEN :first AND :last",
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )
    days = response["Items"]
    return {start: slot for day in days for start, slot in slots_from_item(day).items()}


def save(
    doctor: Doctor,
    date: date,
    version: int,
    opened: Slots,
    closed: Slots,
    change_info: Json,
    now: datetime,
) -> None:
    """Write the change, the slots and the day in one transaction."""
    actions = [_put_change(doctor, date, version + 1, opened, closed, change_info, now)]
    actions += [_put_slot(doctor, start, *slot) for start, slot in opened.items()]
    actions += [_delete_slot(doctor, start, now) for start in closed]
    if version == 0:
        actions += _create_day(doctor, date, opened)
    else:
        actions.append(_update_day(doctor, date, version, opened, closed))
    commit(actions)


def _put_change(
    doctor: Doctor,
    date: date,
    version: int,
    opened: Slots,
    closed: Slots,
    change_info: Json,
    now: datetime,
) -> Json:
    change = text_attributes({**change_info, "type": "change", "at": format_instant(now)})
    change |= {"version": {"N": str(version)}, "opened": {"M": slots_to_map(opened)}}
    change |= {"withdrawn": {"M": slots_to_map(closed)}}
    return put_action(doctor, f"CHANGE#{date}#{change_info['request_id']}", change)


def _put_slot(doctor: Doctor, start: datetime, end: datetime, status: str) -> Json:
    slot = {"type": "slot", "start": format_start(start), "end": format_start(end)}
    return put_action(
        doctor, f"SLOT#{format_start(start)}", text_attributes({**slot, "status": status})
    )


def _delete_slot(doctor: Doctor, start: datetime, now: datetime) -> Json:
    is_free = "#s = :free OR (#s = :held AND held_until <= :now)"
    values: Json = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    sort_key = f"SLOT#{format_start(start)}"
    return {"Delete": action(doctor, sort_key, is_free, {"#s": "status"}, values)}


def _create_day(doctor: Doctor, date: date, opened: Slots) -> list[Json]:
    """Put the day into the search index, at the doctor's current specialty and location."""
    position = f"{quote(doctor.location)}#{doctor.doctor_id}#"
    values: Json = {":position": f"{quote(doctor.specialty)}#{position}"}
    check = action(doctor, "PROFILE", "GSI1SK = :position", {}, values)
    index_key = {"GSI1PK": f"{quote(doctor.specialty)}#{date}", "GSI1SK": position}
    day = text_attributes({"type": "day", **index_key})
    day |= {"version": {"N": "1"}, "revision": {"N": "1"}, "slots": {"M": slots_to_map(opened)}}
    return [{"ConditionCheck": check}, put_action(doctor, f"DAY#{date}", day)]


def _update_day(doctor: Doctor, date: date, version: int, opened: Slots, closed: Slots) -> Json:
    names = {f"#{n}": format_start(start) for n, start in enumerate([*opened, *closed])}
    values: Json = {":expected": version, ":one": 1}
    update = action(doctor, f"DAY#{date}", "#v = :expected", {"#v": "version", **names}, values)
    entries = {f":{n}": entry for n, entry in enumerate(slots_to_map(opened).values())}
    update["ExpressionAttributeValues"] |= entries
    sets = ["#v = #v + :one", "revision = revision + :one"]
    sets += [f"slots.#{n} = :{n}" for n in range(len(opened))]
    removes = [f"slots.#{n}" for n in range(len(opened), len(names))]
    update["UpdateExpression"] = f"SET {', '.join(sets)}"
    if removes:
        update["UpdateExpression"] += f" REMOVE {', '.join(removes)}"
    return {"Update": update}


def book(doctor: Doctor, start: datetime, booking_id: str, reference: str, now: datetime) -> bool:
    """Book the slot and update the day in one transaction.

    Returns False if the slot has this booking already.
    """
    slot = _book_slot(doctor, start, booking_id, reference, now)
    stored = commit([slot, _mark_booked(doctor, start)], returns_old=True)
    if stored is not None and stored.get("booking_id") != {"S": booking_id}:
        raise ApiError(409 if stored else 404, "The slot is not available")
    return stored is None


def _book_slot(
    doctor: Doctor, start: datetime, booking_id: str, reference: str, now: datetime
) -> Json:
    values: Json = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values |= {":busy": "busy", ":id": booking_id, ":ref": reference}
    values[":end"] = format_start(start + doctor.length)
    is_available = "#e = :end AND (#s = :free OR (#s = :held AND held_until <= :now))"
    names = {"#s": "status", "#e": "end"}
    slot = action(doctor, f"SLOT#{format_start(start)}", is_available, names, values)
    slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    slot["UpdateExpression"] = (
        "SET #s = :busy, booking_id = :id, patient_reference = :ref REMOVE held_until, holder"
    )
    return {"Update": slot}


def _mark_booked(doctor: Doctor, start: datetime) -> Json:
    date = start.astimezone(doctor.zone).date()
    names = {"#start": format_start(start), "#s": "status", "#u": "until"}
    values = {":busy": "busy", ":one": 1}
    day = action(doctor, f"DAY#{date}", "attribute_exists(slots.#start)", names, values)
    day["UpdateExpression"] = (
        "SET revision = revision + :one, slots.#start.#s = :busy REMOVE slots.#start.#u"
    )
    return {"Update": day}
