"""Two who open the same hour in slots of different lengths, while the doctor's length changes.

Slots of an hour in the one length lie across those in the other, and are other items: that not both
are stored is what the day's version is for. Each time the length changes there is a moment in which
one who has read the old one and one who has read the new one are both about to write.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import cycle
from typing import TYPE_CHECKING

from tests.faults.clients import Client
from tests.faults.doctors import Saver
from tests.faults.place import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.place import Place
    from tests.faults.told import Log


class Rival(Saver):
    """Opens its hour in its length, and withdraws it when it has got it."""

    def __init__(
        self, url: str, name: str, place: Place, log: Log, *, hour: int, minutes: int
    ) -> None:
        """Nothing is open yet."""
        super().__init__(url, name, place, log)
        self._hour, self._minutes = hour, minutes
        self._has_it = False

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To have the hour, and to let it go."""
        return {self.look_at_day: 1, self._take_turns: 6}

    def _take_turns(self, doctor_id: str) -> None:
        slots = self.place.slots_of_hour(doctor_id, self._hour, self._minutes)
        what = "withdraw" if self._has_it else "open"
        if self.save(doctor_id, dict.fromkeys(slots, what)):
            self._has_it = not self._has_it


class Admin(Client):
    """Changes the length all the time."""

    def __init__(self, url: str, name: str, place: Place, log: Log) -> None:
        """It is as it is."""
        super().__init__(url, name, place, log)
        self._lengths = cycle(place.lengths)

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """Nothing else."""
        return {self._change: 1}

    def _change(self, doctor_id: str) -> None:
        wanted = settings(doctor_id, next(self._lengths))
        *_, told = self.line.settle("PUT", f"/doctors/{doctor_id}", wanted)
        assert told.status == HTTPStatus.OK, told
