"""The JSON of the practice day: these types parse, build and document it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct

from chalicelib.web.api import many_day_schemas
from chalicelib.web.api.fields import (
    Cursor,
    Date,
    DoctorBoxValue,
    DoctorId,
    DoctorVersion,
    Key,
    TimeZone,
)
from chalicelib.web.api.schemas import DaySlot
from chalicelib.web.api.time_off_schemas import BlockedStretch

MAX_DOCTORS = 20


class PracticeDoctor(Struct, kw_only=True):
    """A doctor, and their date as of `GET /slots`."""

    doctor_id: DoctorId
    name: str
    specialty: str
    location: str
    time_zone: TimeZone
    version: Annotated[int, Meta(ge=0)]
    time_off: Annotated[
        list[BlockedStretch], Meta(description="What time off and closures block of the date.")
    ]
    slots: list[DaySlot]


class PracticeDay(Struct, kw_only=True):
    """One date of several doctors, by name."""

    date: Date
    doctors: list[PracticeDoctor]
    next: Cursor


class SaveDoctorRequest(Struct, kw_only=True):
    """Slots of one doctor to open and to close."""

    doctor_id: DoctorId
    slots: many_day_schemas.SlotsToSave


class SavePracticeRequest(Struct, kw_only=True):
    """One date of up to 20 different doctors."""

    date: Date
    doctors: Annotated[
        list[SaveDoctorRequest],
        Meta(extra_json_schema={"maxItems": MAX_DOCTORS, "minItems": 1}),
    ]


class SavedDoctor(Struct, kw_only=True, omit_defaults=True):
    """The result for one doctor's date: the day as it now is, or why nothing of it is stored."""

    doctor_id: DoctorId
    status: many_day_schemas.Status
    version: many_day_schemas.SavedVersion = UNSET
    slots: many_day_schemas.Slots = UNSET
    detail: many_day_schemas.Detail = UNSET
    errors: many_day_schemas.Errors = UNSET


class SavedPractice(Struct, kw_only=True):
    """The result of each doctor's date, in the order of the request."""

    date: Date
    doctors: list[SavedDoctor]


class RejectedPractice(many_day_schemas.RejectedDays, kw_only=True):
    """Problem details (RFC 9457) of a save of which nothing is stored, with the doctors."""

    date: Date
    doctors: list[SavedDoctor]


class PracticeFormFields(Struct, kw_only=True):
    """The form of a practice day: the slots of its doctors as rendered, and as checked now."""

    date: Date
    version: Annotated[
        list[DoctorVersion], Meta(description="Each doctor, and the version that was rendered.")
    ]
    request_id: Annotated[Key, Meta(description="The form's own Idempotency-Key.")]
    shown: Annotated[
        list[DoctorBoxValue], Meta(description="Slots that were free when rendered.")
    ] = []
    offered: Annotated[
        list[DoctorBoxValue], Meta(description="Slots that could be changed then.")
    ] = []
    ticked: Annotated[list[DoctorBoxValue], Meta(description="Slots that are checked now.")] = []
