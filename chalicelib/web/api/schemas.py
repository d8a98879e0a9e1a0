"""The JSON of requests and responses: these types parse, build and document it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chalicelib.domain.doctor import (
    LEAD_MINUTES_RANGE,
    MAX_SESSIONS,
    MAX_SLOTS_PER_DAY,
    SLOT_MINUTES_RANGE,
    WINDOW_DAYS_RANGE,
)
from chalicelib.domain.violations import Code
from chalicelib.web.api.fields import (
    WEEKDAYS,
    BoxValue,
    ChangeId,
    Cursor,
    Date,
    Delegates,
    DoctorId,
    Instant,
    Key,
    LocalTime,
    SlotId,
    Status,
    TimeZone,
    Weekday,
    bounded_int,
    short_text,
)
from chalicelib.web.api.time_off_schemas import BlockedStretch

MAX_ERROR_ENTRIES = 100
"""The maximum in an error response: a small body must not cause a large response."""
REF_TEMPLATE = "#/components/schemas/{name}"


class ClinicSession(Struct, kw_only=True, forbid_unknown_fields=True):
    """Hours on some weekdays, in the doctor's local time."""

    days_of_week: Annotated[
        list[Weekday],
        Meta(
            description="In a request any order, by default all seven.",
            extra_json_schema={"minItems": 1, "maxItems": 7, "uniqueItems": True},
        ),
    ] = field(default_factory=lambda: list(WEEKDAYS))
    from_: LocalTime = field(name="from")
    to: LocalTime


class TimeRange(Struct, kw_only=True):
    """The start and end of a slot."""

    start: Instant
    end: Instant


class Slot(Struct, kw_only=True):
    """A stretch of one doctor's time."""

    slot_id: SlotId
    start: Instant
    end: Instant
    status: Status


class SlotOrigin(Struct, kw_only=True):
    """What opened a slot; `series_id` is null if a person opened it."""

    change_id: ChangeId
    series_id: str | None


class DaySlot(Slot, kw_only=True, omit_defaults=True):
    """A slot of the doctor's day; `conflicts_with` is a stored slot that overlaps it.

    A stored slot has an `origin`, which is null if it is older than that member.
    """

    conflicts_with: TimeRange | UnsetType = UNSET
    origin: SlotOrigin | UnsetType | None = UNSET


class Day(Struct, kw_only=True):
    """Every slot of the grid in time order, and every stored slot outside it."""

    doctor_id: DoctorId
    date: Date
    time_zone: TimeZone
    version: Annotated[
        int, Meta(ge=0, description="The number of saves by the doctor, delegates and admins.")
    ]
    time_off: Annotated[
        list[BlockedStretch], Meta(description="What time off and closures block of it.")
    ]
    slots: list[DaySlot]


class SavedDay(Struct, kw_only=True):
    """The current day; `version` is the version that this save created."""

    message: Annotated[str, Meta(examples=["Slots saved successfully"])]
    doctor_id: DoctorId
    date: Date
    time_zone: TimeZone
    version: Annotated[int, Meta(ge=1)]
    time_off: list[BlockedStretch]
    slots: list[DaySlot]


class Doctor(Struct, kw_only=True, omit_defaults=True):
    """A doctor's settings; only the doctor and admins get the `delegates`."""

    doctor_id: DoctorId
    name: str
    specialty: Annotated[str, Meta(examples=["cardiology"])]
    location: Annotated[str, Meta(examples=["London"])]
    time_zone: TimeZone
    slot_minutes: Annotated[int, Meta(examples=[30])]
    sessions: list[ClinicSession]
    lead_minutes: Annotated[
        int, Meta(description="Bookable until this many minutes before the start.")
    ]
    window_days: Annotated[int, Meta(description="Bookable this many days ahead.", examples=[365])]
    active: Annotated[
        bool, Meta(description="Whether the doctor can be found and booked.", examples=[True])
    ]
    delegates: list[str] | UnsetType = UNSET


class Doctors(Struct, kw_only=True):
    """A page of doctors, by specialty, location and id."""

    doctors: list[Doctor]
    next: Cursor


class DoctorsSlots(Struct, kw_only=True):
    """A doctor's bookable slots in time order.

    `searched_to`: the search for `next_available` stopped here, after very many taken slots.
    """

    doctor_id: DoctorId
    time_zone: TimeZone
    from_: Date = field(name="from")
    to: Date
    slots: list[Slot]
    next_available: Annotated[
        Slot | None,
        Meta(description="The first bookable slot at or after `from`, even if after `to`."),
    ]
    searched_to: Date | UnsetType = UNSET


class AvailableDoctor(Struct, kw_only=True):
    """A doctor with bookable slots in the range."""

    doctor_id: DoctorId
    name: str
    location: str
    time_zone: TimeZone
    next_available: Slot
    slots: list[Slot]


