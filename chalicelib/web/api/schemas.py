"""The JSON of requests and answers: parsed by these types, built of them, and described by them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from chalicelib.domain.doctor import (
    LEAD_MINUTES_RANGE,
    MAX_SLOTS_PER_DAY,
    SLOT_MINUTES_RANGE,
    WINDOW_DAYS_RANGE,
)
from chalicelib.domain.violations import Code
from chalicelib.web.api.fields import (
    HOLD_SECONDS_RANGE,
    MAX_DELEGATES,
    MAX_QUERY_LENGTH,
    Cursor,
    Date,
    DoctorId,
    Instant,
    Key,
    LocalTime,
    SlotId,
    SlotStart,
    Status,
    TimeZone,
    bounded_int,
    short_text,
)

REF_TEMPLATE = "#/components/schemas/{name}"


class ClinicSession(Struct, kw_only=True):
    """Part of every day by the doctor's clock."""

    from_: LocalTime = field(name="from")
    to: LocalTime


class TimeRange(Struct, kw_only=True):
    """From when to when a slot is."""

    start: Instant
    end: Instant


class Slot(Struct, kw_only=True):
    """A stretch of one doctor's time."""

    slot_id: SlotId
    start: Instant
    end: Instant
    status: Status


class DaySlot(Slot, kw_only=True, omit_defaults=True):
    """A box of the doctor's day; `conflicts_with` is a stored slot that lies across it."""

    conflicts_with: TimeRange | UnsetType = UNSET


class HeldSlot(Slot, kw_only=True):
    """A slot that is held."""

    held_until: Instant


class Day(Struct, kw_only=True):
    """Every box of the grid in time order, and every stored slot off it."""

    doctor_id: DoctorId
    date: Date
    time_zone: TimeZone
    version: Annotated[int, Meta(ge=0, description="Counts the saves of the doctor's side.")]
    slots: list[DaySlot]


class SavedDay(Struct, kw_only=True):
    """The day as it is after the save; `version` is what this save made of it."""

    message: Annotated[str, Meta(examples=["Slots saved successfully"])]
    doctor_id: DoctorId
    date: Date
    time_zone: TimeZone
    version: Annotated[int, Meta(ge=1)]
    slots: list[DaySlot]


class Doctor(Struct, kw_only=True, omit_defaults=True):
    """A doctor's settings; `delegates` are told to herself and to an admin alone."""

    doctor_id: DoctorId
    name: str
    specialty: Annotated[str, Meta(examples=["cardiology"])]
    location: Annotated[str, Meta(examples=["London"])]
    time_zone: TimeZone
    slot_minutes: Annotated[int, Meta(examples=[30])]
    sessions: list[ClinicSession]
    lead_minutes: Annotated[int, Meta(description="Bookable until so long before the start.")]
    window_days: Annotated[int, Meta(description="Bookable so many dates ahead.", examples=[365])]
    delegates: list[str] | UnsetType = UNSET


class Doctors(Struct, kw_only=True):
    """A page of doctors, by specialty, location and id."""

    doctors: list[Doctor]
    next: Cursor


class DoctorsSlots(Struct, kw_only=True):
    """A doctor's bookable slots in time order."""

    doctor_id: DoctorId
    time_zone: TimeZone
    from_: Date = field(name="from")
    to: Date
    slots: list[Slot]
    next_available: Annotated[
        Slot | None,
        Meta(description="The first bookable slot at or after `from`, perhaps behind `to`."),
    ]


class AvailableDoctor(Struct, kw_only=True):
    """A doctor who has something bookable in the range."""

    doctor_id: DoctorId
    name: str
    location: str
    time_zone: TimeZone
    next_available: Slot
    slots: list[Slot]


class Availability(Struct, kw_only=True):
    """A page of doctors, by location and id from page to page, the soonest first within one."""

    doctors: list[AvailableDoctor]
    next: Cursor


class Change(Struct, kw_only=True):
    """One save of a date."""

    at: Instant
    by: Annotated[str, Meta(description="Who saved, by sign-in name.", examples=["sam"])]
    client: Annotated[str, Meta(description="`page`, or the id of the client.")]
    opened: list[Slot]
    closed: list[Slot]


class History(Struct, kw_only=True):
    """The saves of a date, the newest first."""

    changes: list[Change]


class Health(Struct, kw_only=True):
    """All is well."""

    status: Literal["ok"] = "ok"


class SlotChangeRequest(Struct, kw_only=True):
    """A box to tick (`free`) or to untick (`busy-unavailable`)."""

    start: Annotated[
        str,
        Meta(
            description="A time of day, or RFC 3339 with an offset, needed in a repeated hour.",
            examples=["09:00"],
        ),
    ]
    status: Annotated[str, Meta(extra_json_schema={"enum": ["free", "busy-unavailable"]})]


