"""FastAPI with Mangum and boto3, on the same table: items as Python values, as boto3 takes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from boto3.dynamodb.conditions import Key
from mangum import Mangum

from benchmarks.peers.boto3_items import (
    CLIENT,
    NAME,
    TABLE,
    action,
    commit,
    entries,
    key,
    moment,
    put,
    quoted,
    read_doctor,
    read_slots,
    spell,
)
from benchmarks.peers.fastapi_api import make_app
from benchmarks.peers.fastapi_shapes import BookingToPut
from benchmarks.peers.rules import Doctor, Json, Refusal, Slots


class Table:
    """Doctors, days, slots and changes of one table."""

    def __init__(self) -> None:
        self._recent: dict[str, tuple[Doctor, datetime]] = {}

    def recent(self, doctor_id: str) -> Doctor:
        """As she was read less than ten seconds ago, or now."""
        now = datetime.now(UTC)
        doctor, asked_at = self._recent.get(doctor_id, (None, now))
        if doctor is None or now - asked_at >= timedelta(seconds=10):
            found = TABLE.get_item(Key=key(doctor_id, "PROFILE"), ConsistentRead=True)
            doctor = read_doctor(doctor_id, found.get("Item"))
            self._recent[doctor_id] = (doctor, now)
        return doctor

    def load(
        self, doctor_id: str, on: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Json | None]:
        """The doctor, the day's version and slots, and the change of that request."""
        sort_keys = ["PROFILE", f"DAY#{on}", *([f"CHANGE#{on}#{request_id}"] if request_id else [])]
        keys = [key(doctor_id, sort_key) for sort_key in sort_keys]
        answer = CLIENT.batch_get_item(RequestItems={NAME: {"Keys": keys, "ConsistentRead": True}})
        found = {item["SK"]: item for item in answer["Responses"][NAME]}
        doctor, day, change = (found.get(sort_key) for sort_key in [*sort_keys, ""][:3])
        version, slots = (int(day["version"]), read_slots(day)) if day else (0, {})
        return read_doctor(doctor_id, doctor), version, slots, change

    def between(self, doctor: Doctor, first: date, last: date) -> Slots:
        """The slots of her days."""
        is_within = Key("SK").between(f"DAY#{first}", f"DAY#{last}")
        is_hers = Key("PK").eq(f"DOCTOR#{doctor.doctor_id}")
        days = TABLE.query(KeyConditionExpression=is_hers & is_within, ConsistentRead=True)["Items"]
        return {start: slot for day in days for start, slot in read_slots(day).items()}

    def save(
        self,
        doctor: Doctor,
        on: date,
        version: int,
        opens: Slots,
        withdraws: Slots,
        about: Json,
        now: datetime,
    ) -> None:
        """All of it in one transaction."""
        change = {**about, "type": "change", "at": moment(now), "version": version + 1}
        change |= {"opened": entries(opens), "withdrawn": entries(withdraws)}
        write = [put(doctor, f"CHANGE#{on}#{about['request_id']}", change)]
        for start, (end, status) in opens.items():
            slot = {"type": "slot", "start": spell(start), "end": spell(end), "status": status}
            write.append(put(doctor, f"SLOT#{spell(start)}", slot))
        for start in withdraws:
            is_free = "#s = :free OR (#s = :held AND held_until <= :now)"
            values = {":free": "free", ":held": "busy-tentative", ":now": moment(now)}
            deed = action(doctor, f"SLOT#{spell(start)}", is_free, values, {"#s": "status"})
            write.append({"Delete": deed})
        names = {"#v": "version"}
        if version == 0:
            place = f"{quoted(doctor.location)}#{doctor.doctor_id}#"
            whole = {":p": f"{quoted(doctor.specialty)}#{place}"}
            check = action(doctor, "PROFILE", "GSI1SK = :p", whole, {})
            write.append({"ConditionCheck": check})
            day = {"type": "day", "version": 1, "revision": 1, "slots": entries(opens)}
            search = f"{quoted(doctor.specialty)}#{on}"
            write.append(put(doctor, f"DAY#{on}", {**day, "GSI1PK": search, "GSI1SK": place}))
        else:
            names |= {f"#{n}": spell(start) for n, start in enumerate([*opens, *withdraws])}
            numbers: Json = {":was": version, ":one": 1}
            numbers |= {f":{n}": entry for n, entry in enumerate(entries(opens).values())}
            update = action(doctor, f"DAY#{on}", "#v = :was", numbers, names)
            sets = [f"slots.#{n} = :{n}" for n in range(len(opens))]
            gone = [f"slots.#{n}" for n in range(len(opens), len(names) - 1)]
            update["UpdateExpression"] = ", ".join(
                ["SET #v = #v + :one", "revision = revision + :one", *sets]
            ) + (f" REMOVE {', '.join(gone)}" if gone else "")
            write.append({"Update": update})
        commit(write)

    def book(self, doctor: Doctor, start: datetime, booking: BookingToPut, now: datetime) -> bool:
        """Slot and day in one transaction; False where it is booked as that already."""
        may = "#e = :end AND (#s = :free OR (#s = :held AND held_until <= :now))"
        values = {":free": "free", ":held": "busy-tentative", ":now": moment(now), ":busy": "busy"}
        values |= {":id": booking.booking_id, ":ref": booking.patient_reference}
        values[":end"] = spell(start + doctor.length)
        names = {"#s": "status", "#e": "end"}
        slot = action(doctor, f"SLOT#{spell(start)}", may, values, names)
        slot["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        slot["UpdateExpression"] = (
            "SET #s = :busy, booking_id = :id, patient_reference = :ref REMOVE held_until, holder"
        )
        names = {"#at": spell(start), "#s": "status", "#u": "until"}
        on, of_day = start.astimezone(doctor.zone).date(), {":busy": "busy", ":one": 1}
        day = action(doctor, f"DAY#{on}", "attribute_exists(slots.#at)", of_day, names)
        day["UpdateExpression"] = (
            "SET revision = revision + :one, slots.#at.#s = :busy REMOVE slots.#at.#u"
        )
        failed = commit([{"Update": slot}, {"Update": day}], is_told=True)
        if failed is not None and failed.get("booking_id") != {"S": booking.booking_id}:
            raise Refusal(409 if failed else 404, "The slot is taken")
        return failed is None


handler = Mangum(make_app(Table()), lifespan="off")
