"""FastAPI, Mangum and a boto3 resource, on the app's table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from boto3.dynamodb.conditions import Key
from mangum import Mangum

from benchmarks.baselines import records, serializers
from benchmarks.baselines.boto3_items import (
    CLIENT,
    TABLE,
    TABLE_NAME,
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
)
from benchmarks.baselines.fastapi_api import create_app
from benchmarks.baselines.rules import ApiError, Booking, Doctor, Json, Save, Slots


class DynamoDbStore:
    """Doctors, days, slots and changes in DynamoDB."""

    def __init__(self) -> None:
        self._doctor_cache: dict[str, tuple[Doctor, datetime]] = {}

    def get_doctor_cached(self, doctor_id: str) -> Doctor:
        """Return the doctor's settings, which may be ten seconds old."""
        now = datetime.now(UTC)
        doctor, read_at = self._doctor_cache.get(doctor_id, (None, now))
        if doctor is None or now - read_at >= timedelta(seconds=10):
            response = TABLE.get_item(Key=key(doctor_id, "PROFILE"), ConsistentRead=True)
            doctor = doctor_from_item(doctor_id, response.get("Item"))
            self._doctor_cache[doctor_id] = (doctor, now)
        return doctor

    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Json | None]:
        """Return the doctor, the day's version and slots, and the change of an earlier request."""
        sort_keys = [
            "PROFILE",
            f"DAY#{date}",
            *([f"CHANGE#{date}#{request_id}"] if request_id else []),
        ]
        keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
        response = CLIENT.batch_get_item(
            RequestItems={TABLE_NAME: {"Keys": keys, "ConsistentRead": True}}
        )
        items = {item["SK"]: item for item in response["Responses"][TABLE_NAME]}
        doctor, day, change = (items.get(sort_key) for sort_key in [*sort_keys, ""][:3])
        version, slots = (int(day["version"]), slots_from_item(day)) if day else (0, {})
        return doctor_from_item(doctor_id, doctor), version, slots, change

    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots:
        in_range = Key("SK").between(f"DAY#{first}", f"DAY#{last}")
        of_doctor = Key("PK").eq(f"DOCTOR#{doctor.doctor_id}")
        response = TABLE.query(KeyConditionExpression=of_doctor & in_range, ConsistentRead=True)
        days = response["Items"]
        return {start: slot for day in days for start, slot in slots_from_item(day).items()}

    def save(self, doctor: Doctor, version: int, save: Save, now: datetime) -> None:
        """Write the day, its slots, the record of the request and the audit log in a transaction.

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

    def book(self, doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> bool:
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
    """The client of a resource does not convert the items of an error."""
    is_owned = slot.get("client") == {"S": booking.client}
    is_same = slot.get("booking_id") == {"S": booking.booking_id}
    return is_owned and is_same and record["patient_reference"] == {"S": booking.patient_reference}


def _put_records(doctor: Doctor, version: int, save: Save, now: datetime) -> list[Json]:
    """Put the record of the request, and the entry of the audit log."""
    record = records.save_record(save, doctor.doctor_id, now)
    entry = records.audit_entry(
        "save", doctor.doctor_id, save.date, now, save.request_id, save.actor
    )
    changed = {"opened": save.opened, "closed": save.closed}
    entry |= {name: slots_to_map(slots) for name, slots in changed.items() if slots}
    return [put_action({**record, "version": version}), put_action(entry)]


def _put_slot(
    doctor: Doctor, date: date, start: datetime, end: datetime, status: str, now: datetime
) -> Json:
    return put_action(
        {
            **_slot_key(doctor, start),
            "type": "slot",
            "start": format_start(start),
            "end": format_start(end),
            "date": str(date),
            "status": status,
            "changed_at": records.format_microsecond(now),
        }
    )


def _slot_key(doctor: Doctor, start: datetime) -> Json:
    return key(doctor.doctor_id, f"SLOT#{format_start(start)}")


def _delete_slot(doctor: Doctor, start: datetime, now: datetime) -> Json:
    is_free = "(#s = :free OR (#s = :held AND held_until <= :now))"
    values = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values[":at"] = records.format_microsecond(now)
    condition = f"{is_free} AND {records.IS_LATER}"
    return {"Delete": action(_slot_key(doctor, start), condition, values, {"#s": "status"})}


def _create_day(doctor: Doctor, save: Save, now: datetime) -> list[Json]:
    """Put the day into the search index, at the doctor's current specialty and location."""
    position = f"{quote(doctor.location)}#{doctor.doctor_id}#"
    values = {":position": f"{quote(doctor.specialty)}#{position}"}
    check = action(key(doctor.doctor_id, "PROFILE"), "GSI1SK = :position", values, {})
    day = {
        **key(doctor.doctor_id, f"DAY#{save.date}"),
        "GSI1PK": f"{quote(doctor.specialty)}#{save.date}",
        "GSI1SK": position,
        "type": "day",
        "version": 1,
        "revision": 1,
        "slots": slots_to_map(save.opened),
        "changed_at": records.format_microsecond(now),
    }
    return [{"ConditionCheck": check}, put_action(day)]


