"""Changes in words: what happened to slots, who did it, and through what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import ChangeKind
from chalicelib.domain.day import KeptReason
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import merge_touching
from chalicelib.domain.text import Text
from chalicelib.web import dates
from chalicelib.web.pages.setting_words import setting_labels
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.change_feed import ActorNames
    from chalicelib.domain.slot import Slot, SlotId

# What happened to the slots in each field of an entry.
_ACTS = {
    "opened": Text("Opened %(times)s"),
    "closed": Text("Closed %(times)s"),
    "booked": Text("Booked %(times)s"),
    "cancelled": Text("Cancelled %(times)s"),
    "affected": Text("Ended the hold of %(times)s"),
}
_ACTS_BY_KIND = {
    ChangeKind.REVOKE: {"cancelled": Text("Removed the booking of %(times)s")},
}
_MARKED = Text("Marked for rebooking: %(times)s")
_LIFTED = Text("No longer marked for rebooking: %(times)s")
_KEPT = {
    KeptReason.BOOKED: Text("Booked, not changed: %(times)s"),
    KeptReason.HELD: Text("Held, not changed: %(times)s"),
    KeptReason.OPENED_BY_HAND: Text("Opened by hand, left open: %(times)s"),
    KeptReason.CLOSED_BY_HAND: Text("Closed by hand, left closed: %(times)s"),
    KeptReason.OVERLAPS: Text("Overlaps another slot, left out: %(times)s"),
    KeptReason.PAST: Text("Already started, left out: %(times)s"),
    KeptReason.TIME_OFF: Text("In time off, left closed: %(times)s"),
    KeptReason.CLOSURE: Text("The practice is closed, left closed: %(times)s"),
}
_OCCASIONS = {
    ChangeKind.SERIES: Text("Series"),
    ChangeKind.TIME_OFF: Text("Time off"),
    ChangeKind.IMPORT: Text("Import"),
    ChangeKind.HOURS: Text("New hours"),
    ChangeKind.UNDO: Text("Undo"),
}
_KINDS = {
    ChangeKind.SAVE: Text("Saves"),
    ChangeKind.SERIES: Text("Series"),
    ChangeKind.TIME_OFF: Text("Time off"),
    ChangeKind.IMPORT: Text("Imports"),
    ChangeKind.HOURS: Text("New hours"),
    ChangeKind.UNDO: Text("Undo"),
    ChangeKind.BOOKING: Text("Bookings"),
    ChangeKind.MOVE: Text("Moved bookings"),
    ChangeKind.CANCELLATION: Text("Cancellations"),
    ChangeKind.DESK: Text("Bookings by the practice"),
    ChangeKind.RELEASE: Text("Ended holds"),
    ChangeKind.DISRUPTION: Text("Bookings to rebook"),
    ChangeKind.REVOKE: Text("Removed bookings"),
    ChangeKind.SETTINGS: Text("Settings"),
}


def name_kinds() -> Iterator[tuple[str, str]]:
    """Yield each kind of change with its name, for a filter."""
    for kind in ChangeKind:
        yield kind.value, translate(_KINDS[kind])


def name_occasion(kind: ChangeKind) -> str:
    """Name what brought a change about, if it was not a change by hand."""
    return translate(_OCCASIONS.get(kind, ""))


def describe_acts(entry: AuditLogEntry, names: ActorNames) -> Iterator[str]:
    """Say what an entry did to the slots of its date, each act by itself."""
    if entry.kind is ChangeKind.MOVE:
        yield _describe_move(entry, names)
        return
    yield from describe_time_off(entry)
    for field, act in (_ACTS | _ACTS_BY_KIND.get(entry.kind, {})).items():
        if field == "affected" and entry.kind is not ChangeKind.RELEASE:
            yield from _describe_disruptions(entry, names)
        elif slots := getattr(entry, field):
            yield _fill(act, slots, names)


def _describe_disruptions(entry: AuditLogEntry, names: ActorNames) -> Iterator[str]:
    """Say which bookings an entry has marked, and of which it has lifted the mark."""
    for act, is_marked in ((_MARKED, True), (_LIFTED, False)):
        if slots := [slot for slot in entry.affected if slot.is_disrupted is is_marked]:
            yield _fill(act, slots, names)


def describe_time_off(entry: AuditLogEntry) -> Iterator[str]:
    """Name the time off that the entry set or lifted."""
    if entry.blocked:
        yield _("Time off: %(name)s", name=entry.blocked.name)
    if entry.unblocked:
        yield _("Time off lifted: %(name)s", name=entry.unblocked.name)


def describe_kept(entry: AuditLogEntry, names: ActorNames) -> Iterator[str]:
    """Say what a plan or an undo left alone, and why."""
    for reason, act in _KEPT.items():
        if kept := [each.slot for each in entry.kept if each.reason is reason]:
            yield _fill(act, kept, names)


def describe_settings(entry: AuditLogEntry) -> Iterator[str]:
    """Name the settings that changed; the caller may not be allowed to see any of them."""
    if entry.settings:
        labels = setting_labels()
        listed = ", ".join(labels.get(name, name) for name in entry.settings)
        yield _("Changed settings: %(settings)s", settings=listed)
    elif entry.kind is ChangeKind.SETTINGS:
        yield _("Changed settings")


def name_author(entry: AuditLogEntry, names: ActorNames) -> str:
    """Name who acted, and on whose behalf."""
    name = names.find_actor(entry.actor) or _("An unnamed booking site")
    match entry.actor.role:
        case Role.DELEGATE:
            return _("%(name)s, on %(doctor)s's behalf", name=name, doctor=names.doctor.name)
        case Role.ADMIN:
            return _("%(name)s, as an administrator", name=name)
        case _:
            return name


def name_client(entry: AuditLogEntry, names: ActorNames) -> str:
    """Name the client through which a person acted; none if the client itself did."""
    actor = entry.actor
    if names.name_client(actor.client) == names.name_actor(actor):
        return ""
    return names.find_client(actor.client) or _("an unnamed program")


def format_touching_times(slots: Iterable[Slot], names: ActorNames) -> str:
    """Return the times of slots; those that touch are one range."""
    zone = names.doctor.zone
    return ", ".join(local_time.format_range(each, zone) for each in merge_touching(slots))


def _fill(act: Text, slots: Iterable[Slot], names: ActorNames) -> str:
    return _(act.template, times=format_touching_times(slots, names))


def _describe_move(entry: AuditLogEntry, names: ActorNames) -> str:
    """Say where a booking came from and went to, with the slot of the entry's date at the end."""
    booked, cancelled = (
        format_touching_times(each, names) for each in (entry.booked, entry.cancelled)
    )
    if booked and cancelled:
        return _("Moved a booking from %(origin)s to %(times)s", origin=cancelled, times=booked)
    if booked:
        origin = _place(entry.moved_from, names)
        return _("Moved a booking from %(origin)s to %(times)s", origin=origin, times=booked)
    place = _place(entry.moved_to, names)
    return _("Moved a booking to %(place)s, from %(times)s", place=place, times=cancelled)


def _place(slot_id: SlotId | None, names: ActorNames) -> str:
    """The other end of a move: a date and time, or another doctor."""
    if slot_id is None or slot_id.doctor_id != names.doctor.doctor_id:
        return _("another doctor")
    zone = names.doctor.zone
    on = dates.format_short_date(local_time.local_date(slot_id.start, zone))
    time = local_time.format_time(slot_id.start, zone)
    return _("%(date)s, %(time)s", date=on, time=time)
