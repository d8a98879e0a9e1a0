"""The JSON of weeks and months: these types parse, build and document it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, field

from chalicelib.web.api import many_day_schemas
from chalicelib.web.api.fields import (
    Date,
    DoctorId,
    Key,
    Month,
    TimeZone,
    WeekBoxValue,
    WeekVersion,
)
from chalicelib.web.api.schemas import DaySlot
from chalicelib.web.api.time_off_schemas import BlockedStretch

DAYS_PER_WEEK = 7


class WeekDay(Struct, kw_only=True):
    """A date of a week, as of `GET /slots`."""

    date: Date
    version: Annotated[int, Meta(ge=0)]
    time_off: Annotated[
        list[BlockedStretch], Meta(description="What time off and closures block of it.")
    ]
    slots: list[DaySlot]


class Week(Struct, kw_only=True):
    """Monday to Sunday."""

    doctor_id: DoctorId
    time_zone: TimeZone
    from_: Date = field(name="from")
    to: Date
    days: list[WeekDay]


class SaveDateRequest(Struct, kw_only=True):
    """Slots to open and to close on one date of the week."""

    date: Date
    slots: many_day_schemas.SlotsToSave


class SaveWeekRequest(Struct, kw_only=True):
    """Up to seven different dates of one week."""

    doctor_id: DoctorId
    days: Annotated[
        list[SaveDateRequest],
        Meta(extra_json_schema={"maxItems": DAYS_PER_WEEK, "minItems": 1}),
    ]


class SavedDate(Struct, kw_only=True, omit_defaults=True):
    """The result for one date: the day as it now is, or why nothing of it is stored."""

    date: Date
    status: many_day_schemas.Status
    version: many_day_schemas.SavedVersion = UNSET
    slots: many_day_schemas.Slots = UNSET
    detail: many_day_schemas.Detail = UNSET
    errors: many_day_schemas.Errors = UNSET


class SavedWeek(Struct, kw_only=True):
    """The result of each date, in order of date."""

    days: list[SavedDate]


class RejectedWeek(many_day_schemas.RejectedDays, kw_only=True):
    """Problem details (RFC 9457) of a save of which no date is stored, with the dates."""

    days: list[SavedDate]


class MonthDay(Struct, kw_only=True):
    """The totals of a date; open slots have not begun."""

    date: Date
    open: Annotated[int, Meta(ge=0)]
    held: Annotated[int, Meta(ge=0)]
    booked: Annotated[int, Meta(ge=0)]
    disrupted: Annotated[int, Meta(ge=0, description="Of the booked ones, those to be rebooked.")]
    time_off: Annotated[str | None, Meta(description="The name of time off; null for now.")]


class MonthWeek(Struct, kw_only=True):
    """The totals of a whole week, which may have dates of another month."""

    from_: Annotated[Date, Meta(description="Its Monday.")] = field(name="from")
    open: Annotated[int, Meta(ge=0)]
    booked: Annotated[int, Meta(ge=0)]


class MonthTotals(Struct, kw_only=True):
    """The totals of a month."""

    doctor_id: DoctorId
    time_zone: TimeZone
    month: Month
    days: list[MonthDay]
    weeks: list[MonthWeek]
    fill_rate: Annotated[
        float | None,
        Meta(description="Booked / (open + booked) of the coming days; null if there are none."),
    ]
    third_next_available_days: Annotated[
        int | None,
        Meta(description="Days until the third bookable slot; null if there are fewer."),
    ]


class WeekFormFields(Struct, kw_only=True):
    """The form of a week: the slots of its dates as rendered, and as checked now."""

    doctor_id: DoctorId
    date: Date
    version: Annotated[
        list[WeekVersion], Meta(description="Each date, and the version that was rendered.")
    ]
    request_id: Annotated[Key, Meta(description="The form's own Idempotency-Key.")]
    shown: Annotated[
        list[WeekBoxValue], Meta(description="Slots that were free when rendered.")
    ] = []
    offered: Annotated[
        list[WeekBoxValue], Meta(description="Slots that could be changed then.")
    ] = []
    ticked: Annotated[list[WeekBoxValue], Meta(description="Slots that are checked now.")] = []
