"""A save that took effect: who made which change, when, by which request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.caller import Role
    from chalicelib.domain.day import SlotChanges


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLogEntry:
    """``request_id`` and ``fingerprint`` tell a request sent again from another one.

    ``version`` is the day's after it; ``by`` is the caller's name, ``role`` as what she did it,
    ``client`` what she used.
    """

    request_id: str
    fingerprint: str
    version: int
    saved_at: datetime
    author: str
    role: Role
    client: str
    changes: SlotChanges
