"""The JSON of an event; ``docs/reference/events.schema.json`` is made from these types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from chalicelib.domain.slot import SlotId

if TYPE_CHECKING:
    from chalicelib.domain.events import ChangedSlot, SlotsChanged

SOURCE = "medilink.slots"
DETAIL_TYPE = "SlotsChanged"
# Increases with a change that breaks consumers; a new member does not.
SCHEMA_VERSION: Final = 1

Status = Literal["free", "busy-tentative", "busy", "busy-unavailable"]
INSTANT_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
Instant = Annotated[str, msgspec.Meta(description="RFC 3339, in UTC", pattern=INSTANT_PATTERN)]
HeldUntil = Annotated[
    str,
    msgspec.Meta(
        description="while it is held: from then on it is free, without another event",
        pattern=INSTANT_PATTERN,
    ),
]


class Slot(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A slot that changed."""

    slot_id: Annotated[str, msgspec.Meta(description="as in the API, and opaque there")]
    start: Instant
    end: Instant
    status: Annotated[Status, msgspec.Meta(description="what it is now")]
    previous_status: Annotated[Status, msgspec.Meta(description="what it was before")]
    held_until: HeldUntil | msgspec.UnsetType = msgspec.UNSET


class SlotsChangedDetail(msgspec.Struct, kw_only=True):
    """One change of a doctor's day."""

    schema_version: Annotated[Literal[1], msgspec.Meta(description="of this schema")]
    id: Annotated[
        str,
        msgspec.Meta(
            description="identifies the change: the same for every delivery",
            examples=["dr-lee~2027-03-23~7"],
        ),
    ]
    doctor_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    date: Annotated[date, msgspec.Meta(description="the local date, in the doctor's time zone")]
    revision: Annotated[
        int,
        msgspec.Meta(ge=1, description="counts the changes of this date, one by one"),
    ]
    slots: Annotated[
        list[Slot],
        msgspec.Meta(description="those that changed, in time order; others are as before"),
    ]


def encode(event: SlotsChanged) -> str:
    """Return the event's ``detail``."""
    detail = SlotsChangedDetail(
        schema_version=SCHEMA_VERSION,
        id=f"{event.doctor_id}~{event.date.isoformat()}~{event.revision}",
        doctor_id=event.doctor_id,
        date=event.date,
        revision=event.revision,
        slots=[_build_slot(event.doctor_id, changed) for changed in event.slots],
    )
    return msgspec.json.encode(detail).decode()


def _build_slot(doctor_id: str, changed_slot: ChangedSlot) -> Slot:
    slot = changed_slot.slot
    return Slot(
        slot_id=str(SlotId(doctor_id, slot.start)),
        start=format_instant(slot.start),
        end=format_instant(slot.end),
        status=slot.status.value,
        previous_status=changed_slot.previous_status.value,
        held_until=format_instant(slot.held_until) if slot.held_until else msgspec.UNSET,
    )


def format_instant(instant: datetime) -> str:
    """Return the second in UTC: ``2026-11-23T09:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
