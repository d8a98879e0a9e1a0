"""Two who open the same hour in slots of different lengths, while the doctor's length changes.

Slots of an hour in the one length lie across those in the other, and are other items: that not both
are stored is what the day's version is for. Each time the length changes there is a moment in which
one who has read the old one and one who has read the new one are both about to write.
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import cycle
from typing import TYPE_CHECKING

from tests.support.load.clients import LoadClient
from tests.support.load.doctors import DoctorClient
from tests.support.load.scenario import doctor_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.history import History
    from tests.support.load.scenario import Scenario


class CompetingDoctor(DoctorClient):
    """Opens its hour in its length, and closes it when it has got it."""

    def __init__(
        self, url: str, name: str, scenario: Scenario, history: History, *, hour: int, minutes: int
    ) -> None:
        """Nothing is open yet."""
        super().__init__(url, name, scenario, history)
        self._hour, self._minutes = hour, minutes
        self._is_open = False

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To have the hour, and to let it go."""
        return {self.get_day: 1, self._toggle_hour: 6}

    def _toggle_hour(self, doctor_id: str) -> None:
        slots = self.scenario.slots_of_hour(doctor_id, self._hour, self._minutes)
        what = "close" if self._is_open else "open"
        if self.save(doctor_id, dict.fromkeys(slots, what)):
            self._is_open = not self._is_open


class AdminClient(LoadClient):
    """Changes the length all the time."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        """It is as it is."""
        super().__init__(url, name, scenario, history)
        self._lengths = cycle(scenario.slot_lengths)

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """Nothing else."""
        return {self._change_slot_length: 1}

    def _change_slot_length(self, doctor_id: str) -> None:
        wanted = doctor_settings(doctor_id, next(self._lengths))
        *_, told = self.http_client.resolve("PUT", f"/doctors/{doctor_id}", wanted)
        assert told.status == HTTPStatus.OK, told
