"""The JSON of reports."""

from typing import Annotated

from msgspec import Meta, Struct, field

from chalicelib.web.api.fields import Cursor, Date, DoctorId

FillRate = Annotated[float | None, Meta(description="`booked / offered`; null without any.")]
Offered = Annotated[
    int, Meta(description="Slots that are open, held or booked, or were open until they began.")
]
Cancelled = Annotated[int, Meta(description="Cancellations of bookings on these dates.")]


class WeekReport(Struct, kw_only=True):
    """A week, Monday to Sunday."""

    from_: Annotated[Date, Meta(description="Its Monday.")] = field(name="from")
    offered: Offered
    booked: int
    fill_rate: FillRate
    cancelled: Cancelled


class DoctorReport(Struct, kw_only=True):
    """The figures of a doctor."""

    doctor_id: DoctorId
    name: str
    third_next_available_days: Annotated[
        int | None, Meta(description="Days from today to the third bookable slot, as of now.")
    ]
    offered: Offered
    booked: int
    fill_rate: FillRate
    cancelled: Cancelled
    weeks: list[WeekReport]


class Reports(Struct, kw_only=True):
    """The figures of up to 20 doctors, by name."""

    from_: Date = field(name="from")
    to: Date
    doctors: list[DoctorReport]
    next: Cursor
