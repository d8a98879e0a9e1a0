"""Clients who come to one place: what each can ask, and how it notes what it was told."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.slot_id import SlotId
from tests.faults.told import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from threading import Event

    from tests.faults.place import Place
    from tests.faults.told import Log, Told

# How the day's statuses are called by the judge.
_STATES = {
    "free": "free",
    "busy": "booked",
    "busy-tentative": "held",
    "busy-unavailable": "absent",
}


class Client:
    """One of many; ``name`` tells it from the others, and what it does is drawn by lot."""

    def __init__(self, url: str, name: str, place: Place, log: Log) -> None:
        """Nothing is asked yet."""
        self.line = Line(url, log)
        self.log = log
        self.place = place
        self.dice = random.Random(name)  # noqa: S311  the same wishes each time
        self._name = name
        self._names = 0

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """What it does with some doctor, and how often of all that it does."""
        raise NotImplementedError

    def run(self, is_over: Event) -> None:
        """Do one thing after the other until then."""
        wishes = self.wishes()
        with closing(self.line):
            while not is_over.is_set():
                (deed,) = self.dice.choices(list(wishes), list(wishes.values()))
                deed(self.dice.choice(self.place.doctors))

    def list_free(self, doctor_id: str) -> list[str]:
        """What a patient is offered."""
        on = self.place.on
        told = self.line.ask("GET", f"/doctors/{doctor_id}/slots?from={on}&to={on}")
        if told.status != HTTPStatus.OK:
            return []
        free = [slot["slot_id"] for slot in told.body["slots"]]
        for slot in self.place.slots(doctor_id):
            self.log.note(slot, "see", "free" if slot in free else "not free", told)
        return free

    def look(self, doctor_id: str) -> None:
        """At one slot."""
        slot = self.dice.choice(self.place.slots(doctor_id))
        told = self.line.ask("GET", f"/slots/{slot}")
        if told.status == HTTPStatus.NOT_FOUND:
            self.log.note(slot, "see", "absent", told)
        elif told.status == HTTPStatus.OK:
            self.log.note(slot, "see", _STATES[told.body["status"]], told)

    def look_at_day(self, doctor_id: str) -> Told:
        """As its doctor does."""
        told = self.line.ask("GET", f"/slots?doctor_id={doctor_id}&date={self.place.on}")
        if told.status == HTTPStatus.OK:
            self.log.days.append((doctor_id, told.body["version"], told))
            seen = {slot["slot_id"]: _STATES[slot["status"]] for slot in told.body["slots"]}
            for slot in self.place.slots(doctor_id):
                self.log.note(slot, "see", seen.get(slot, "absent"), told)
        return told

    def new_name(self) -> str:
        """One that nobody else has."""
        self._names += 1
        return f"{self._name}-{self._names}"


def slot_of(doctor_id: str, start: str) -> str:
    """The id of her slot that begins then."""
    return str(SlotId(doctor_id, datetime.fromisoformat(start).astimezone(UTC)))
