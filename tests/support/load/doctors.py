"""Doctors, and their delegates: each looks at a day, and saves what she then wants of it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalicelib.domain.slot import SlotId
from tests.support.load.clients import LoadClient, slot_id_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.history import Response

_RESULT_BY_CODE = {"slot_exists": "taken", "slot_taken": "taken", "slot_not_found": "absent"}
_STATUS_BY_OPERATION = {"open": "free", "close": "busy-unavailable"}
# Few enough for most saves to take effect, so that there is something to get in each other's way.
_MAX_CHANGES = 2
# Low enough for patients to come first, to some of what has become free.
_CLOSE_PROBABILITY = 0.3


class DoctorClient(LoadClient):
    """Acts for any of the doctors."""

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To change days."""
        return {self.list_free_slots: 1, self.get_slot: 1, self._change_day: 4}

    def _change_day(self, doctor_id: str) -> None:
        day = self.get_day(doctor_id)
        if day.status != HTTPStatus.OK:
            return
        meant = {"busy-unavailable": "open"}
        if self.rng.random() < _CLOSE_PROBABILITY:
            meant["free"] = "close"
        may_change = {
            slot["slot_id"]: meant[slot["status"]]
            for slot in day.body["slots"]
            if slot["status"] in meant and "conflicts_with" not in slot
        }
        chosen = self.rng.sample(sorted(may_change), min(_MAX_CHANGES, len(may_change)))
        if chosen:
            self.save(doctor_id, {slot: may_change[slot] for slot in chosen})

    def save(self, doctor_id: str, changes: Mapping[str, str]) -> bool:
        """Open and close what is wanted, and note what became of it; whether it was done."""
        slots = [
            {"start": SlotId.parse(slot).start.isoformat(), "status": _STATUS_BY_OPERATION[what]}
            for slot, what in changes.items()
        ]
        body = {"doctor_id": doctor_id, "date": self.scenario.date.isoformat(), "slots": slots}
        key = self.unique_name()
        answers = self.http_client.resolve("POST", "/slots", body, key)
        # Of one that was not confirmed at first it may have been the first that was done.
        told = replace(answers[-1], invoked_at=answers[0].invoked_at)
        if told.status == HTTPStatus.OK:
            for slot, what in changes.items():
                self.history.record(slot, what, "done", told)
            self.history.saves.append((doctor_id, key, told.body["version"], told))
            return True
        assert told.status == HTTPStatus.BAD_REQUEST, told
        if told.may_have_pending_write:
            for slot, what in changes.items():
                self.history.record(slot, what, "unknown", told)
        self._record_rejection(doctor_id, changes, told)
        return False

    def _record_rejection(
        self, doctor_id: str, changes: Mapping[str, str], response: Response
    ) -> None:
        for error in response.body["errors"]:
            slot = slot_id_at(doctor_id, error["start"])
            if error["code"] in _RESULT_BY_CODE:
                self.history.record(slot, changes[slot], _RESULT_BY_CODE[error["code"]], response)
                continue
            assert error["code"] in ("overlaps", "not_on_grid"), response
            self.history.record(slot, "see", "absent", response)
            if other := error.get("conflicts_with"):
                self.history.record(
                    slot_id_at(doctor_id, other["start"]), "see", "not absent", response
                )
