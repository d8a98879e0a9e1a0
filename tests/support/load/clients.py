"""Clients who come to one place: what each can ask, and how it notes what it was told."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotId
from tests.support.history import HttpClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from tests.support.history import History, Response
    from tests.support.load.scenario import Scenario

# How the day's statuses are called by the judge.
_STATE_BY_STATUS = {
    "free": "free",
    "busy": "booked",
    "busy-tentative": "held",
    "busy-unavailable": "absent",
}


class LoadClient:
    """One of many; ``name`` tells it from the others, and what it does is drawn by lot."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        """Nothing is asked yet."""
        self.http_client = HttpClient(url, history)
        self.history = history
        self.scenario = scenario
        self.rng = random.Random(name)  # noqa: S311  the same wishes each time
        self._name = name
        self._name_count = 0

    def steps(self) -> Mapping[Callable[[str], object], int]:
        """What it does with some doctor, and how often of all that it does."""
        raise NotImplementedError

    def run(self, stop_event: Event) -> None:
        """Do one thing after the other until then."""
        wishes = self.steps()
        with closing(self.http_client):
            while not stop_event.is_set():
                (deed,) = self.rng.choices(list(wishes), list(wishes.values()))
                deed(self.rng.choice(self.scenario.doctors))

    def list_free_slots(self, doctor_id: str) -> list[str]:
        """What a patient is offered."""
        on = self.scenario.date
        told = self.http_client.send("GET", f"/doctors/{doctor_id}/slots?from={on}&to={on}")
        if told.status != HTTPStatus.OK:
            return []
        free = [slot["slot_id"] for slot in told.body["slots"]]
        for slot in self.scenario.all_slots(doctor_id):
            self.history.record(slot, "see", "free" if slot in free else "not free", told)
        return free

    def get_slot(self, doctor_id: str) -> None:
        """At one slot."""
        slot = self.rng.choice(self.scenario.all_slots(doctor_id))
        told = self.http_client.send("GET", f"/slots/{slot}")
        if told.status == HTTPStatus.NOT_FOUND:
            self.history.record(slot, "see", "absent", told)
        elif told.status == HTTPStatus.OK:
            self.history.record(slot, "see", _STATE_BY_STATUS[told.body["status"]], told)

    def get_day(self, doctor_id: str) -> Response:
        """As its doctor does."""
        told = self.http_client.send(
            "GET", f"/slots?doctor_id={doctor_id}&date={self.scenario.date}"
        )
        if told.status == HTTPStatus.OK:
            self.history.day_reads.append((doctor_id, told.body["version"], told))
            seen = {
                slot["slot_id"]: _STATE_BY_STATUS[slot["status"]] for slot in told.body["slots"]
            }
            for slot in self.scenario.all_slots(doctor_id):
                self.history.record(slot, "see", seen.get(slot, "absent"), told)
        return told

    def unique_name(self) -> str:
        """One that nobody else has."""
        self._name_count += 1
        return f"{self._name}-{self._name_count}"


def slot_id_at(doctor_id: str, start: str) -> str:
    """The id of her slot that begins then."""
    return str(SlotId(doctor_id, datetime.fromisoformat(start).astimezone(UTC)))
