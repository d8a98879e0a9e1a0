"""The JSON of requests and answers as Pydantic models."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from benchmarks.baselines import rules, serializers

DoctorId = Annotated[str, Field(pattern=rf"^{rules.NAME_PATTERN.pattern}$")]
Key = Annotated[str, Field(pattern=rf"^{rules.KEY_PATTERN.pattern}$")]


class SlotChange(BaseModel):
    """A box to tick or to untick."""

    start: str
    status: Literal["free", "busy-unavailable"]


class SaveDayRequest(BaseModel):
    """A save."""

    doctor_id: DoctorId
    date: dt.date
    slots: Annotated[list[SlotChange], Field(min_length=1, max_length=96)]


class BookingRequest(BaseModel):
    """A booking."""

    booking_id: Key
    patient_reference: Annotated[str, Field(max_length=128)]


class Slot(BaseModel):
    """A slot in JSON."""

    slot_id: str
    start: datetime
    end: datetime
    status: str


class Day(BaseModel):
    """A day in JSON."""

    doctor_id: str
    date: dt.date
    time_zone: str
    version: int
    slots: list[Slot]


class SavedDay(Day):
    """A day after a save."""

    message: str = serializers.SAVED_MESSAGE


class AvailableSlots(BaseModel):
    """What is bookable, in JSON."""

    doctor_id: str
    time_zone: str
    from_: Annotated[dt.date, Field(alias="from")]
    to: dt.date
    slots: list[Slot]
    next_available: Slot | None
