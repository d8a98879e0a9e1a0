"""The idempotency record of a save: what a repeated request is compared with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRecord:
    """One save of a day.

    ``request_id`` and ``fingerprint`` distinguish a repeated request from another one. ``version``
    is the day's after the save, and ``change_id`` its entry in the audit log; None if the save is
    older than the audit log.
    """

    request_id: str
    fingerprint: str
    version: int
    change_id: str | None = None
