"""The JSON of the list of changes."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from chalicelib.web.api.fields import (
    ChangeId,
    ChangeKind,
    Cursor,
    Date,
    DoctorId,
    Instant,
    SettingValue,
    SlotId,
)
from chalicelib.web.api.schemas import SavedDay, Slot
from chalicelib.web.api.time_off_schemas import BlockedStretch


class Author(Struct, kw_only=True):
    """Who made a change: a person, or a booking site."""

    name: Annotated[
        str,
        Meta(
            description="The doctor's name, a delegate's or admin's sign-in name, or the booking "
            "site's display name.",
            examples=["Dr Mina Lee"],
        ),
    ]
    role: Literal["doctor", "delegate", "admin", "booking-site"]


class ChangeClient(Struct, kw_only=True):
    """The client through which a change was made."""

    id: Annotated[str, Meta(description="The client's id; `page` for the web page.")]
    name: Annotated[str, Meta(examples=["Manage Slots"])]


class SettingChange(Struct, kw_only=True):
    """The value of a setting before and after; `before` is null for a new doctor."""

    name: Annotated[str, Meta(examples=["lead_minutes"])]
    before: SettingValue
    after: SettingValue


class KeptSlot(Struct, kw_only=True):
    """The start of a slot that a plan or an undo left as it was, and why."""

    start: Instant
    code: Literal[
        "booked",
        "held",
        "opened_by_hand",
        "closed_by_hand",
        "overlaps",
        "past",
        "time_off",
        "closure",
    ]


class Change(Struct, kw_only=True, omit_defaults=True):
    """One change of a date, or of the doctor's settings (`date` is null)."""

    change_id: ChangeId
    at: Instant
    date: Date | None
    kind: ChangeKind
    by: Author
    on_behalf_of: Annotated[DoctorId, Meta(description="Of a delegate.")] | UnsetType = UNSET
    client: ChangeClient
    opened: list[Slot]
    closed: list[Slot]
    booked: list[Slot]
    cancelled: list[Slot]
    kept: Annotated[list[KeptSlot], Meta(description="What a plan or an undo left alone.")]
    affected: (
        Annotated[list[Slot], Meta(description="Slots of a `release` or `disruption`.")] | UnsetType
    ) = UNSET
    moved_from: Annotated[SlotId, Meta(description="Of a move from elsewhere.")] | UnsetType = UNSET
    moved_to: Annotated[SlotId, Meta(description="Of a move to elsewhere.")] | UnsetType = UNSET
    reason: Annotated[str, Meta(description="Of an override.")] | UnsetType = UNSET
    settings: (
        Annotated[list[SettingChange], Meta(description="The settings that changed.")] | UnsetType
    ) = UNSET
    blocked: Annotated[BlockedStretch, Meta(description="What time off blocked.")] | UnsetType = (
        UNSET
    )
    unblocked: (
        Annotated[BlockedStretch, Meta(description="What it blocks no longer.")] | UnsetType
    ) = UNSET
    plan_id: Annotated[str | None, Meta(description="The plan that made the change.")]
    undoes: ChangeId | None
    can_undo: bool


class Changes(Struct, kw_only=True):
    """A page of changes, the newest first."""

    changes: list[Change]
    next: Cursor


class UndoRequest(Struct, kw_only=True, forbid_unknown_fields=True):
    """Which change to undo."""

    change_id: ChangeId


class UndoFormFields(Struct, kw_only=True):
    """What the pages send: changes, separated by spaces, and the page to return to."""

    change_id: Annotated[str, Meta(examples=["dr-lee~2026-11-23~20261122T120000000000Z~form-1"])]
    page: Literal["day", "week", "changes", "history"]
    doctor_id: DoctorId
    date: Date


class UndoneDay(SavedDay, kw_only=True):
    """The day after an undo; `kept` names what could not be undone."""

    kept: list[KeptSlot]
