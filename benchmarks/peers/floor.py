"""The floor: by hand, with botocore alone, on the same table; no framework, no layers, no page."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

from benchmarks.peers import floor_table as table
from benchmarks.peers import floor_token, rules, telling
from benchmarks.peers.rules import Json, Refusal, a_date, matching


def handler(event: Json, _context: object) -> Json:
    """What Lambda calls."""
    headers = {name.lower(): value for name, value in event["headers"].items()}
    try:
        route = ROUTES[event["httpMethod"], event["resource"]]
        status, told = route(event, headers, floor_token.claims(headers.get("authorization", "")))
    except Refusal as refusal:
        status, told = refusal.status, refusal.body
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    etag = f'"{hashlib.blake2b(body.encode(), digest_size=8).hexdigest()}"'
    sent = {"Content-Type": "application/json", "ETag": etag, "Cache-Control": "private, no-cache"}
    if event["httpMethod"] == "GET" and headers.get("if-none-match") == etag:
        return {"statusCode": 304, "headers": sent, "body": ""}
    return {"statusCode": status, "headers": sent, "body": body}


def get_day(event: Json, _headers: Json, who: Json) -> tuple[int, Json]:
    """``GET /slots``."""
    asked = event["queryStringParameters"]
    on = a_date(asked["date"])
    doctor, version, slots, _ = table.load(matching(rules.NAME, asked["doctor_id"]), on)
    rules.require_may_manage(doctor, who)
    return 200, telling.tell_day(doctor, on, version, slots)


def post_day(event: Json, headers: Json, who: Json) -> tuple[int, Json]:
    """``POST /slots``."""
    now, sent = datetime.now(UTC), read(event, doctor_id=str, date=str, slots=list)
    ticks = read_ticks(sent["slots"])
    on, doctor_id = a_date(sent["date"]), matching(rules.NAME, sent["doctor_id"])
    request_id = matching(rules.KEY, headers.get("idempotency-key") or uuid4().hex)
    fingerprint = hashlib.blake2b(repr(ticks).encode(), digest_size=16).hexdigest()
    doctor, version, slots, change = table.load(doctor_id, on, request_id)
    role = rules.require_may_manage(doctor, who)
    if change is None:
        opens, withdraws = rules.decide(ticks, doctor, slots, on, now)
        about = {"by": who["username"], "role": role, "client": who["client_id"]}
        about |= {"request_id": request_id, "fingerprint": fingerprint}
        table.save(doctor, on, version, opens, withdraws, about, now)
        slots = {start: slots[start] for start in slots if start not in withdraws} | opens
        version += 1
    elif change["fingerprint"]["S"] == fingerprint:
        version = int(change["version"]["N"])
    else:
        raise Refusal(422, "This Idempotency-Key was used for another save")
    return 200, {"message": telling.SAVED, **telling.tell_day(doctor, on, version, slots)}


def get_bookable(event: Json, _headers: Json, _who: Json) -> tuple[int, Json]:
    """``GET /doctors/{doctor_id}/slots``."""
    asked = event["queryStringParameters"]
    first, last = a_date(asked["from"]), a_date(asked["to"])
    if not 0 <= (last - first).days < 31:
        raise Refusal(400, "At most 31 days")
    doctor = table.recent(matching(rules.NAME, event["pathParameters"]["doctor_id"]))
    slots = table.between(doctor.doctor_id, first, last)
    return 200, telling.tell_bookable(doctor, first, last, slots, datetime.now(UTC))


def put_booking(event: Json, _headers: Json, who: Json) -> tuple[int, Json]:
    """``PUT /slots/{slot_id}/booking``."""
    now, sent = datetime.now(UTC), read(event, booking_id=str, patient_reference=str)
    booking_id = matching(rules.KEY, sent["booking_id"])
    doctor_id, start = rules.read_slot_id(event["pathParameters"]["slot_id"])
    doctor = table.recent(doctor_id)
    if "slots/book" not in who["scope"].split():
        raise Refusal(403, "You may not book slots")
    if len(sent["patient_reference"]) > 128 or not rules.bookable(doctor, now)(start):
        raise Refusal(409, "The slot cannot be booked")
    is_new = table.book(doctor, start, booking_id, sent["patient_reference"], now)
    told = telling.tell_slot(doctor, start, start + doctor.length, "busy")
    return 201 if is_new else 200, told


ROUTES = {
    ("GET", "/slots"): get_day,
    ("POST", "/slots"): post_day,
    ("GET", "/doctors/{doctor_id}/slots"): get_bookable,
    ("PUT", "/slots/{slot_id}/booking"): put_booking,
}


def read_ticks(slots: list[Json]) -> list[tuple[str, str]]:
    """What is to be ticked and unticked."""
    try:
        ticks = [(str(slot["start"]), str(slot["status"])) for slot in slots]
    except (KeyError, TypeError):
        raise Refusal(400, "The body is not valid") from None
    if len(ticks) > 96 or not {status for _, status in ticks} <= {"free", "busy-unavailable"}:
        raise Refusal(400, "The body is not valid")
    return ticks


def read(event: Json, **fields: type) -> Json:
    """A body that has these fields."""
    try:
        sent: Json = json.loads(event["body"])
        if all(isinstance(sent[name], kind) for name, kind in fields.items()):
            return sent
    except (ValueError, KeyError, TypeError):
        pass
    raise Refusal(400, "The body is not valid")
