"""The table of the minimal handler: the app's items and conditions, in DynamoDB's own format."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from benchmarks.baselines import records, serializers
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
from benchmarks.baselines.rules import ApiError, Booking, Doctor, Json, Save, Slots

DOCTOR_CACHE: dict[str, tuple[Doctor, datetime]] = {}


def load_day(
    doctor_id: str, date: date, request_id: str | None = None
) -> tuple[Doctor, int, Slots, Json | None]:
    """Return the doctor, the day's version and slots, and the change of an earlier request."""
    change_keys = [f"CHANGE#{date}#{request_id}"] if request_id else []
    items = batch_get(doctor_id, ["PROFILE", f"DAY#{date}", *change_keys])
    change = items.get(change_keys[0]) if change_keys else None
    return require_doctor(items, doctor_id), *day_of(items, date), change


def load_days(
    doctor_id: str, dates: list[date], request_id: str
) -> tuple[Doctor, dict[date, tuple[int, Slots]], dict[date, Json]]:
    """Return the doctor, the days, and the changes that an earlier request made of them."""
    sort_keys = [key for on in dates for key in (f"DAY#{on}", f"CHANGE#{on}#{request_id}")]
    items = batch_get(doctor_id, ["PROFILE", *sort_keys])
    changes = {on: items.get(f"CHANGE#{on}#{request_id}") for on in dates}
    earlier = {on: change for on, change in changes.items() if change}
    return require_doctor(items, doctor_id), {on: day_of(items, on) for on in dates}, earlier


def batch_get(doctor_id: str, sort_keys: list[str]) -> dict[str, Json]:
    """Read items of a doctor, by sort key."""
    keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
    response = DYNAMODB.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    return {item["SK"]["S"]: item for item in response["Responses"][TABLE]}


def require_doctor(items: dict[str, Json], doctor_id: str) -> Doctor:
    """Return the doctor.

    Raises:
        ApiError: There is none.
    """
    if "PROFILE" not in items:
        raise ApiError(404, f"There is no doctor {doctor_id}")
    return doctor_from_item(items["PROFILE"])


def day_of(items: dict[str, Json], date: date) -> tuple[int, Slots]:
    """Return the version and the slots of a day."""
    day = items.get(f"DAY#{date}")
    return (int(day["version"]["N"]), slots_from_item(day)) if day else (0, {})


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


def save(doctor: Doctor, version: int, save: Save, now: datetime) -> None:
    """Write the day, its slots, the record of the request and the audit log in one transaction.

    Raises:
        ApiError: Another request changed the day, or saved under the same key.
    """
    actions = _put_records(doctor, version + 1, save, now)
    actions += [
        _put_slot(doctor, save.date, start, *slot, now) for start, slot in save.opened.items()
    ]
    actions += [_delete_slot(doctor, start, now) for start in save.closed]
    if version == 0:
        actions += _create_day(doctor, save, now)
    else:
        actions.append(_update_day(doctor, version, save, now))
    if commit(actions) is not None:
        raise ApiError(409, "Another request changed the day")


def _put_records(doctor: Doctor, version: int, save: Save, now: datetime) -> list[Json]:
    """Put the record of the request, and the entry of the audit log."""
    record = text_attributes(records.save_record(save, doctor.doctor_id, now))
    record["version"] = {"N": str(version)}
    texts = records.audit_entry(
        save.kind, doctor.doctor_id, save.date, now, save.request_id, save.actor
    )
    entry = text_attributes(texts | save.entry_texts)
    changed = {"opened": save.opened, "closed": save.closed}
    entry |= {name: {"M": slots_to_map(slots)} for name, slots in changed.items() if slots}
    return [put_action(record), put_action(entry)]


def _put_slot(
    doctor: Doctor, date: date, start: datetime, end: datetime, status: str, now: datetime
) -> Json:
    slot = {
        "type": "slot",
        "start": format_start(start),
        "end": format_start(end),
        "date": str(date),
        "status": status,
        "changed_at": records.format_microsecond(now),
    }
    return put_action(_slot_key(doctor, start) | text_attributes(slot))


def _slot_key(doctor: Doctor, start: datetime) -> Json:
    return key(doctor.doctor_id, f"SLOT#{format_start(start)}")


def _delete_slot(doctor: Doctor, start: datetime, now: datetime) -> Json:
    is_free = "(#s = :free OR (#s = :held AND held_until <= :now))"
    values: Json = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values[":at"] = records.format_microsecond(now)
    condition = f"{is_free} AND {records.IS_LATER}"
    return {"Delete": action(_slot_key(doctor, start), condition, {"#s": "status"}, values)}


