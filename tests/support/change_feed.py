"""Entries and the feed of Dr Lee's audit log, for tests of the change feed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.audit_log import Actor, AuditLogEntry, ChangeKind
from chalicelib.domain.permissions import Role
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.transaction import Transaction
from tests.support.factories import MONDAY, SUNDAY_NOON

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

DOCTOR = Actor(name="dr-lee", role=Role.DOCTOR, client="page", subject="4b1c")


def add_change(seconds: int = 0, **fields: Any) -> AuditLogEntry:  # noqa: ANN401
    """Add an entry that many seconds after Sunday noon; by default an empty save of Monday."""
    defaults: dict[str, Any] = {"kind": ChangeKind.SAVE, "actor": DOCTOR, "date": MONDAY}
    entry = AuditLogEntry(
        doctor_id="dr-lee",
        at=SUNDAY_NOON + timedelta(seconds=seconds),
        suffix="s",
        **(defaults | fields),
    )
    transaction = Transaction()
    add_entry(transaction, entry)
    transaction.commit()
    return entry


def get_feed(client: AppClient, query: str = "") -> AppResponse:
    return client.get(f"/doctors/dr-lee/changes?{query}")


def seconds_of(response: AppResponse) -> list[int]:
    """Return when each change was made, in seconds after Sunday noon."""
    return [int(change["at"][17:19]) for change in response.json["changes"]]
