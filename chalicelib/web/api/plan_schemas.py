"""The JSON of series and plans."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from chalicelib.web.api.change_schemas import KeptSlot
from chalicelib.web.api.fields import (
    ChangeId,
    Date,
    LocalTime,
    PlanId,
    PlanState,
    SeriesId,
    TimeOffId,
    short_text,
)
from chalicelib.web.api.schemas import ErrorEntry, Slot
from chalicelib.web.api.time_off_schemas import DateOrInstant, TimeOffName

SeriesName = Annotated[str, short_text("What the doctor calls it.", "Mornings")]
EveryWeeks = Annotated[
    int,
    Meta(
        description="Every n-th week, counted from the Monday of the week of `from`.",
        extra_json_schema={"minimum": 1, "maximum": 4},
    ),
]
LastDate = Annotated[
    Date | None, Meta(description="The last date; null for a series without an end.")
]


class HoursRange(Struct, kw_only=True, forbid_unknown_fields=True):
    """Hours on the doctor's clock: each box within them is wanted."""

    from_: LocalTime = field(name="from")
    to: LocalTime


class WeeklyHours(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Hours by weekday, without overlaps."""

    mon: list[HoursRange] = []
    tue: list[HoursRange] = []
    wed: list[HoursRange] = []
    thu: list[HoursRange] = []
    fri: list[HoursRange] = []
    sat: list[HoursRange] = []
    sun: list[HoursRange] = []


class Series(Struct, kw_only=True):
    """A weekly pattern of slots that should be open."""

    series_id: SeriesId
    name: SeriesName
    weekly: WeeklyHours
    every_weeks: EveryWeeks
    from_: Date = field(name="from")
    to: LastDate
    version: int


class SeriesList(Struct, kw_only=True):
    """The series that apply today or later."""

    series: list[Series]


class RequestedSeries(Struct, kw_only=True, forbid_unknown_fields=True):
    """A series as it should be. `version`, if it is there, must be the current one."""

    name: SeriesName
    weekly: WeeklyHours
    every_weeks: EveryWeeks = 1
    from_: Date = field(name="from")
    to: LastDate = None
    series_id: SeriesId | None = None
    version: int | None = None


class ImportedDay(Struct, kw_only=True, forbid_unknown_fields=True):
    """The starts of the slots to open on a date."""

    date: Date
    slots: list[str]


class SlotExport(Struct, kw_only=True):
    """A request that imports the slots."""

    kind: Literal["import"]
    days: list[ImportedDay]


class PlanRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """What to plan.

    A series: `series`, and `series_id` to change one. The end of a series: `series_id`, `from`, the
    first date on which it wants nothing, and `series`, which must be null then: a series does not
    end because the member is missing. An import: `days`, each with the
    starts of the slots to open. An undo: `plan_id` or `change_id`. Time off: `from` and `to`, both
    dates or both instants, `name` and `act`. To lift it: `time_off_id`. New hours have no other
    member: they replace the open slots that are not of the doctor's weekly hours.
    """

    kind: Annotated[
        str,
        Meta(
            extra_json_schema={
                "enum": ["series", "import", "undo", "time_off", "lift_time_off", "hours"],
            },
            examples=["series"],
        ),
    ]
    series_id: SeriesId | None = None
    series: RequestedSeries | UnsetType | None = UNSET
    from_: DateOrInstant | None = field(name="from", default=None)
    to: DateOrInstant | None = None
    name: TimeOffName | None = None
    act: Annotated[
        str | None, Meta(extra_json_schema={"enum": ["stop", "disrupt", None]}, examples=["stop"])
    ] = None
    time_off_id: TimeOffId | None = None
    days: list[ImportedDay] | None = None
    plan_id: PlanId | None = None
    change_id: ChangeId | None = None


class PlannedDay(Struct, kw_only=True):
    """What the plan did to a date, or would do to it now."""

    date: Date
    opens: list[Slot]
    closes: list[Slot]
    kept: list[KeptSlot]
    left_out: Annotated[
        Literal["past", "time_off", "closure"] | None,
        Meta(description="Why it does nothing on that date."),
    ]


class ThirdNextAvailableDays(Struct, kw_only=True):
    """Days from today to the third bookable slot; null if there are fewer."""

    before: int | None
    after: int | None


class PlanSummary(Struct, kw_only=True):
    """A plan without its dates."""

    plan_id: PlanId
    kind: Literal["series", "import", "undo", "time_off", "lift_time_off", "hours"]
    state: PlanState
    series_id: SeriesId | None
    time_off_id: TimeOffId | None
    undoes: Annotated[str | None, Meta(description="The plan or the change that it undoes.")]
    undone_by: Annotated[
        PlanId | None, Meta(description="The plan that undoes it, since that has started.")
    ]
    unchanged_series_id: Annotated[
        SeriesId | None,
        Meta(
            description="The series that an undo leaves as it is, because it was changed since the "
            "plan: only its dates are undone."
        ),
    ]
    from_: Annotated[Date | None, Meta(description="The first date.")] = field(name="from")
    to: Annotated[Date | None, Meta(description="The last date.")]
    days_total: int


class Plan(PlanSummary, kw_only=True):
    """A plan, with what it did and what it would do now."""

    opens: Annotated[int, Meta(description="How many slots it opens.")]
    closes: int
    keeps: Annotated[int, Meta(description="How many slots and boxes it leaves alone.")]
    days_done: int
    days: list[PlannedDay]
    third_next_available_days: ThirdNextAvailableDays


class PlanList(Struct, kw_only=True):
    """The latest plans, the newest first."""

    plans: list[PlanSummary]


class ChangedPreview(Plan, kw_only=True):
    """Problem details (RFC 9457), with the plan and its new preview."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[ErrorEntry]
    errors_total: int | UnsetType = UNSET