def _update_day(doctor: Doctor, version: int, save: Save, now: datetime) -> Json:
    starts = [*save.opened, *save.closed]
    names = {"#v": "version"} | {f"#{n}": format_start(start) for n, start in enumerate(starts)}
    values: Json = {":expected": version, ":one": 1, ":at": records.format_microsecond(now)}
    values |= {f":{n}": entry for n, entry in enumerate(slots_to_map(save.opened).values())}
    sets = ["#v = #v + :one", "revision = revision + :one", "changed_at = :at"]
    sets += [f"slots.#{n} = :{n}" for n in range(len(save.opened))]
    removes = [f"slots.#{n}" for n in range(len(save.opened), len(starts))]
    day = key(doctor.doctor_id, f"DAY#{save.date}")
    update = action(day, f"#v = :expected AND {records.IS_LATER}", values, names)
    update["UpdateExpression"] = f"SET {', '.join(sets)}"
    if removes:
        update["UpdateExpression"] += f" REMOVE {', '.join(removes)}"
    return {"Update": update}


def _book_slot(doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> Json:
    values = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values |= {":busy": "busy", ":id": booking.booking_id, ":client": booking.client}
    values |= {":end": format_start(start + doctor.length), ":at": records.format_microsecond(now)}
    is_free = "(#s = :free OR (#s = :held AND held_until <= :now))"
    condition = f"#e = :end AND {is_free} AND {records.IS_LATER}"
    slot = action(_slot_key(doctor, start), condition, values, {"#s": "status", "#e": "end"})
    slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    slot["UpdateExpression"] = (
        "SET #s = :busy, booking_id = :id, client = :client, booked_at = :now, changed_at = :at "
        "REMOVE held_until, held_since, holder"
    )
    return {"Update": slot}


def _put_booking(doctor: Doctor, start: datetime, booking: Booking) -> Json:
    expires_at = start + doctor.length + records.RETENTION
    record = records.booking_record(booking, serializers.slot_id(doctor, start))
    return put_action({**record, "version": 1, "expires_at": int(expires_at.timestamp())})


def _mark_booked(doctor: Doctor, start: datetime) -> Json:
    date = start.astimezone(doctor.zone).date()
    names = {"#start": format_start(start), "#s": "status", "#u": "until"}
    values = {":busy": "busy", ":one": 1}
    day_key = key(doctor.doctor_id, f"DAY#{date}")
    day = action(day_key, "attribute_exists(slots.#start)", values, names)
    day["UpdateExpression"] = (
        "SET revision = revision + :one, slots.#start.#s = :busy REMOVE slots.#start.#u"
    )
    return {"Update": day}


def _log_booking(doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> Json:
    date, suffix = start.astimezone(doctor.zone).date(), f"{start:%Y%m%dT%H%MZ}"
    entry = records.audit_entry("booking", doctor.doctor_id, date, now, suffix, booking.actor)
    booked = {start: (start + doctor.length, "busy")}
    return put_action({**entry, "booked": slots_to_map(booked)})


handler = Mangum(create_app(DynamoDbStore()), lifespan="off")
