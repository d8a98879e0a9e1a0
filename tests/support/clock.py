"""The clock of an app in a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Clock:
    """The app's clock, which shows ``now`` until a test sets it."""

    now: datetime = SUNDAY_NOON

    def __call__(self) -> datetime:
        return self.now
