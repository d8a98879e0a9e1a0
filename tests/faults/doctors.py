"""Doctors, and their delegates: each looks at a day, and saves what she then wants of it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.slot_id import SlotId
from tests.faults.clients import Client, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.faults.told import Told

_SAID = {"slot_exists": "taken", "slot_taken": "taken", "slot_not_found": "absent"}
_ASKED = {"open": "free", "withdraw": "busy-unavailable"}
# Few enough for most saves to take effect, so that there is something to get in each other's way.
_AT_ONCE = 2
# Low enough for patients to come first, to some of what has become free.
_CHANCE_TO_WITHDRAW = 0.3


class Saver(Client):
    """Acts for any of the doctors."""

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To change days."""
        return {self.list_free: 1, self.look: 1, self._change: 4}

    def _change(self, doctor_id: str) -> None:
        day = self.look_at_day(doctor_id)
        if day.status != HTTPStatus.OK:
            return
        meant = {"busy-unavailable": "open"}
        if self.dice.random() < _CHANCE_TO_WITHDRAW:
            meant["free"] = "withdraw"
        may_change = {
            slot["slot_id"]: meant[slot["status"]]
            for slot in day.body["slots"]
            if slot["status"] in meant and "conflicts_with" not in slot
        }
        chosen = self.dice.sample(sorted(may_change), min(_AT_ONCE, len(may_change)))
        if chosen:
            self.save(doctor_id, {slot: may_change[slot] for slot in chosen})

    def save(self, doctor_id: str, wanted: Mapping[str, str]) -> bool:
        """Open and withdraw what is wanted, and note what became of it; whether it was done."""
        slots = [
            {"start": SlotId.parse(slot).start.isoformat(), "status": _ASKED[what]}
            for slot, what in wanted.items()
        ]
        body = {"doctor_id": doctor_id, "date": self.place.on.isoformat(), "slots": slots}
        key = self.new_name()
        answers = self.line.settle("POST", "/slots", body, key)
        # Of one that was not confirmed at first it may have been the first that was done.
        told = replace(answers[-1], asked=answers[0].asked)
        if told.status == HTTPStatus.OK:
            for slot, what in wanted.items():
                self.log.note(slot, what, "done", told)
            self.log.saves.append((doctor_id, key, told.body["version"], told))
            return True
        assert told.status == HTTPStatus.BAD_REQUEST, told
        if told.is_late:
            for slot, what in wanted.items():
                self.log.note(slot, what, "unknown", told)
        self._note_refused(doctor_id, wanted, told)
        return False

    def _note_refused(self, doctor_id: str, wanted: Mapping[str, str], told: Told) -> None:
        for error in told.body["errors"]:
            slot = slot_of(doctor_id, error["start"])
            if error["code"] in _SAID:
                self.log.note(slot, wanted[slot], _SAID[error["code"]], told)
                continue
            assert error["code"] in ("overlaps", "not_on_grid"), told
            self.log.note(slot, "see", "absent", told)
            if other := error.get("conflicts_with"):
                self.log.note(slot_of(doctor_id, other["start"]), "see", "not absent", told)
