"""Doctors and delegates: each reads a day and saves changes to it."""

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
# Few enough that most saves succeed, so that saves and bookings have state to conflict about.
_MAX_CHANGES = 2
# Low enough that patients book some of the opened slots first.
_CLOSE_PROBABILITY = 0.3


class DoctorClient(LoadClient):
    """Opens and closes slots of any of the doctors."""

    def steps(self) -> Mapping[Callable[[str], object], int]:
        return {self.list_free_slots: 1, self.get_slot: 1, self._change_day: 4}

    def _change_day(self, doctor_id: str) -> None:
        day = self.get_day(doctor_id)
        if day.status != HTTPStatus.OK:
            return
        operations = {"busy-unavailable": "open"}
        if self.rng.random() < _CLOSE_PROBABILITY:
            operations["free"] = "close"
        possible = {
            slot["slot_id"]: operations[slot["status"]]
            for slot in day.body["slots"]
            if slot["status"] in operations and "conflicts_with" not in slot
        }
        chosen = self.rng.sample(sorted(possible), min(_MAX_CHANGES, len(possible)))
        if chosen:
            self.save(doctor_id, {slot: possible[slot] for slot in chosen})

    def save(self, doctor_id: str, changes: Mapping[str, str]) -> bool:
        """Open and close slots, and record the outcome; return whether the save succeeded."""
        slots = [
            {
                "start": SlotId.parse(slot).start.isoformat(),
                "status": _STATUS_BY_OPERATION[operation],
            }
            for slot, operation in changes.items()
        ]
        body = {"doctor_id": doctor_id, "date": self.scenario.date.isoformat(), "slots": slots}
        key = self.unique_name()
        responses = self.http_client.resolve("POST", "/slots", body, key)
        # Any of the attempts may be the one that took effect.
        response = replace(responses[-1], invoked_at=responses[0].invoked_at)
        if response.status == HTTPStatus.OK:
            self._record_all(changes, "done", response)
            self.history.saves.append((doctor_id, key, response.body["version"], response))
            return True
        assert response.status == HTTPStatus.BAD_REQUEST, response
        if response.may_have_pending_write:
            self._record_all(changes, "unknown", response)
        self._record_rejection(doctor_id, changes, response)
        return False

    def _record_all(self, changes: Mapping[str, str], result: str, response: Response) -> None:
        for slot, operation in changes.items():
            self.history.record(slot, operation, result, response)

    def _record_rejection(
        self, doctor_id: str, changes: Mapping[str, str], response: Response
    ) -> None:
        for error in response.body["errors"]:
            slot = slot_id_at(doctor_id, error["start"])
            if error["code"] in _RESULT_BY_CODE:
                self.history.record(slot, changes[slot], _RESULT_BY_CODE[error["code"]], response)
                continue
            assert error["code"] in ("overlaps", "not_on_grid"), response
            self.history.record(slot, "read", "absent", response)
            if other := error.get("conflicts_with"):
                other_slot = slot_id_at(doctor_id, other["start"])
                self.history.record(other_slot, "read", "not absent", response)
