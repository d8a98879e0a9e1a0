"""The JSON of requests and responses as Pydantic models."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from benchmarks.baselines import rules, serializers

DoctorId = Annotated[str, Field(pattern=rf"^{rules.NAME_PATTERN.pattern}$")]
Key = Annotated[str, Field(pattern=rf"^{rules.KEY_PATTERN.pattern}$")]


class SlotChange(BaseModel):
    start: str
    status: Literal["free", "busy-unavailable"]


class SaveDayRequest(BaseModel):
    doctor_id: DoctorId
    date: dt.date
    slots: Annotated[list[SlotChange], Field(min_length=1, max_length=96)]


class BookingRequest(BaseModel):
    booking_id: Key
    patient_reference: Key


class Slot(BaseModel):
    slot_id: str
    start: datetime
    end: datetime
    status: str


class Day(BaseModel):
    doctor_id: str
    date: dt.date
    time_zone: str
    version: int
    time_off: list[object] = []
    slots: list[Slot]


class SavedDay(Day):
    message: str = serializers.SAVED_MESSAGE


class AvailableSlots(BaseModel):
    doctor_id: str
    time_zone: str
    from_: Annotated[dt.date, Field(alias="from")]
    to: dt.date
    slots: list[Slot]
    next_available: Slot | None
