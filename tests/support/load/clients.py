"""The base class of the load test's clients, with the reads that all of them make."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotId
from tests.support.load.http_client import HttpClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from tests.support.history import History, Response
    from tests.support.load.scenario import Scenario

# The linearizability checker's names of the API's statuses.
_STATE_BY_STATUS = {
    "free": "free",
    "busy": "booked",
    "busy-tentative": "held",
    "busy-unavailable": "absent",
}


class LoadClient(ABC):
    """A client that sends random requests; ``name`` is unique and seeds its random numbers."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        self.http_client = HttpClient(url, history)
        self.history = history
        self.scenario = scenario
        self.rng = random.Random(name)
        self._name = name
        self._name_count = 0

    @abstractmethod
    def steps(self) -> Mapping[Callable[[str], object], int]:
        """Return the client's operations on a doctor, with their relative frequencies."""

    def run(self, stop_event: Event) -> None:
        """Carry out steps until the event is set."""
        steps = self.steps()
        with closing(self.http_client):
            while not stop_event.is_set():
                (step,) = self.rng.choices(list(steps), list(steps.values()))
                step(self.rng.choice(self.scenario.doctors))

    def list_free_slots(self, doctor_id: str) -> list[str]:
        """List the slots that a patient can book."""
        date = self.scenario.date
        response = self.http_client.send("GET", f"/doctors/{doctor_id}/slots?from={date}&to={date}")
        if response.status != HTTPStatus.OK:
            return []
        free = [slot["slot_id"] for slot in response.body["slots"]]
        for slot in self.scenario.all_slots(doctor_id):
            self.history.record(slot, "read", "free" if slot in free else "not free", response)
        return free

    def get_slot(self, doctor_id: str) -> None:
        """Read a random slot."""
        slot = self.rng.choice(self.scenario.all_slots(doctor_id))
        response = self.http_client.send("GET", f"/slots/{slot}")
        if response.status == HTTPStatus.NOT_FOUND:
            self.history.record(slot, "read", "absent", response)
        elif response.status == HTTPStatus.OK:
            self.history.record(slot, "read", _STATE_BY_STATUS[response.body["status"]], response)

    def get_day(self, doctor_id: str) -> Response:
        """Read a day as its doctor does."""
        response = self.http_client.send(
            "GET", f"/slots?doctor_id={doctor_id}&date={self.scenario.date}"
        )
        if response.status == HTTPStatus.OK:
            self.history.day_reads.append((doctor_id, response.body["version"], response))
            states = {
                slot["slot_id"]: _STATE_BY_STATUS[slot["status"]] for slot in response.body["slots"]
            }
            for slot in self.scenario.all_slots(doctor_id):
                self.history.record(slot, "read", states.get(slot, "absent"), response)
        return response

    def unique_name(self) -> str:
        """Return a new idempotency key, holder or booking id."""
        self._name_count += 1
        return f"{self._name}-{self._name_count}"


def slot_id_at(doctor_id: str, start: str) -> str:
    """Return the id of the doctor's slot at an RFC 3339 start."""
    return str(SlotId(doctor_id, datetime.fromisoformat(start).astimezone(UTC)))