def _create_day(doctor: Doctor, save: Save, now: datetime) -> list[Json]:
    """Put the day into the search index, at the doctor's current specialty and location."""
    position = f"{quote(doctor.location)}#{doctor.doctor_id}#"
    values: Json = {":position": f"{quote(doctor.specialty)}#{position}"}
    check = action(key(doctor.doctor_id, "PROFILE"), "GSI1SK = :position", {}, values)
    index_key = {"GSI1PK": f"{quote(doctor.specialty)}#{save.date}", "GSI1SK": position}
    changed_at = records.format_microsecond(now)
    day = key(doctor.doctor_id, f"DAY#{save.date}")
    day |= text_attributes({"type": "day", "changed_at": changed_at, **index_key, **save.day_texts})
    day |= {"version": {"N": "1"}, "revision": {"N": "1"}}
    day["slots"] = {"M": slots_to_map(save.opened)}
    return [{"ConditionCheck": check}, put_action(day)]


def _update_day(doctor: Doctor, version: int, save: Save, now: datetime) -> Json:
    starts = [*save.opened, *save.closed]
    names = {"#v": "version"} | {f"#{n}": format_start(start) for n, start in enumerate(starts)}
    values: Json = {":expected": version, ":one": 1, ":at": records.format_microsecond(now)}
    values |= {f":{name}": text for name, text in save.day_texts.items()}
    day = key(doctor.doctor_id, f"DAY#{save.date}")
    update = action(day, f"#v = :expected AND {records.IS_LATER}", names, values)
    entries = {f":{n}": entry for n, entry in enumerate(slots_to_map(save.opened).values())}
    update["ExpressionAttributeValues"] |= entries
    sets = ["#v = #v + :one", "revision = revision + :one", "changed_at = :at"]
    sets += [f"slots.#{n} = :{n}" for n in range(len(save.opened))]
    sets += [f"{name} = :{name}" for name in save.day_texts]
    removes = [f"slots.#{n}" for n in range(len(save.opened), len(starts))]
    update["UpdateExpression"] = f"SET {', '.join(sets)}"
    if removes:
        update["UpdateExpression"] += f" REMOVE {', '.join(removes)}"
    return {"Update": update}


def book(doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> bool:
    """Book the slot and write the booking's record and the audit log in one transaction.

    Returns False if the slot has this booking already.

    Raises:
        ApiError: The slot is taken, or the client has this booking elsewhere or for another
            patient.
    """
    failed = commit(
        [
            _book_slot(doctor, start, booking, now),
            _put_booking(doctor, start, booking),
            _mark_booked(doctor, start),
            _log_booking(doctor, start, booking, now),
        ]
    )
    if failed is None:
        return True
    slot, record = failed[:2]
    if slot == {}:
        raise ApiError(404, "There is no such slot")
    if slot and record and _has_booking(slot, record, booking):
        return False
    raise ApiError(409, "The slot is not available")


def _has_booking(slot: Json, record: Json, booking: Booking) -> bool:
    is_owned = slot.get("client") == {"S": booking.client}
    is_same = slot.get("booking_id") == {"S": booking.booking_id}
    return is_owned and is_same and record["patient_reference"] == {"S": booking.patient_reference}


def _book_slot(doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> Json:
    values: Json = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values |= {":busy": "busy", ":id": booking.booking_id, ":client": booking.client}
    values |= {":end": format_start(start + doctor.length), ":at": records.format_microsecond(now)}
    is_free = "(#s = :free OR (#s = :held AND held_until <= :now))"
    condition = f"#e = :end AND {is_free} AND {records.IS_LATER}"
    slot = action(_slot_key(doctor, start), condition, {"#s": "status", "#e": "end"}, values)
    slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    slot["UpdateExpression"] = (
        "SET #s = :busy, booking_id = :id, client = :client, booked_at = :now, changed_at = :at "
        "REMOVE held_until, held_since, holder"
    )
    return {"Update": slot}


def _put_booking(doctor: Doctor, start: datetime, booking: Booking) -> Json:
    slot_id = serializers.slot_id(doctor, start)
    record = text_attributes(records.booking_record(booking, slot_id))
    expires_at = start + doctor.length + records.RETENTION
    record |= {"version": {"N": "1"}, "expires_at": {"N": str(int(expires_at.timestamp()))}}
    return put_action(record)


def _mark_booked(doctor: Doctor, start: datetime) -> Json:
    date = start.astimezone(doctor.zone).date()
    names = {"#start": format_start(start), "#s": "status", "#u": "until"}
    values = {":busy": "busy", ":one": 1}
    day_key = key(doctor.doctor_id, f"DAY#{date}")
    day = action(day_key, "attribute_exists(slots.#start)", names, values)
    day["UpdateExpression"] = (
        "SET revision = revision + :one, slots.#start.#s = :busy REMOVE slots.#start.#u"
    )
    return {"Update": day}


def _log_booking(doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> Json:
    date, suffix = start.astimezone(doctor.zone).date(), f"{start:%Y%m%dT%H%MZ}"
    texts = records.audit_entry("booking", doctor.doctor_id, date, now, suffix, booking.actor)
    booked = {start: (start + doctor.length, "busy")}
    return put_action(text_attributes(texts) | {"booked": {"M": slots_to_map(booked)}})
