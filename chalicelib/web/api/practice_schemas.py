"""The JSON of the practice day: these types parse, build and document it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.domain.doctor import MAX_SLOTS_PER_DAY
from chalicelib.web.api.fields import (
    Cursor,
    Date,
    DoctorBoxValue,
    DoctorId,
    DoctorVersion,
    Key,
    TimeZone,
)
from chalicelib.web.api.schemas import DaySlot, ErrorEntry, SlotChangeRequest
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
    slots: Annotated[
        list[SlotChangeRequest],
        Meta(extra_json_schema={"maxItems": MAX_SLOTS_PER_DAY, "minItems": 1}),
    ]


class SavePracticeRequest(Struct, kw_only=True):
    """One date of up to 20 different doctors."""

    date: Date
    doctors: Annotated[
        list[SaveDoctorRequest],
        Meta(extra_json_schema={"maxItems": MAX_DOCTORS, "minItems": 1}),
    ]


class SavedDoctor(Struct, kw_only=True, omit_defaults=True):
    """What became of one doctor's date: the day as it now is, or why nothing of it is stored."""

    doctor_id: DoctorId
    status: Annotated[int, Meta(description="An HTTP status: 200 if the date is saved.")]
    version: (
        Annotated[int, Meta(description="The version that this save made; with 412 the current.")]
        | UnsetType
    ) = UNSET
    slots: list[DaySlot] | UnsetType = UNSET
    detail: Annotated[str, Meta(description="A sentence for people.")] | UnsetType = UNSET
    errors: list[ErrorEntry] | UnsetType = UNSET


class SavedPractice(Struct, kw_only=True):
    """What became of each doctor's date, in the order of the request."""

    date: Date
    doctors: list[SavedDoctor]


class RejectedPractice(Struct, kw_only=True):
    """Problem details (RFC 9457) of a save of which nothing is stored, with the doctors."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[ErrorEntry]
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
