"""Types of the JSON of weeks and of practice days: many days, of which each is saved by itself.

Which day it is comes first in the JSON of a saved one. The fields of a base class would come before
it, so that these have their types in common, and no base.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, UnsetType

from chalicelib.domain.doctor import MAX_SLOTS_PER_DAY
from chalicelib.web.api.schemas import DaySlot, ErrorEntry, SlotChangeRequest

SlotsToSave = Annotated[
    list[SlotChangeRequest],
    Meta(extra_json_schema={"maxItems": MAX_SLOTS_PER_DAY, "minItems": 1}),
]
Status = Annotated[int, Meta(description="An HTTP status: 200 if the date is saved.")]
SavedVersion = (
    Annotated[int, Meta(description="The version that this save made; with 412 the current.")]
    | UnsetType
)
Slots = list[DaySlot] | UnsetType
Detail = Annotated[str, Meta(description="A sentence for people.")] | UnsetType
Errors = list[ErrorEntry] | UnsetType


class RejectedDays(Struct, kw_only=True):
    """Problem details (RFC 9457) of a save of which nothing is stored."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    errors: list[ErrorEntry]
