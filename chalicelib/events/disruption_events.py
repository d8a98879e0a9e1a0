"""The JSON of the events about disrupted bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from chalicelib.domain.audit_log import format_audit_instant
from chalicelib.domain.slot import SlotId
from chalicelib.events.schema import INSTANT_PATTERN, Instant, format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.announcements import MarkedSlot

DISRUPTED, LIFTED = "BookingsDisrupted", "DisruptionLifted"
SCHEMA_VERSION: Final = 1
Since = Annotated[
    str, msgspec.Meta(description="in BookingsDisrupted only", pattern=INSTANT_PATTERN)
]


class DisruptedSlot(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A slot with a booking, or a hold, that has to move, or no longer has to."""

    slot_id: Annotated[str, msgspec.Meta(description="as in the API, and opaque there")]
    start: Instant
    end: Instant
    since: Since | msgspec.UnsetType = msgspec.UNSET


class DisruptionDetail(msgspec.Struct, kw_only=True):
    """Disrupted bookings of a doctor, or those that are so no longer."""

    schema_version: Annotated[Literal[1], msgspec.Meta(description="of this schema")]
    id: Annotated[
        str,
        msgspec.Meta(
            description="identifies the event: the same for every delivery",
            examples=["dr-lee~BookingsDisrupted~20270323T081500123456Z"],
        ),
    ]
    doctor_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    slots: Annotated[list[DisruptedSlot], msgspec.Meta(min_length=1, description="in time order")]


def encode(detail_type: str, doctor_id: str, slots: Sequence[MarkedSlot], at: datetime) -> str:
    """Return the ``detail`` of an event of that type."""
    detail = DisruptionDetail(
        schema_version=SCHEMA_VERSION,
        id=f"{doctor_id}~{detail_type}~{format_audit_instant(at)}",
        doctor_id=doctor_id,
        slots=[_build_slot(doctor_id, slot) for slot in slots],
    )
    return msgspec.json.encode(detail).decode()


def _build_slot(doctor_id: str, slot: MarkedSlot) -> DisruptedSlot:
    return DisruptedSlot(
        slot_id=str(SlotId(doctor_id, slot.start)),
        start=format_instant(slot.start),
        end=format_instant(slot.end),
        since=format_instant(slot.since) if slot.since else msgspec.UNSET,
    )
