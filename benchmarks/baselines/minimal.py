"""The floor: by hand, with botocore alone, on the same table; no framework, no layers, no page."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

from benchmarks.baselines import minimal_table as table
from benchmarks.baselines import minimal_token, rules, serializers
from benchmarks.baselines.rules import ApiError, Json, parse_date, require_match


def handler(event: Json, _context: object) -> Json:
    """What Lambda calls."""
    headers = {name.lower(): value for name, value in event["headers"].items()}
    try:
        route = ROUTES[event["httpMethod"], event["resource"]]
        status, told = route(
            event, headers, minimal_token.verify_token(headers.get("authorization", ""))
        )
    except ApiError as refusal:
        status, told = refusal.status, refusal.body
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    etag = f'"{hashlib.blake2b(body.encode(), digest_size=8).hexdigest()}"'
    sent = {"Content-Type": "application/json", "ETag": etag, "Cache-Control": "private, no-cache"}
    if event["httpMethod"] == "GET" and headers.get("if-none-match") == etag:
        return {"statusCode": 304, "headers": sent, "body": ""}
    return {"statusCode": status, "headers": sent, "body": body}


def get_day(event: Json, _headers: Json, claims: Json) -> tuple[int, Json]:
    """``GET /slots``."""
    asked = event["queryStringParameters"]
    on = parse_date(asked["date"])
    doctor, version, slots, _ = table.load_day(
        require_match(rules.NAME_PATTERN, asked["doctor_id"]), on
    )
    rules.require_can_manage(doctor, claims)
    return 200, serializers.serialize_day(doctor, on, version, slots)


def post_day(event: Json, headers: Json, claims: Json) -> tuple[int, Json]:
    """``POST /slots``."""
    now, sent = datetime.now(UTC), parse_body(event, doctor_id=str, date=str, slots=list)
    ticks = parse_changes(sent["slots"])
    on, doctor_id = parse_date(sent["date"]), require_match(rules.NAME_PATTERN, sent["doctor_id"])
    request_id = require_match(rules.KEY_PATTERN, headers.get("idempotency-key") or uuid4().hex)
    fingerprint = hashlib.blake2b(repr(ticks).encode(), digest_size=16).hexdigest()
    doctor, version, slots, change = table.load_day(doctor_id, on, request_id)
    role = rules.require_can_manage(doctor, claims)
    if change is None:
        opens, closes = rules.plan_changes(ticks, doctor, slots, on, now)
        about = {"by": claims["username"], "role": role, "client": claims["client_id"]}
        about |= {"request_id": request_id, "fingerprint": fingerprint}
        table.save(doctor, on, version, opens, closes, about, now)
        slots = {start: slots[start] for start in slots if start not in closes} | opens
        version += 1
    elif change["fingerprint"]["S"] == fingerprint:
        version = int(change["version"]["N"])
    else:
        raise ApiError(422, "This Idempotency-Key was used for another save")
    return 200, {
        "message": serializers.SAVED_MESSAGE,
        **serializers.serialize_day(doctor, on, version, slots),
    }


def get_available_slots(event: Json, _headers: Json, _claims: Json) -> tuple[int, Json]:
    """``GET /doctors/{doctor_id}/slots``."""
    asked = event["queryStringParameters"]
    first, last = parse_date(asked["from"]), parse_date(asked["to"])
    if not 0 <= (last - first).days < 31:
        raise ApiError(400, "At most 31 days")
    doctor = table.get_doctor_cached(
        require_match(rules.NAME_PATTERN, event["pathParameters"]["doctor_id"])
    )
    slots = table.list_slots(doctor.doctor_id, first, last)
    return 200, serializers.serialize_available_slots(doctor, first, last, slots, datetime.now(UTC))


def put_booking(event: Json, _headers: Json, claims: Json) -> tuple[int, Json]:
    """``PUT /slots/{slot_id}/booking``."""
    now, sent = datetime.now(UTC), parse_body(event, booking_id=str, patient_reference=str)
    booking_id = require_match(rules.KEY_PATTERN, sent["booking_id"])
    doctor_id, start = rules.parse_slot_id(event["pathParameters"]["slot_id"])
    doctor = table.get_doctor_cached(doctor_id)
    if "slots/book" not in claims["scope"].split():
        raise ApiError(403, "You may not book slots")
    if len(sent["patient_reference"]) > 128 or not rules.bookable_filter(doctor, now)(start):
        raise ApiError(409, "The slot cannot be booked")
    is_new = table.book(doctor, start, booking_id, sent["patient_reference"], now)
    told = serializers.serialize_slot(doctor, start, start + doctor.length, "busy")
    return 201 if is_new else 200, told


ROUTES = {
    ("GET", "/slots"): get_day,
    ("POST", "/slots"): post_day,
    ("GET", "/doctors/{doctor_id}/slots"): get_available_slots,
    ("PUT", "/slots/{slot_id}/booking"): put_booking,
}


def parse_changes(slots: list[Json]) -> list[tuple[str, str]]:
    """What is to be ticked and unticked."""
    try:
        ticks = [(str(slot["start"]), str(slot["status"])) for slot in slots]
    except (KeyError, TypeError):
        raise ApiError(400, "The body is not valid") from None
    if len(ticks) > 96 or not {status for _, status in ticks} <= {"free", "busy-unavailable"}:
        raise ApiError(400, "The body is not valid")
    return ticks


def parse_body(event: Json, **fields: type) -> Json:
    """A body that has these fields."""
    try:
        sent: Json = json.loads(event["body"])
        if all(isinstance(sent[name], kind) for name, kind in fields.items()):
            return sent
    except (ValueError, KeyError, TypeError):
        pass
    raise ApiError(400, "The body is not valid")
