"""The JSON of time off."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from chalicelib.web.api.fields import Instant, PlanId, TimeOffId, short_text

TimeOffName = Annotated[str, short_text("Why, as the doctor's side sees it.", "Holiday")]
Act = Annotated[
    Literal["stop", "disrupt"],
    Meta(
        description="With `stop` bookings stay as they are; with `disrupt` they have to be "
        "rebooked, and stay the patients' until then."
    ),
]
DateOrInstant = Annotated[
    str,
    Meta(
        description="A date in the doctor's time zone; for hours, an instant with an offset "
        "(RFC 3339).",
        examples=["2026-12-24"],
        extra_json_schema={
            "anyOf": [
                {"type": "string", "format": "date"},
                {"type": "string", "format": "date-time"},
            ]
        },
    ),
]


class TimeOff(Struct, kw_only=True):
    """Time off of a doctor, or a closure of the practice.

    `from` and `to` are dates, both included; or instants, for hours. `plan_id` is the plan that
    made it; null for a closure.
    """

    time_off_id: TimeOffId
    from_: DateOrInstant = field(name="from")
    to: DateOrInstant
    name: TimeOffName
    act: Act
    plan_id: PlanId | None
    closure_id: Annotated[str | None, Meta(description="The closure that it belongs to, if any.")]


class TimeOffList(Struct, kw_only=True):
    """What is to come first, the soonest of it at the top; then what is over."""

    time_off: list[TimeOff]


class BlockedStretch(Struct, kw_only=True):
    """The part of a date that time off or a closure of the practice blocks."""

    time_off_id: TimeOffId
    name: TimeOffName
    kind: Literal["time_off", "closure"]
    from_: Instant = field(name="from")
    to: Instant
