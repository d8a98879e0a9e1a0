"""Patients: each holds, books, moves and cancels one slot at a time."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.slot_id import SlotId
from tests.faults.clients import Client
from tests.faults.serial import Deed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.place import Place
    from tests.faults.told import Log, Told

# The shortest hold there is, so that those whose holders stay away run out within a minute.
HOLD_SECONDS = 30
_TOLD = {200: "done", 201: "done", 204: "done", 404: "absent", 409: "taken"}


class _Mine(NamedTuple):
    """What a patient has: a slot, held until then or booked, under that name."""

    state: str
    slot: str
    name: str
    until: float = inf

    @property
    def ends_by(self) -> str:
        """What the judge calls it to let it go."""
        return "release" if self.state == "held" else "cancel"

    @property
    def path(self) -> str:
        """What to delete for that."""
        of = "hold?holder" if self.state == "held" else "booking?booking_id"
        return f"/slots/{self.slot}/{of}={self.name}"


class Patient(Client):
    """Comes back to most of what is held, and lets the clock end the rest."""

    def __init__(self, url: str, name: str, place: Place, log: Log) -> None:
        """There is nothing held or booked yet."""
        super().__init__(url, name, place, log)
        self._mine: _Mine | None = None
        self._gone: _Mine | None = None
        self._offered: list[str] = []

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To have a slot, and then to be rid of it."""
        return {self._choose: 2, self.look: 1, self._go_on: 6, self._let_go_again: 1}

    def _choose(self, doctor_id: str) -> None:
        self._offered = self.list_free(doctor_id) or self._offered

    def _go_on(self, doctor_id: str) -> None:
        # What was offered a while ago mostly is no longer, and some never was.
        any_slot = self.place.slots(doctor_id)
        slot = self.dice.choice((self.dice.random() < 0.7 and self._offered) or any_slot)
        mine = self._mine
        if mine is None:
            if self.dice.random() < 0.5:
                self._hold(slot)
            else:
                self._book(slot, self.new_name())
        elif mine.state == "held":
            self._go_on_with_hold(mine)
        elif self.dice.random() < 0.5 and _start(mine.slot) != _start(slot):
            self._move(mine.slot, slot, mine.name)
        else:
            self._let_go(mine)

    def _go_on_with_hold(self, mine: _Mine) -> None:
        lot = self.dice.random()
        if lot < 0.03:
            self.log.forgotten.append(mine.until)
            self._mine = None
        elif lot < 0.3:
            self._let_go(mine)
        else:
            self._book(mine.slot, self.new_name(), holder=mine.name)

    def _hold(self, slot: str) -> None:
        name = self.new_name()
        body = {"holder": name, "seconds": HOLD_SECONDS}
        *unsure, told = self.line.settle("PUT", f"/slots/{slot}/hold", body)
        for one in unsure:
            self._note_hold(slot, "unknown", one, name)
        self._note_hold(slot, _TOLD[told.status], told, name)
        if told.status == HTTPStatus.OK:
            until = _moment(told.body["held_until"])
            assert told.asked + HOLD_SECONDS <= until <= told.answered + HOLD_SECONDS + 1
            self._mine = _Mine("held", slot, name, until)

    def _note_hold(self, slot: str, said: str, told: Told, name: str) -> None:
        self.log.note(slot, "hold", said, told, who=name)
        if said == "done" and not told.is_late:
            ends = _moment(told.body["held_until"])
        elif said == "unknown" or told.is_late:
            ends = told.asked + HOLD_SECONDS
        else:
            return
        self.log.deeds.append((slot, Deed.a_run_out(ends, name)))

    def _book(self, slot: str, name: str, holder: str = "") -> None:
        body = {"booking_id": name, "patient_reference": name}
        body |= {"holder": holder} if holder else {}
        *unsure, told = self.line.settle("PUT", f"/slots/{slot}/booking", body)
        for one in unsure:
            self.log.note(slot, "book", "unknown", one, who=name, holder=holder)
        self.log.note(slot, "book", _of_booking(told), told, who=name, holder=holder)
        is_booked = told.status in (HTTPStatus.OK, HTTPStatus.CREATED)
        self._mine = _Mine("booked", slot, name) if is_booked else None

    def _move(self, old: str, slot: str, name: str) -> None:
        body = {"booking_id": name, "patient_reference": name, "moves": old}
        *unsure, told = self.line.settle("PUT", f"/slots/{slot}/booking", body)
        for one in unsure:
            self.log.note(slot, "book", "unknown", one, who=name)
            self.log.note(old, "leave", "unknown", one, who=name)
        if told.status == HTTPStatus.CONFLICT and _start(old) == _start_told(told):
            # It is not where we believe it to be; the judge will ask how that came.
            self.log.note(old, "leave", "not", told, who=name)
            self._mine = None
            return
        self.log.note(slot, "book", _of_booking(told), told, who=name)
        if told.status == HTTPStatus.CREATED:
            self.log.note(old, "leave", "done", told, who=name)
        elif told.is_late:
            self.log.note(old, "leave", "unknown", told, who=name)
        if told.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            self._mine = _Mine("booked", slot, name)

    def _let_go(self, mine: _Mine) -> None:
        told = self._ask_to_let_go(mine)
        if told.status != HTTPStatus.NO_CONTENT and told.answered < mine.until:
            # It was ours: so it was done, the app was not told, tried again, and found another's.
            self.log.note(mine.slot, mine.ends_by, "unknown", told, who=mine.name)
            self.log.overtaken.append(told)
        self._mine, self._gone = None, mine

    def _let_go_again(self, _doctor_id: str) -> None:
        """As who was not sure of the answer; by now it may be somebody else's."""
        if self._gone is not None:
            self._ask_to_let_go(self._gone)

    def _ask_to_let_go(self, mine: _Mine) -> Told:
        *unsure, told = self.line.settle("DELETE", mine.path)
        for one in unsure:
            self.log.note(mine.slot, mine.ends_by, "unknown", one, who=mine.name)
        self.log.note(mine.slot, mine.ends_by, _TOLD[told.status], told, who=mine.name)
        return told


def _of_booking(told: Told) -> str:
    return "already" if told.status == HTTPStatus.OK else _TOLD[told.status]


def _start(slot: str) -> datetime:
    return SlotId.parse(slot).start


def _start_told(told: Told) -> datetime:
    (error,) = told.body["errors"]
    return datetime.fromisoformat(error["start"])


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
