"""Check boxes of the schedule page as values of its form."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.doctor import SLOT_MINUTES_RANGE
from chalicelib.domain.slot import format_start, parse_start

if TYPE_CHECKING:
    from chalicelib.domain.slot import Slot

_VALUE = re.compile(r"([^-]*)(?:-([1-9][0-9]{0,2}))?")
_ONE_MINUTE = timedelta(minutes=1)


class Box(NamedTuple):
    """A box is the slot that it was rendered for: start and end.

    So a form that was rendered before the doctor's slot length changed opens no slot of another
    length. ``end`` is None in forms of former releases, whose boxes have only a start.
    """

    start: datetime
    end: datetime | None = None

    @classmethod
    def for_slot(cls, slot: Slot) -> Box:
        """The box of a slot."""
        return cls(slot.start, slot.end)

    @classmethod
    def parse(cls, value: str) -> Box:
        """The reverse of ``str``. Raises ``ValueError`` for text that is no value of a box."""
        match = _VALUE.fullmatch(value)
        if match is None:
            raise ValueError(value)
        start = parse_start(match[1])
        if match[2] is None:
            return cls(start)
        minutes = int(match[2])
        if not SLOT_MINUTES_RANGE[0] <= minutes <= SLOT_MINUTES_RANGE[1]:
            raise ValueError(value)
        return cls(start, start + minutes * _ONE_MINUTE)

    def __str__(self) -> str:
        """``20261123T0900Z-30``: the start and the minutes. It is safe as an HTML id too."""
        start = format_start(self.start)
        return start if self.end is None else f"{start}-{(self.end - self.start) // _ONE_MINUTE}"
