"""The API with FastAPI and Pydantic, which both FastAPI baselines share."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Annotated, Any, Protocol
from uuid import uuid4

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from benchmarks.baselines import rules, serializers
from benchmarks.baselines.fastapi_auth import Claims
from benchmarks.baselines.fastapi_schemas import (
    AvailableSlots,
    BookingRequest,
    Day,
    DoctorId,
    Key,
    SaveDayRequest,
    SavedDay,
    Slot,
)
from benchmarks.baselines.rules import ApiError, Booking, Doctor, Json, Save, Slots


class Store(Protocol):
    """Doctors, days, slots and changes."""

    def get_doctor_cached(self, doctor_id: str) -> Doctor: ...
    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Any]: ...
    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots: ...
    def save(self, doctor: Doctor, version: int, save: Save, now: datetime) -> None: ...
    def book(self, doctor: Doctor, start: datetime, booking: Booking, now: datetime) -> bool: ...


def create_app(store: Store) -> FastAPI:
    """Create the API on a store."""
    app = FastAPI()
    app.add_exception_handler(ApiError, handle_api_error)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
    add_day_routes(app, store)
    add_booking_routes(app, store)
    return app


def handle_api_error(_request: Request, error: Any) -> JSONResponse:  # noqa: ANN401  an ApiError
    return JSONResponse(error.body, error.status)


def handle_validation_error(_request: Request, error: Any) -> JSONResponse:  # noqa: ANN401  a RequestValidationError
    """Return 400, as this API does for every invalid value, instead of FastAPI's 422."""
    return JSONResponse(ApiError(400, "Not valid", jsonable_encoder(error.errors())).body, 400)


def json_response(content: BaseModel, request: Request, status: int = 200) -> Response:
    """Return JSON with an ETag, or 304 if the client has it."""
    body = content.model_dump_json(by_alias=True)
    etag = f'"{hashlib.blake2b(body.encode(), digest_size=8).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.method == "GET" and request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


def add_day_routes(app: FastAPI, store: Store) -> None:
    @app.get("/slots")
    def get_day(doctor_id: DoctorId, date: date, claims: Claims, request: Request) -> Response:
        doctor, version, slots, _ = store.load_day(doctor_id, date)
        rules.require_can_manage(doctor, claims)
        day = serializers.serialize_day(doctor, date, version, slots)
        return json_response(Day(**day), request)

    @app.post("/slots")
    def post_day(
        body: SaveDayRequest,
        claims: Claims,
        request: Request,
        idempotency_key: Annotated[Key | None, Header()] = None,
    ) -> Response:
        request_id = idempotency_key or uuid4().hex
        doctor, version, slots = save_day(store, body, claims, request_id)
        day = serializers.serialize_day(doctor, body.date, version, slots)
        return json_response(SavedDay(**day), request)


def save_day(
    store: Store, body: SaveDayRequest, claims: Json, request_id: str
) -> tuple[Doctor, int, Slots]:
    """Save the changes unless an earlier request with this id did.

    Returns the doctor, and the version and slots of the day after the save.
    """
    now = datetime.now(UTC)
    changes = [(change.start, change.status) for change in body.slots]
    fingerprint = hashlib.blake2b(repr(changes).encode(), digest_size=16).hexdigest()
    doctor, version, slots, earlier = store.load_day(body.doctor_id, body.date, request_id)
    role = rules.require_can_manage(doctor, claims)
    if earlier is None:
        opened, closed = rules.plan_changes(changes, doctor, slots, body.date, now)
        save = Save(
            date=body.date,
            request_id=request_id,
            fingerprint=fingerprint,
            actor=rules.user_actor(claims, role),
            opened=opened,
            closed=closed,
        )
        store.save(doctor, version, save, now)
        return doctor, version + 1, rules.slots_after(slots, opened, closed)
    if earlier["fingerprint"] != fingerprint:
        raise ApiError(422, "This Idempotency-Key was used for another request")
    return doctor, int(earlier["version"]), slots


def add_booking_routes(app: FastAPI, store: Store) -> None:
    @app.get("/doctors/{doctor_id}/slots")
    def get_available_slots(
        doctor_id: DoctorId,
        first: Annotated[date, Query(alias="from")],
        last: Annotated[date, Query(alias="to")],
        _claims: Claims,
        request: Request,
    ) -> Response:
        if not 0 <= (last - first).days < 31:
            raise ApiError(400, "At most 31 days")
        now, doctor = datetime.now(UTC), store.get_doctor_cached(doctor_id)
        slots = store.list_slots(doctor, first, last)
        available = serializers.serialize_available_slots(doctor, first, last, slots, now)
        return json_response(AvailableSlots(**available), request)

    @app.put("/slots/{slot_id}/booking")
    def put_booking(
        slot_id: str, body: BookingRequest, claims: Claims, request: Request
    ) -> Response:
        now, (doctor_id, start) = datetime.now(UTC), rules.parse_slot_id(slot_id)
        doctor = store.get_doctor_cached(doctor_id)
        booking = Booking(client=rules.require_can_book(claims), **body.model_dump())
        if not rules.bookable_filter(doctor, now)(start):
            raise ApiError(409, "The slot cannot be booked")
        is_new = store.book(doctor, start, booking, now)
        slot = serializers.serialize_slot(doctor, start, start + doctor.length, "busy")
        return json_response(Slot(**slot), request, 201 if is_new else 200)
