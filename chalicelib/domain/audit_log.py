"""The audit log: who changed which slots of a day, when, and through which client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.day import SlotChanges
    from chalicelib.domain.permissions import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLogEntry:
    """One save of a day. It is also the idempotency record of the save.

    ``request_id`` and ``fingerprint`` distinguish a repeated request from another one. ``version``
    is the day's after the save; ``author`` is the caller's name, ``role`` the role in which they
    saved, ``client`` their client id, or ``page``.
    """

    request_id: str
    fingerprint: str
    version: int
    saved_at: datetime
    author: str
    role: Role
    client: str
    changes: SlotChanges
