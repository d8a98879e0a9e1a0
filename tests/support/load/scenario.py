"""Where clients meet: doctors on one date, and the slots that they may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.slot import SlotId
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HOURS = range(9, 17)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scenario:
    """Doctors whose slots are as many minutes long as one of ``lengths`` says."""

    doctors: Sequence[str]
    date: date
    slot_lengths: Sequence[int] = (30,)

    def slots_of_hour(self, doctor_id: str, hour: int, minutes: int) -> list[str]:
        """The ids of those that she can open in it, if they are that long."""
        length = timedelta(minutes=minutes)
        begins = to_instant(f"{hour:02}:00", self.date)
        return [str(SlotId(doctor_id, begins + length * n)) for n in range(_HOUR // length)]

    def all_slots(self, doctor_id: str) -> list[str]:
        """All that she may have, in time order."""
        return sorted(
            {
                slot
                for hour in HOURS
                for minutes in self.slot_lengths
                for slot in self.slots_of_hour(doctor_id, hour, minutes)
            }
        )


def doctor_settings(doctor_id: str, minutes: int) -> dict[str, Any]:
    """Those of one of the doctors, as they are put."""
    return {
        "name": doctor_id,
        "specialty": "any",
        "location": "Leeds",
        "time_zone": "Europe/London",
        "slot_minutes": minutes,
        "sessions": [{"from": f"{HOURS.start:02}:00", "to": f"{HOURS.stop:02}:00"}],
    }
