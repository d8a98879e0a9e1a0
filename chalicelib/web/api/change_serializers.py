"""Serialize the change feed to the schemas of JSON responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import UNSET, structs

from chalicelib.domain import local_time
from chalicelib.domain.permissions import Role
from chalicelib.web.api import change_schemas, schemas
from chalicelib.web.api.serializers import serialize_saved_day, serialize_slot
from chalicelib.web.api.time_off_serializers import serialize_stretch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.day import KeptSlot
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.list_changes import Changes
    from chalicelib.use_cases.undo_changes import UndoneChange


_ROLES: dict[Role, Literal["doctor", "delegate", "admin", "booking-site"]] = {
    Role.DOCTOR: "doctor",
    Role.DELEGATE: "delegate",
    Role.ADMIN: "admin",
    Role.BOOKING_SITE: "booking-site",
    Role.READER: "booking-site",
}


def serialize_changes(changes: Changes) -> change_schemas.Changes:
    """A page of the change feed."""
    return change_schemas.Changes(
        changes=[_serialize_change(entry, changes) for entry in changes.entries],
        next=changes.cursor,
    )


def serialize_undone(undone: UndoneChange, day: schemas.Day) -> change_schemas.UndoneDay:
    """The response to an undo: ``day`` as serialized, with the version that the undo made."""
    saved = serialize_saved_day(undone.saved, day)
    kept = serialize_kept(undone.kept, undone.saved.doctor)
    return change_schemas.UndoneDay(**structs.asdict(saved), kept=kept)


def serialize_kept(kept: Iterable[KeptSlot], doctor: Doctor) -> list[change_schemas.KeptSlot]:
    """What a plan or an undo left alone."""
    return [
        change_schemas.KeptSlot(
            start=local_time.to_rfc3339(each.slot.start, doctor.zone), code=each.reason.value
        )
        for each in kept
    ]


def _serialize_change(entry: AuditLogEntry, changes: Changes) -> change_schemas.Change:
    names = changes.names

    def slots(some: Iterable[Slot]) -> list[schemas.Slot]:
        return [serialize_slot(slot, names.doctor) for slot in some]

    actor = entry.actor
    return change_schemas.Change(
        change_id=entry.change_id,
        at=local_time.to_rfc3339(entry.at, names.doctor.zone),
        date=entry.date.isoformat() if entry.date else None,
        kind=entry.kind,
        by=change_schemas.Author(name=names.name_actor(actor), role=_ROLES[actor.role]),
        on_behalf_of=entry.doctor_id if actor.role is Role.DELEGATE else UNSET,
        client=change_schemas.ChangeClient(id=actor.client, name=names.name_client(actor.client)),
        opened=slots(entry.opened),
        closed=slots(entry.closed),
        booked=slots(entry.booked),
        cancelled=slots(entry.cancelled),
        kept=serialize_kept(entry.kept, names.doctor),
        affected=slots(entry.affected) or UNSET,
        moved_from=str(entry.moved_from) if entry.moved_from else UNSET,
        moved_to=str(entry.moved_to) if entry.moved_to else UNSET,
        reason=entry.reason or UNSET,
        settings=[
            change_schemas.SettingChange(name=name, before=change.before, after=change.after)
            for name, change in (entry.settings or {}).items()
        ]
        or UNSET,
        blocked=serialize_stretch(entry.blocked, names.doctor.zone) if entry.blocked else UNSET,
        unblocked=serialize_stretch(entry.unblocked, names.doctor.zone)
        if entry.unblocked
        else UNSET,
        plan_id=entry.plan_id,
        undoes=entry.undoes,
        can_undo=entry.change_id in changes.undoable,
    )
