"""Serialize time off to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.web.api import time_off_schemas

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from chalicelib.domain.time_off import BlockedStretch, TimeOff
    from chalicelib.use_cases.list_time_off import DoctorTimeOff


def serialize_time_off_list(found: DoctorTimeOff) -> time_off_schemas.TimeOffList:
    """The time off of a doctor."""
    zone = found.doctor.zone
    listed = (*found.coming, *found.past)
    return time_off_schemas.TimeOffList(time_off=[_serialize(each, zone) for each in listed])


def serialize_stretches(
    stretches: Iterable[BlockedStretch], zone: ZoneInfo
) -> list[time_off_schemas.BlockedStretch]:
    """What is blocked of a date."""
    return [serialize_stretch(each, zone) for each in stretches if not each.is_lifted]


def serialize_stretch(stretch: BlockedStretch, zone: ZoneInfo) -> time_off_schemas.BlockedStretch:
    """A stretch that is blocked."""
    return time_off_schemas.BlockedStretch(
        time_off_id=stretch.time_off_id,
        name=stretch.name,
        kind=stretch.kind.value,
        from_=local_time.to_rfc3339(stretch.start, zone),
        to=local_time.to_rfc3339(stretch.end, zone),
    )


def _serialize(time_off: TimeOff, zone: ZoneInfo) -> time_off_schemas.TimeOff:
    first, last = time_off.first.isoformat(), time_off.last.isoformat()
    if time_off.start and time_off.end:
        first = local_time.to_rfc3339(time_off.start, zone)
        last = local_time.to_rfc3339(time_off.end, zone)
    return time_off_schemas.TimeOff(
        time_off_id=time_off.time_off_id,
        from_=first,
        to=last,
        name=time_off.name,
        act=time_off.act.value,
        plan_id=None if time_off.closure_id else time_off.time_off_id,
        closure_id=time_off.closure_id,
    )
