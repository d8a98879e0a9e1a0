"""Entries and the feed of Dr Lee's audit log, for tests of the change feed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind, SettingChange
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import Slot
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.transaction import Transaction
from tests.support.factories import MONDAY, SUNDAY_NOON, to_instant

if TYPE_CHECKING:
    from datetime import date

    from tests.support.app_client import AppClient, AppResponse

_CONTENTS = {"opened", "closed", "booked", "cancelled", "affected", "kept", "settings"}
DOCTOR = Actor(name="dr-lee", role=Role.DOCTOR, client="page", subject="4b1c")


def add_change(seconds: int = 0, **fields: Any) -> AuditLogEntry:  # noqa: ANN401  as in AuditLogEntry
    """Add an entry that many seconds after Sunday noon; by default a save of a slot of Monday."""
    defaults: dict[str, Any] = {
        "kind": ChangeKind.SAVE,
        "actor": DOCTOR,
        "date": MONDAY,
        "suffix": "s",
    }
    if not fields.keys() & _CONTENTS:
        defaults |= _content_of(fields.get("date", MONDAY))
    entry = AuditLogEntry(
        doctor_id="dr-lee",
        at=SUNDAY_NOON + timedelta(seconds=seconds),
        **(defaults | fields),
    )
    transaction = Transaction()
    add_entry(transaction, entry)
    transaction.commit()
    return entry


def _content_of(date: date | None) -> dict[str, Any]:
    if date is None:
        return {"settings": {"lead_minutes": SettingChange(before=0, after=60)}}
    start = to_instant("09:00", date)
    return {"opened": (Slot(start=start, end=start + timedelta(minutes=30)),)}


def get_feed(client: AppClient, query: str = "") -> AppResponse:
    return client.get(f"/doctors/dr-lee/changes?{query}")


def seconds_of(response: AppResponse) -> list[int]:
    """Return when each change was made, in seconds after Sunday noon."""
    return [int(change["at"][17:19]) for change in response.json["changes"]]
