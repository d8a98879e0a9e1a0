"""The API with FastAPI and Pydantic, upon whatever store: what the two peers with FastAPI share."""

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
from benchmarks.baselines.rules import ApiError, Doctor, Json, Slots


class Store(Protocol):
    """Where it is kept."""

    def get_doctor_cached(self, doctor_id: str) -> Doctor: ...
    def load_day(
        self, doctor_id: str, date: date, request_id: str | None = None
    ) -> tuple[Doctor, int, Slots, Any]: ...
    def list_slots(self, doctor: Doctor, first: date, last: date) -> Slots: ...
    def save(self, doctor: Doctor, date: date, version: int, opened: Slots, withdrawn: Slots,
             change_info: Json, now: datetime) -> None: ...  # fmt: skip
    def book(
        self, doctor: Doctor, start: datetime, booking: BookingRequest, now: datetime
    ) -> bool: ...


def json_response(content: BaseModel, request: Request, status: int = 200) -> Response:
    """JSON with an ETag, or 304."""
    body = content.model_dump_json(by_alias=True)
    etag = f'"{hashlib.blake2b(body.encode(), digest_size=8).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if request.method == "GET" and request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


def handle_api_error(_request: Request, error: Any) -> JSONResponse:  # noqa: ANN401  a Refusal
    """Every refusal in one shape."""
    return JSONResponse(error.body, error.status)


def handle_validation_error(_request: Request, error: Any) -> JSONResponse:  # noqa: ANN401  as above
    """A value that is not what was expected: 400, as everywhere in this API."""
    return JSONResponse(ApiError(400, "Not valid", jsonable_encoder(error.errors())).body, 400)


def create_app(store: Store) -> FastAPI:
    """The API upon that store."""
    app = FastAPI()
    app.add_exception_handler(ApiError, handle_api_error)
    app.add_exception_handler(RequestValidationError, handle_validation_error)

    @app.get("/slots")
    def get_day(doctor_id: DoctorId, date: date, who: Claims, request: Request) -> Response:
        doctor, version, slots, _ = store.load_day(doctor_id, date)
        rules.require_can_manage(doctor, who)
        return json_response(
            Day(**serializers.serialize_day(doctor, date, version, slots)), request
        )

    @app.post("/slots")
    def post_day(sent: SaveDayRequest, who: Claims, request: Request,
                 idempotency_key: Annotated[Key | None, Header()] = None) -> Response:  # fmt: skip
        now, request_id = datetime.now(UTC), idempotency_key or uuid4().hex
        ticks = [(tick.start, tick.status) for tick in sent.slots]
        fingerprint = hashlib.blake2b(repr(ticks).encode(), digest_size=16).hexdigest()
        doctor, version, slots, change = store.load_day(sent.doctor_id, sent.date, request_id)
        role = rules.require_can_manage(doctor, who)
        if change is None:
            opens, withdraws = rules.plan_changes(ticks, doctor, slots, sent.date, now)
            about = {"by": who["username"], "role": role, "client": who["client_id"],
                     "request_id": request_id, "fingerprint": fingerprint}  # fmt: skip
            store.save(doctor, sent.date, version, opens, withdraws, about, now)
            slots = {start: slots[start] for start in slots if start not in withdraws} | opens
            version += 1
        elif change["fingerprint"] == fingerprint:
            version = int(change["version"])
        else:
            raise ApiError(422, "This Idempotency-Key was used for another save")
        return json_response(
            SavedDay(**serializers.serialize_day(doctor, sent.date, version, slots)), request
        )

    @app.get("/doctors/{doctor_id}/slots")
    def get_bookable(
        doctor_id: DoctorId, first: Annotated[date, Query(alias="from")],
        last: Annotated[date, Query(alias="to")], _who: Claims, request: Request,
    ) -> Response:  # fmt: skip
        if not 0 <= (last - first).days < 31:
            raise ApiError(400, "At most 31 days")
        doctor = store.get_doctor_cached(doctor_id)
        slots = store.list_slots(doctor, first, last)
        told = serializers.serialize_available_slots(doctor, first, last, slots, datetime.now(UTC))
        return json_response(AvailableSlots(**told), request)

    @app.put("/slots/{slot_id}/booking")
    def put_booking(slot_id: str, sent: BookingRequest, who: Claims, request: Request) -> Response:
        now, (doctor_id, start) = datetime.now(UTC), rules.parse_slot_id(slot_id)
        doctor = store.get_doctor_cached(doctor_id)
        if "slots/book" not in who["scope"].split():
            raise ApiError(403, "You may not book slots")
        if not rules.bookable_filter(doctor, now)(start):
            raise ApiError(409, "The slot cannot be booked")
        is_new = store.book(doctor, start, sent, now)
        told = serializers.serialize_slot(doctor, start, start + doctor.length, "busy")
        return json_response(Slot(**told), request, 201 if is_new else 200)

    return app