# Read one by one, to tell all that are at fault.
_RawSlotChangeRequest = Annotated[
    Raw, Meta(extra_json_schema={"$ref": REF_TEMPLATE.format(name=SlotChangeRequest.__name__)})
]


class SaveDayRequest(Struct, kw_only=True):
    """Boxes to tick and to untick on one date."""

    doctor_id: DoctorId
    date: Date
    slots: Annotated[
        list[_RawSlotChangeRequest],
        Meta(extra_json_schema={"maxItems": MAX_SLOTS_PER_DAY, "minItems": 1}),
    ]


class DayFormFields(Struct, kw_only=True):
    """The boxes as the page drew them, and as they came back."""

    doctor_id: DoctorId
    date: Date
    version: Annotated[
        int,
        Meta(
            ge=0,
            description="Of the day as it was drawn. Says what others changed; never fails a save.",
            examples=[0],
        ),
    ]
    request_id: Annotated[Key, Meta(description="The form's own Idempotency-Key.")]
    shown: Annotated[list[SlotStart], Meta(description="Stored and free when it was drawn.")] = []
    offered: Annotated[list[SlotStart], Meta(description="What could be changed then.")] = []
    ticked: Annotated[list[SlotStart], Meta(description="What is ticked now.")] = []


class HoldRequest(Struct, kw_only=True):
    """Keep a slot for one holder while she makes up her mind."""

    holder: Key
    seconds: Annotated[
        int, Meta(ge=HOLD_SECONDS_RANGE[0], le=HOLD_SECONDS_RANGE[1], examples=[300])
    ]


class BookingRequest(Struct, kw_only=True):
    """Book a slot; the same `booking_id` again changes nothing."""

    booking_id: Key
    patient_reference: Annotated[
        str,
        Meta(
            max_length=MAX_QUERY_LENGTH,
            description="Opaque, yours alone. Send no patient data.",
            examples=["ref-5521"],
        ),
    ]
    holder: Annotated[Key | None, Meta(description="Whose hold this ends, if it was held.")] = None
    moves: Annotated[
        SlotId | None,
        Meta(description="The slot, of any doctor, that this booking leaves in the same instant."),
    ] = None


class DoctorRequest(Struct, kw_only=True):
    """A doctor's settings, all of them."""

    name: Annotated[str, short_text("As patients read it.", "Dr Mina Lee")]
    specialty: Annotated[str, short_text("What she is searched for by.", "cardiology")]
    location: Annotated[str, short_text("Where she sees patients.", "London")]
    time_zone: TimeZone
    slot_minutes: Annotated[
        int, bounded_int(SLOT_MINUTES_RANGE, "How long her slots are, in real time.")
    ]
    sessions: Annotated[
        list[ClinicSession],
        Meta(
            max_length=MAX_SLOTS_PER_DAY,
            description="Each a whole number of slots, none overlapping another.",
            extra_json_schema={"minItems": 1},
        ),
    ]
    lead_minutes: Annotated[
        int, bounded_int(LEAD_MINUTES_RANGE, "Bookable until so long before.")
    ] = 0
    window_days: Annotated[int, bounded_int(WINDOW_DAYS_RANGE, "Bookable so many dates ahead.")] = (
        365
    )
    doctor_id: Annotated[
        DoctorId | None, Meta(description="Optional, but equal to that of the URL.")
    ] = None
    delegates: Annotated[
        Annotated[
            list[Annotated[str, short_text("A sign-in name.", "sam")]],
            Meta(max_length=MAX_DELEGATES),
        ]
        | None,
        Meta(description="Who may keep her schedule for her; left as they are where missing."),
    ] = None


class ErrorEntry(Struct, kw_only=True, omit_defaults=True):
    """One slot at fault (`start`), or one field (`field`)."""

    start: Annotated[str, Meta(description="As it came, where that is no instant.")] | UnsetType = (
        UNSET
    )
    field: str | UnsetType = UNSET
    code: Annotated[
        Code,
        Meta(
            description="For a program. `not_bookable`: too near or too far ahead; `slot_taken`: "
            "booked or held; `invalid`: malformed."
        ),
    ]
    detail: Annotated[str, Meta(description="A sentence for a person.")]
    conflicts_with: TimeRange | UnsetType = UNSET


class Problem(Struct, kw_only=True, omit_defaults=True):
    """Every answer from 400 up (RFC 9457)."""

    type: Literal["about:blank"]
    title: Annotated[str, Meta(examples=["Bad Request"])]
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[
        str,
        Meta(description="A sentence for a person.", examples=["Slot already exists: 09:00-09:30"]),
    ]
    errors: Annotated[list[ErrorEntry], Meta(description="Every slot or field at fault.")]
    version: Annotated[int, Meta(description="With 412: of the day as it is.")] | UnsetType = UNSET
