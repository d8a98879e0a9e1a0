"""The JSON of closures of the practice."""

from typing import Annotated, Literal

from msgspec import Struct, field

from chalicelib.web.api.fields import ClosureId, Date, short_text

ClosureName = Annotated[str, short_text("Why the practice is closed.", "Christmas Day")]


class ClosureRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Dates on which the practice is closed, both included."""

    from_: Date = field(name="from")
    to: Date
    name: ClosureName


class Closure(Struct, kw_only=True):
    """A closure; it is time off of every doctor.

    While it is `running`, doctors get it one after the other; while it is `lifting`, they lose it.
    """

    closure_id: ClosureId
    from_: Date = field(name="from")
    to: Date
    name: ClosureName
    state: Literal["running", "done", "lifting", "lifted"]
    doctors_total: int
    doctors_done: int


class ClosureList(Struct, kw_only=True):
    """The soonest first."""

    closures: list[Closure]
