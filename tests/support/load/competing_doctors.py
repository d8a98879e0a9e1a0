"""Doctors who open the same hour in slots of different lengths, while an admin changes the length.

Slots of 30 and of 20 minutes in one hour overlap but are different items; only the day's version
prevents that both are stored. After each change of the length, a client that has read the old one
and a client that has read the new one are about to write at the same time.
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
    """Opens all slots of one hour at one slot length, then closes them."""

    def __init__(
        self, url: str, name: str, scenario: Scenario, history: History, *, hour: int, minutes: int
    ) -> None:
        super().__init__(url, name, scenario, history)
        self._hour, self._minutes = hour, minutes
        self._is_open = False

    def steps(self) -> Mapping[Callable[[str], object], int]:
        return {self.get_day: 1, self._toggle_hour: 6}

    def _toggle_hour(self, doctor_id: str) -> None:
        slots = self.scenario.slots_of_hour(doctor_id, self._hour, self._minutes)
        operation = "close" if self._is_open else "open"
        if self.save(doctor_id, dict.fromkeys(slots, operation)):
            self._is_open = not self._is_open


class AdminClient(LoadClient):
    """Changes the doctor's slot length all the time."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        super().__init__(url, name, scenario, history)
        self._lengths = cycle(scenario.slot_lengths)

    def steps(self) -> Mapping[Callable[[str], object], int]:
        return {self._change_slot_length: 1}

    def _change_slot_length(self, doctor_id: str) -> None:
        settings = doctor_settings(doctor_id, next(self._lengths))
        *_, response = self.http_client.resolve("PUT", f"/doctors/{doctor_id}", settings)
        assert response.status == HTTPStatus.OK, response