class Availability(Struct, kw_only=True):
    """A page of doctors: pages by location and id, and within a page the soonest slot first."""

    doctors: list[AvailableDoctor]
    next: Cursor


class Health(Struct, kw_only=True):
    """The app is healthy."""

    status: Literal["ok"] = "ok"


class SlotChangeRequest(Struct, kw_only=True):
    """A slot to open (`free`) or to close (`busy-unavailable`)."""

    start: Annotated[
        str,
        Meta(
            description="A time of day; or RFC 3339 with an offset, needed in a repeated hour.",
            examples=["09:00"],
        ),
    ]
    status: Annotated[str, Meta(extra_json_schema={"enum": ["free", "busy-unavailable"]})]


class SaveDayRequest(Struct, kw_only=True):
    """Slots to open and to close on one date."""

    doctor_id: DoctorId
    date: Date
    slots: Annotated[
        list[SlotChangeRequest],
        Meta(extra_json_schema={"maxItems": MAX_SLOTS_PER_DAY, "minItems": 1}),
    ]


class DayFormFields(Struct, kw_only=True):
    """The form of a day: its slots as rendered, and as checked now."""

    doctor_id: DoctorId
    date: Date
    version: Annotated[
        int,
        Meta(
            ge=0,
            description="The rendered version. It never fails a save, but shows changes by others.",
            examples=[0],
        ),
    ]
    request_id: Annotated[Key, Meta(description="The form's own Idempotency-Key.")]
    shown: Annotated[list[BoxValue], Meta(description="Slots that were free when rendered.")] = []
    offered: Annotated[list[BoxValue], Meta(description="Slots that could be changed then.")] = []
    ticked: Annotated[list[BoxValue], Meta(description="Slots that are checked now.")] = []


class DoctorRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """All settings of a doctor: a misspelt name of one must not reset it to its default."""

    name: Annotated[str, short_text("The name that patients see.", "Dr Mina Lee")]
    specialty: Annotated[str, short_text("The specialty that patients search for.", "cardiology")]
    location: Annotated[str, short_text("Where the doctor sees patients.", "London")]
    time_zone: TimeZone
    slot_minutes: Annotated[int, bounded_int(SLOT_MINUTES_RANGE, "The length of a slot.")]
    sessions: Annotated[
        list[ClinicSession],
        Meta(
            max_length=MAX_SESSIONS,
            description="Each has a whole number of slots; those of one weekday don't overlap.",
            extra_json_schema={"minItems": 1},
        ),
    ]
    lead_minutes: Annotated[
        int, bounded_int(LEAD_MINUTES_RANGE, "Bookable until this many minutes before the start.")
    ] = 0
    window_days: Annotated[
        int, bounded_int(WINDOW_DAYS_RANGE, "Bookable this many days ahead.")
    ] = 365
    doctor_id: Annotated[
        DoctorId | None, Meta(description="Optional; must equal the id in the URL.")
    ] = None
    active: Annotated[
        bool | None,
        Meta(
            description="Whether the doctor can be found and booked; unchanged if missing, "
            "and true for a new doctor. Only admins may change it.",
        ),
    ] = None
    delegates: Delegates = None


class ErrorEntry(Struct, kw_only=True, omit_defaults=True):
    """One invalid slot (`start`), or one invalid field (`field`)."""

    start: Annotated[str, Meta(description="As sent, if it is no instant.")] | UnsetType = UNSET
    field: str | UnsetType = UNSET
    code: Annotated[
        Code,
        Meta(
            description="For programs. `not_bookable`: too soon or too far ahead; `slot_taken`: "
            "booked or held; `invalid`: malformed."
        ),
    ]
    detail: Annotated[str, Meta(description="A sentence for people.")]
    conflicts_with: TimeRange | UnsetType = UNSET
    slot_id: (
        Annotated[str, Meta(description="With `booked_elsewhere`: the slot of the booking.")]
        | UnsetType
    ) = UNSET


class Problem(Struct, kw_only=True, omit_defaults=True):
    """A 4xx or 5xx response (RFC 9457)."""

    type: Literal["about:blank"]
    title: Annotated[str, Meta(examples=["Bad Request"])]
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[
        str,
        Meta(description="A sentence for people.", examples=["Slot already exists: 09:00-09:30"]),
    ]
    errors: Annotated[
        list[ErrorEntry],
        Meta(max_length=MAX_ERROR_ENTRIES, description="Every invalid slot or field, up to 100."),
    ]
    errors_total: (
        Annotated[int, Meta(description="The number of all, if there are more.")] | UnsetType
    ) = UNSET
    version: Annotated[int, Meta(description="With 412: the current version.")] | UnsetType = UNSET
