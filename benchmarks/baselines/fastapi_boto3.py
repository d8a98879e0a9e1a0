"""FastAPI, Mangum and a boto3 resource, on the app's table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from boto3.dynamodb.conditions import Key
from mangum import Mangum

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
from benchmarks.baselines.fastapi_schemas import BookingRequest
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots


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

    def save(
        self,
        doctor: Doctor,
        date: date,
        version: int,
        opened: Slots,
        closed: Slots,
        change_info: Json,
        now: datetime,
    ) -> None:
        """Write the change, the slots and the day in one transaction."""
        change = {
            **change_info,
            "type": "change",
            "at": format_instant(now),
            "version": version + 1,
            "opened": slots_to_map(opened),
            "withdrawn": slots_to_map(closed),
        }
        actions = [put_action(doctor, f"CHANGE#{date}#{change_info['request_id']}", change)]
        actions += [_put_slot(doctor, start, *slot) for start, slot in opened.items()]
        actions += [_delete_slot(doctor, start, now) for start in closed]
        if version == 0:
            actions += _create_day(doctor, date, opened)
        else:
            actions.append(_update_day(doctor, date, version, opened, closed))
        commit(actions)

    def book(self, doctor: Doctor, start: datetime, booking: BookingRequest, now: datetime) -> bool:
        """Book the slot and update the day in one transaction.

        Returns False if the slot has this booking already.
        """
        slot = _book_slot(doctor, start, booking, now)
        stored = commit([slot, _mark_booked(doctor, start)], returns_old=True)
        # The client of a resource does not convert the items of an error.
        if stored is not None and stored.get("booking_id") != {"S": booking.booking_id}:
            raise ApiError(409 if stored else 404, "The slot is not available")
        return stored is None


def _put_slot(doctor: Doctor, start: datetime, end: datetime, status: str) -> Json:
    slot = {"type": "slot", "start": format_start(start), "end": format_start(end)}
    return put_action(doctor, f"SLOT#{format_start(start)}", {**slot, "status": status})


def _delete_slot(doctor: Doctor, start: datetime, now: datetime) -> Json:
    is_free = "#s = :free OR (#s = :held AND held_until <= :now)"
    values = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    sort_key = f"SLOT#{format_start(start)}"
    return {"Delete": action(doctor, sort_key, is_free, values, {"#s": "status"})}


def _create_day(doctor: Doctor, date: date, opened: Slots) -> list[Json]:
    """Put the day into the search index, at the doctor's current specialty and location."""
    position = f"{quote(doctor.location)}#{doctor.doctor_id}#"
    values = {":position": f"{quote(doctor.specialty)}#{position}"}
    check = action(doctor, "PROFILE", "GSI1SK = :position", values, {})
    day = {"type": "day", "version": 1, "revision": 1, "slots": slots_to_map(opened)}
    index_key = {"GSI1PK": f"{quote(doctor.specialty)}#{date}", "GSI1SK": position}
    return [{"ConditionCheck": check}, put_action(doctor, f"DAY#{date}", {**day, **index_key})]


def _update_day(doctor: Doctor, date: date, version: int, opened: Slots, closed: Slots) -> Json:
    names = {f"#{n}": format_start(start) for n, start in enumerate([*opened, *closed])}
    values: Json = {":expected": version, ":one": 1}
    values |= {f":{n}": entry for n, entry in enumerate(slots_to_map(opened).values())}
    sets = ["#v = #v + :one", "revision = revision + :one"]
    sets += [f"slots.#{n} = :{n}" for n in range(len(opened))]
    removes = [f"slots.#{n}" for n in range(len(opened), len(names))]
    update = action(doctor, f"DAY#{date}", "#v = :expected", values, {"#v": "version", **names})
    update["UpdateExpression"] = f"SET {', '.join(sets)}"
    if removes:
        update["UpdateExpression"] += f" REMOVE {', '.join(removes)}"
    return {"Update": update}


def _book_slot(doctor: Doctor, start: datetime, booking: BookingRequest, now: datetime) -> Json:
    values = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
    values |= {":busy": "busy", ":id": booking.booking_id, ":ref": booking.patient_reference}
    values[":end"] = format_start(start + doctor.length)
    is_available = "#e = :end AND (#s = :free OR (#s = :held AND held_until <= :now))"
    names = {"#s": "status", "#e": "end"}
    slot = action(doctor, f"SLOT#{format_start(start)}", is_available, values, names)
    slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    slot["UpdateExpression"] = (
        "SET #s = :busy, booking_id = :id, patient_reference = :ref REMOVE held_until, holder"
    )
    return {"Update": slot}


def _mark_booked(doctor: Doctor, start: datetime) -> Json:
    date = start.astimezone(doctor.zone).date()
    names = {"#start": format_start(start), "#s": "status", "#u": "until"}
    values = {":busy": "busy", ":one": 1}
    day = action(doctor, f"DAY#{date}", "attribute_exists(slots.#start)", values, names)
    day["UpdateExpression"] = (
        "SET revision = revision + :one, slots.#start.#s = :busy REMOVE slots.#start.#u"
    )
    return {"Update": day}


handler = Mangum(create_app(DynamoDbStore()), lifespan="off")
