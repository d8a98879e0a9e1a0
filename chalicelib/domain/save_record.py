"""The idempotency record of a save: what a repeated request is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.day import SlotChanges
    from chalicelib.domain.permissions import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRecord:
    """One save of a day.

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
