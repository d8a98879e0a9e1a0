"""FastAPI with Mangum and boto3, on the same table: items as Python values, as boto3 takes them."""

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


class Table:
    """Doctors, days, slots and changes of one table."""

    def __init__(self) -> None:
        self._doctor_cache: dict[str, tuple[Doctor, datetime]] = {}

    def get_doctor_cached(self, doctor_id: str) -> Doctor:
        """As she was read less than ten seconds ago, or now."""
        now = datetime.now(UTC)
        doctor, asked_at = self._doctor_cache.get(doctor_id, (None, now))
        if doctor is None or now - asked_at >= timedelta(seconds=10):
            found = TABLE.get_item(Key=key(doctor_id, "PROFILE"), ConsistentRead=True)
            doctor = doctor_from_item(doctor_id, found.get("Item"))
            self._doctor_cache[doctor_id] = (doctor, now)
        return doctor

    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Json | None]:
        """The doctor, the day's version and slots, and the change of that request."""
        sort_keys = [
            "PROFILE",
            f"DAY#{date}",
            *([f"CHANGE#{date}#{request_id}"] if request_id else []),
        ]
        keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
        answer = CLIENT.batch_get_item(
            RequestItems={TABLE_NAME: {"Keys": keys, "ConsistentRead": True}}
        )
        found = {item["SK"]: item for item in answer["Responses"][TABLE_NAME]}
        doctor, day, change = (found.get(sort_key) for sort_key in [*sort_keys, ""][:3])
        version, slots = (int(day["version"]), slots_from_item(day)) if day else (0, {})
        return doctor_from_item(doctor_id, doctor), version, slots, change

    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots:
        """The slots of her days."""
        is_within = Key("SK").between(f"DAY#{first}", f"DAY#{last}")
        is_hers = Key("PK").eq(f"DOCTOR#{doctor.doctor_id}")
        days = TABLE.query(KeyConditionExpression=is_hers & is_within, ConsistentRead=True)["Items"]
        return {start: slot for day in days for start, slot in slots_from_item(day).items()}

    def save(
        self,
        doctor: Doctor,
        date: date,
        version: int,
        opened: Slots,
        withdrawn: Slots,
        change_info: Json,
        now: datetime,
    ) -> None:
        """All of it in one transaction."""
        change = {
            **change_info,
            "type": "change",
            "at": format_instant(now),
            "version": version + 1,
        }
        change |= {"opened": slots_to_map(opened), "withdrawn": slots_to_map(withdrawn)}
        write = [put_action(doctor, f"CHANGE#{date}#{change_info['request_id']}", change)]
        for start, (end, status) in opened.items():
            slot = {
                "type": "slot",
                "start": format_start(start),
                "end": format_start(end),
                "status": status,
            }
            write.append(put_action(doctor, f"SLOT#{format_start(start)}", slot))
        for start in withdrawn:
            is_free = "#s = :free OR (#s = :held AND held_until <= :now)"
            values = {":free": "free", ":held": "busy-tentative", ":now": format_instant(now)}
            deed = action(doctor, f"SLOT#{format_start(start)}", is_free, values, {"#s": "status"})
            write.append({"Delete": deed})
        names = {"#v": "version"}
        if version == 0:
            place = f"{quote(doctor.location)}#{doctor.doctor_id}#"
            whole = {":p": f"{quote(doctor.specialty)}#{place}"}
            check = action(doctor, "PROFILE", "GSI1SK = :p", whole, {})
            write.append({"ConditionCheck": check})
            day = {"type": "day", "version": 1, "revision": 1, "slots": slots_to_map(opened)}
            search = f"{quote(doctor.specialty)}#{date}"
            write.append(
                put_action(doctor, f"DAY#{date}", {**day, "GSI1PK": search, "GSI1SK": place})
            )
        else:
            names |= {f"#{n}": format_start(start) for n, start in enumerate([*opened, *withdrawn])}
            numbers: Json = {":was": version, ":one": 1}
            numbers |= {f":{n}": entry for n, entry in enumerate(slots_to_map(opened).values())}
            update = action(doctor, f"DAY#{date}", "#v = :was", numbers, names)
            sets = [f"slots.#{n} = :{n}" for n in range(len(opened))]
            gone = [f"slots.#{n}" for n in range(len(opened), len(names) - 1)]
            update["UpdateExpression"] = ", ".join(
                ["SET #v = #v + :one", "revision = revision + :one", *sets]
            ) + (f" REMOVE {', '.join(gone)}" if gone else "")
            write.append({"Update": update})
        commit(write)

    def book(self, doctor: Doctor, start: datetime, booking: BookingRequest, now: datetime) -> bool:
        """Slot and day in one transaction; False where it is booked as that already."""
        may = "#e = :end AND (#s = :free OR (#s = :held AND held_until <= :now))"
        values = {
            ":free": "free",
            ":held": "busy-tentative",
            ":now": format_instant(now),
            ":busy": "busy",
        }
        values |= {":id": booking.booking_id, ":ref": booking.patient_reference}
        values[":end"] = format_start(start + doctor.length)
        names = {"#s": "status", "#e": "end"}
        slot = action(doctor, f"SLOT#{format_start(start)}", may, values, names)
        slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        slot["UpdateExpression"] = (
            "SET #s = :busy, booking_id = :id, patient_reference = :ref REMOVE held_until, holder"
        )
        names = {"#at": format_start(start), "#s": "status", "#u": "until"}
        on, of_day = start.astimezone(doctor.zone).date(), {":busy": "busy", ":one": 1}
        day = action(doctor, f"DAY#{on}", "attribute_exists(slots.#at)", of_day, names)
        day["UpdateExpression"] = (
            "SET revision = revision + :one, slots.#at.#s = :busy REMOVE slots.#at.#u"
        )
        failed = commit([{"Update": slot}, {"Update": day}], returns_old=True)
        if failed is not None and failed.get("booking_id") != {"S": booking.booking_id}:
            raise ApiError(409 if failed else 404, "The slot is taken")
        return failed is None


handler = Mangum(create_app(Table()), lifespan="off")
