"""The minimal handler: botocore alone, on the app's table; no framework, layers or page."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

from benchmarks.baselines import minimal_table as table
from benchmarks.baselines import minimal_token, rules, serializers
from benchmarks.baselines.minimal_plans import post_step
from benchmarks.baselines.minimal_requests import parse_body, parse_changes
from benchmarks.baselines.minimal_weeks import post_week
from benchmarks.baselines.rules import ApiError, Booking, Json, Save, parse_date, require_match


def handler(event: Json, _context: object) -> Json:
    """Handle an API Gateway event."""
    headers = {name.lower(): value for name, value in event["headers"].items()}
    try:
        route = ROUTES[event["httpMethod"], event["resource"]]
        claims = minimal_token.verify_token(headers.get("authorization", ""))
        status, content = route(event, headers, claims)
    except ApiError as error:
        status, content = error.status, error.body
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    etag = f'"{hashlib.blake2b(body.encode(), digest_size=8).hexdigest()}"'
    sent = {"Content-Type": "application/json", "ETag": etag, "Cache-Control": "private, no-cache"}
    if event["httpMethod"] == "GET" and headers.get("if-none-match") == etag:
        return {"statusCode": 304, "headers": sent, "body": ""}
    return {"statusCode": status, "headers": sent, "body": body}


def get_day(event: Json, _headers: Json, claims: Json) -> tuple[int, Json]:
    """``GET /slots``."""
    query = event["queryStringParameters"]
    date = parse_date(query["date"])
    doctor_id = require_match(rules.NAME_PATTERN, query["doctor_id"])
    doctor, version, slots, _ = table.load_day(doctor_id, date)
    rules.require_can_manage(doctor, claims)
    return 200, serializers.serialize_day(doctor, date, version, slots)


def post_day(event: Json, headers: Json, claims: Json) -> tuple[int, Json]:
    """``POST /slots``."""
    now, body = datetime.now(UTC), parse_body(event, doctor_id=str, date=str, slots=list)
    changes = parse_changes(body["slots"])
    date = parse_date(body["date"])
    doctor_id = require_match(rules.NAME_PATTERN, body["doctor_id"])
    request_id = require_match(rules.KEY_PATTERN, headers.get("idempotency-key") or uuid4().hex)
    fingerprint = hashlib.blake2b(repr(changes).encode(), digest_size=16).hexdigest()
    doctor, version, slots, earlier = table.load_day(doctor_id, date, request_id)
    role = rules.require_can_manage(doctor, claims)
    if earlier is None:
        opened, closed = rules.plan_changes(changes, doctor, slots, date, now)
        save = Save(
            date=date,
            request_id=request_id,
            fingerprint=fingerprint,
            actor=rules.user_actor(claims, role),
            opened=opened,
            closed=closed,
        )
        table.save(doctor, version, save, now)
        slots = rules.slots_after(slots, opened, closed)
        version += 1
    elif earlier["fingerprint"]["S"] == fingerprint:
        version = int(earlier["version"]["N"])
    else:
        raise ApiError(422, "This Idempotency-Key was used for another request")
    day = serializers.serialize_day(doctor, date, version, slots)
    return 200, {"message": serializers.SAVED_MESSAGE, **day}


def get_available_slots(event: Json, _headers: Json, _claims: Json) -> tuple[int, Json]:
    """``GET /doctors/{doctor_id}/slots``."""
    query = event["queryStringParameters"]
    first, last = parse_date(query["from"]), parse_date(query["to"])
    if not 0 <= (last - first).days < 31:
        raise ApiError(400, "At most 31 days")
    doctor = table.get_doctor_cached(
        require_match(rules.NAME_PATTERN, event["pathParameters"]["doctor_id"])
    )
    slots = table.list_slots(doctor.doctor_id, first, last)
    return 200, serializers.serialize_available_slots(doctor, first, last, slots, datetime.now(UTC))


def put_booking(event: Json, _headers: Json, claims: Json) -> tuple[int, Json]:
    """``PUT /slots/{slot_id}/booking``."""
    now, body = datetime.now(UTC), parse_body(event, booking_id=str, patient_reference=str)
    booking_id = require_match(rules.KEY_PATTERN, body["booking_id"])
    doctor_id, start = rules.parse_slot_id(event["pathParameters"]["slot_id"])
    doctor = table.get_doctor_cached(doctor_id)
    booking = Booking(
        client=rules.require_can_book(claims),
        booking_id=booking_id,
        patient_reference=require_match(rules.KEY_PATTERN, body["patient_reference"]),
    )
    if not rules.bookable_filter(doctor, now)(start):
        raise ApiError(409, "The slot cannot be booked")
    is_new = table.book(doctor, start, booking, now)
    slot = serializers.serialize_slot(doctor, start, start + doctor.length, "busy")
    return 201 if is_new else 200, slot


ROUTES = {
    ("GET", "/slots"): get_day,
    ("POST", "/slots"): post_day,
    ("POST", "/slots/week"): post_week,
    ("GET", "/doctors/{doctor_id}/slots"): get_available_slots,
    ("PUT", "/slots/{slot_id}/booking"): put_booking,
    ("POST", "/doctors/{doctor_id}/plans/{plan_id}/steps"): post_step,
}
