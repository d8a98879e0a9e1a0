"""Clients who do everything that can be done to a few doctors, and note what they were told."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.domain.slot_id import SlotId
from tests.builders import at
from tests.faults.serial import Deed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

# How the day's statuses are called there.
_STATES = {
    "free": "free",
    "busy": "booked",
    "busy-tentative": "held",
    "busy-unavailable": "absent",
}
_TOLD = {200: "done", 201: "done", 204: "done", 404: "absent", 409: "taken"}
_SAID = {"slot_exists": "taken", "slot_taken": "taken", "slot_not_found": "absent"}
# How often the same is sent until it is answered, and how long after one another.
_MOST_REPEATS = 60
_PAUSE = 0.3


@dataclass
class Place:
    """Doctors with boxes of half an hour from nine to eleven on one date."""

    doctors: Sequence[str]
    on: date

    def boxes(self, doctor_id: str) -> list[str]:
        """The ids that her slots have, if she opens them."""
        starts = [at("09:00", self.on) + timedelta(minutes=30) * n for n in range(4)]
        return [str(SlotId(doctor_id, start)) for start in starts]


@dataclass
class Told:
    """An answer, when it was asked for, and when it came."""

    status: int
    headers: Mapping[str, str]
    body: Any
    asked: float
    answered: float


@dataclass
class Log:
    """What all clients were told: deeds by slot, and what else can be compared."""

    deeds: list[tuple[str, Deed]] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    overtaken: list[Told] = field(default_factory=list)
    saves: list[tuple[str, str, int, Told]] = field(default_factory=list)
    days: list[tuple[str, int, Told]] = field(default_factory=list)

    def statuses(self) -> Counter[int]:
        """How often each."""
        return Counter(answer.status for answer in self.answers)

    def __str__(self) -> str:
        """What they were told how often, and how long it took."""
        counts = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.statuses().items())
        )
        times = sorted(answer.answered - answer.asked for answer in self.answers)
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        return (
            f"{len(times)} answers ({counts}): p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
            f"longest {times[-1] * 1000:.0f} ms"
        )


class Client:
    """One of many; ``number`` tells it from the others, and what it does is drawn by lot."""

    def __init__(self, url: str, number: int, place: Place, log: Log) -> None:
        """It has nothing yet."""
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=40)
        self._dice = random.Random(number)  # noqa: S311  the same wishes each time
        self._number = number
        self._place = place
        self._log = log
        self._names = 0
        self._mine: tuple[str, str, str] | None = None  # held or booked; the slot; the name

    def run(self, until: float) -> None:
        """Do one thing after the other until then, as ``time.monotonic`` tells it."""
        with closing(self._connection):
            while time.monotonic() < until:
                self._do_something()

    def _do_something(self) -> None:
        (what,) = self._dice.choices(
            [self._list, self._look, self._day, self._save, self._patient], [2, 1, 1, 4, 6]
        )
        doctor_id = self._dice.choice(self._place.doctors)
        what(doctor_id, self._dice.choice(self._place.boxes(doctor_id)))

    def _ask(self, method: str, path: str, body: object = None, key: str = "") -> Told:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        asked = time.monotonic()
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        told = Told(
            status=answer.status,
            headers=dict(answer.headers),
            body=json.loads(text) if text else None,
            asked=asked,
            answered=time.monotonic(),
        )
        self._log.answers.append(told)
        return told

    def _note(self, slot: str, what: str, said: str, told: Told, **who: str) -> None:
        deed = Deed(what, said, told.asked, told.answered, **who)
        self._log.deeds.append((slot, deed))

    def _list(self, doctor_id: str, _slot: str) -> None:
        on = self._place.on
        told = self._ask("GET", f"/doctors/{doctor_id}/slots?from={on}&to={on}")
        if told.status == 200:
            free = {slot["slot_id"] for slot in told.body["slots"]}
            for slot in self._place.boxes(doctor_id):
                self._note(slot, "see", "free" if slot in free else "not free", told)

    def _look(self, _doctor_id: str, slot: str) -> None:
        told = self._ask("GET", f"/slots/{slot}")
        if told.status == 404:
            self._note(slot, "see", "absent", told)
        elif told.status == 200:
            self._note(slot, "see", _STATES[told.body["status"]], told)

    def _day(self, doctor_id: str, _slot: str) -> None:
        told = self._ask("GET", f"/slots?doctor_id={doctor_id}&date={self._place.on}")
        if told.status == 200:
            self._log.days.append((doctor_id, told.body["version"], told))
            for slot in told.body["slots"]:
                self._note(slot["slot_id"], "see", _STATES[slot["status"]], told)

    def _save(self, doctor_id: str, _slot: str) -> None:
        chosen = self._dice.sample(self._place.boxes(doctor_id), 2)
        wanted = {slot: self._dice.choice(["open", "open", "withdraw"]) for slot in chosen}
        statuses = {"open": "free", "withdraw": "busy-unavailable"}
        slots = [
            {"start": SlotId.read(slot).start.isoformat(), "status": statuses[what]}
            for slot, what in wanted.items()
        ]
        body = {"doctor_id": doctor_id, "date": self._place.on.isoformat(), "slots": slots}
        key = self._new_name()
        told = first = self._ask("POST", "/slots", body, key)
        for _ in range(_MOST_REPEATS):
            if told.status != 503:
                break
            time.sleep(_PAUSE)
            told = self._ask("POST", "/slots", body, key)
        if told.status == 200:
            # Of one that was not confirmed at first it may have been the first that was done.
            told = replace(told, asked=first.asked)
            for slot, what in wanted.items():
                self._note(slot, what, "done", told)
            self._log.saves.append((doctor_id, key, told.body["version"], told))
        else:
            assert told.status == 400, told
        for error in told.body.get("errors", []):
            slot = _slot_of(doctor_id, error)
            self._note(slot, wanted[slot], _SAID[error["code"]], told)

    def _patient(self, doctor_id: str, slot: str) -> None:
        if self._mine is None:
            if self._dice.random() < 0.5:
                self._hold(slot)
            else:
                self._book(slot, self._new_name())
            return
        state, mine, name = self._mine
        if state == "held":
            if self._dice.random() < 0.3:
                self._settle(mine, "release", name, f"/slots/{mine}/hold?holder={name}")
            else:
                self._book(mine, self._new_name(), holder=name)
        elif self._dice.random() < 0.5 and mine.startswith(f"{doctor_id}~") and mine != slot:
            self._move(mine, slot, name)
        else:
            self._settle(mine, "cancel", name, f"/slots/{mine}/booking?booking_id={name}")

    def _hold(self, slot: str) -> None:
        name = self._new_name()
        told = self._until_told(
            "PUT", f"/slots/{slot}/hold", {"holder": name, "seconds": 1800},
            [(slot, "hold", {"who": name})],
        )  # fmt: skip
        self._note(slot, "hold", _TOLD[told.status], told, who=name)
        if told.status == 200:
            self._mine = "held", slot, name

    def _book(self, slot: str, name: str, holder: str = "") -> None:
        body = {"booking_id": name, "patient_reference": name}
        told = self._until_told(
            "PUT", f"/slots/{slot}/booking", body | ({"holder": holder} if holder else {}),
            [(slot, "book", {"who": name, "holder": holder})],
        )  # fmt: skip
        self._note(slot, "book", _of_booking(told), told, who=name, holder=holder)
        self._mine = ("booked", slot, name) if told.status in (200, 201) else None

    def _move(self, old: str, slot: str, name: str) -> None:
        body = {"booking_id": name, "patient_reference": name, "moves": old}
        told = self._until_told(
            "PUT", f"/slots/{slot}/booking", body,
            [(slot, "book", {"who": name}), (old, "leave", {"who": name})],
        )  # fmt: skip
        if told.status == 409:
            (error,) = told.body["errors"]
            assert _slot_of(slot.partition("~")[0], error) == slot  # the old one is ours
        self._note(slot, "book", _of_booking(told), told, who=name)
        if told.status == 201:
            self._note(old, "leave", "done", told, who=name)
        if told.status in (200, 201):
            self._mine = "booked", slot, name

    def _settle(self, slot: str, what: str, name: str, path: str) -> None:
        told = self._until_told("DELETE", path, None, [(slot, what, {"who": name})])
        assert told.status in (204, 409), told
        if told.status == 409:
            # It was ours: so it was done, the app was not told, tried again, and found another's.
            self._log.overtaken.append(told)
            self._note(slot, what, "unknown", told, who=name)
        self._note(slot, what, _TOLD[told.status], told, who=name)
        self._mine = None

    def _until_told(
        self, method: str, path: str, body: object, unsure: list[tuple[str, str, dict[str, str]]]
    ) -> Told:
        """Send the same until it is clear what became of it."""
        for _ in range(_MOST_REPEATS):
            told = self._ask(method, path, body)
            if told.status != 503:
                break
            for slot, what, who in unsure:
                self._note(slot, what, "unknown", told, **who)
            time.sleep(_PAUSE)
        return told

    def _new_name(self) -> str:
        self._names += 1
        return f"c{self._number}-{self._names}"


def _of_booking(told: Told) -> str:
    return "already" if told.status == 200 else _TOLD[told.status]


def _slot_of(doctor_id: str, error: dict[str, str]) -> str:
    return str(SlotId(doctor_id, datetime.fromisoformat(error["start"]).astimezone(UTC)))
