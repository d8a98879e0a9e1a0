"""Patients: each holds, books, moves and cancels one slot at a time."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.slot import SlotId
from tests.support.linearizability import Call
from tests.support.load.clients import LoadClient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.history import History, Response
    from tests.support.load.scenario import Scenario

# The shortest hold there is, so that those whose holders stay away run out within a minute.
HOLD_SECONDS = 30
_RESULT_BY_STATUS = {200: "done", 201: "done", 204: "done", 404: "absent", 409: "taken"}


class _Claim(NamedTuple):
    """What a patient has: a slot, held until then or booked, under that name."""

    state: str
    slot: str
    name: str
    until: float = inf

    @property
    def release_operation(self) -> str:
        """What the judge calls it to let it go."""
        return "release" if self.state == "held" else "cancel"

    @property
    def release_path(self) -> str:
        """What to delete for that."""
        of = "hold?holder" if self.state == "held" else "booking?booking_id"
        return f"/slots/{self.slot}/{of}={self.name}"


class Patient(LoadClient):
    """Comes back to most of what is held, and lets the clock end the rest."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        """There is nothing held or booked yet."""
        super().__init__(url, name, scenario, history)
        self._claim: _Claim | None = None
        self._released_claim: _Claim | None = None
        self._free_slots: list[str] = []

    def wishes(self) -> Mapping[Callable[[str], object], int]:
        """To have a slot, and then to be rid of it."""
        return {
            self._refresh_free_slots: 2,
            self.get_slot: 1,
            self._next_step: 6,
            self._release_again: 1,
        }

    def _refresh_free_slots(self, doctor_id: str) -> None:
        self._free_slots = self.list_free_slots(doctor_id) or self._free_slots

    def _next_step(self, doctor_id: str) -> None:
        # What was offered a while ago mostly is no longer, and some never was.
        any_slot = self.scenario.all_slots(doctor_id)
        slot = self.rng.choice((self.rng.random() < 0.7 and self._free_slots) or any_slot)
        mine = self._claim
        if mine is None:
            if self.rng.random() < 0.5:
                self._hold(slot)
            else:
                self._book(slot, self.unique_name())
        elif mine.state == "held":
            self._continue_hold(mine)
        elif self.rng.random() < 0.5 and _slot_start(mine.slot) != _slot_start(slot):
            self._move(mine.slot, slot, mine.name)
        else:
            self._release(mine)

    def _continue_hold(self, claim: _Claim) -> None:
        lot = self.rng.random()
        if lot < 0.03:
            self.history.expired_holds.append(claim.until)
            self._claim = None
        elif lot < 0.3:
            self._release(claim)
        else:
            self._book(claim.slot, self.unique_name(), holder=claim.name)

    def _hold(self, slot: str) -> None:
        name = self.unique_name()
        body = {"holder": name, "seconds": HOLD_SECONDS}
        *unsure, told = self.http_client.resolve("PUT", f"/slots/{slot}/hold", body)
        for one in unsure:
            self._record_hold(slot, "unknown", one, name)
        self._record_hold(slot, _RESULT_BY_STATUS[told.status], told, name)
        if told.status == HTTPStatus.OK:
            until = _parse_timestamp(told.body["held_until"])
            assert told.invoked_at + HOLD_SECONDS <= until <= told.completed_at + HOLD_SECONDS + 1
            self._claim = _Claim("held", slot, name, until)

    def _record_hold(self, slot: str, result: str, response: Response, name: str) -> None:
        self.history.record(slot, "hold", result, response, call_fields=name)
        if result == "done" and not response.may_have_pending_write:
            ends = _parse_timestamp(response.body["held_until"])
        elif result == "unknown" or response.may_have_pending_write:
            ends = response.invoked_at + HOLD_SECONDS
        else:
            return
        self.history.calls.append((slot, Call.hold_expiry(ends, name)))

    def _book(self, slot: str, name: str, holder: str = "") -> None:
        body = {"booking_id": name, "patient_reference": name}
        body |= {"holder": holder} if holder else {}
        *unsure, told = self.http_client.resolve("PUT", f"/slots/{slot}/booking", body)
        for one in unsure:
            self.history.record(slot, "book", "unknown", one, call_fields=name, holder=holder)
        self.history.record(
            slot, "book", _booking_result(told), told, call_fields=name, holder=holder
        )
        is_booked = told.status in (HTTPStatus.OK, HTTPStatus.CREATED)
        self._claim = _Claim("booked", slot, name) if is_booked else None

    def _move(self, old_slot: str, slot: str, name: str) -> None:
        body = {"booking_id": name, "patient_reference": name, "moves": old_slot}
        *unsure, told = self.http_client.resolve("PUT", f"/slots/{slot}/booking", body)
        for one in unsure:
            self.history.record(slot, "book", "unknown", one, call_fields=name)
            self.history.record(old_slot, "leave", "unknown", one, call_fields=name)
        if told.status == HTTPStatus.CONFLICT and _slot_start(old_slot) == _conflicting_start(told):
            # It is not where we believe it to be; the judge will ask how that came.
            self.history.record(old_slot, "leave", "not", told, call_fields=name)
            self._claim = None
            return
        self.history.record(slot, "book", _booking_result(told), told, call_fields=name)
        if told.status == HTTPStatus.CREATED:
            self.history.record(old_slot, "leave", "done", told, call_fields=name)
        elif told.may_have_pending_write:
            self.history.record(old_slot, "leave", "unknown", told, call_fields=name)
        if told.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            self._claim = _Claim("booked", slot, name)

    def _release(self, claim: _Claim) -> None:
        told = self._send_release(claim)
        if told.status != HTTPStatus.NO_CONTENT and told.completed_at < claim.until:
            # It was ours: so it was done, the app was not told, tried again, and found another's.
            self.history.record(
                claim.slot, claim.release_operation, "unknown", told, call_fields=claim.name
            )
            self.history.superseded.append(told)
        self._claim, self._released_claim = None, claim

    def _release_again(self, _doctor_id: str) -> None:
        """As who was not sure of the answer; by now it may be somebody else's."""
        if self._released_claim is not None:
            self._send_release(self._released_claim)

    def _send_release(self, claim: _Claim) -> Response:
        *unsure, told = self.http_client.resolve("DELETE", claim.release_path)
        for one in unsure:
            self.history.record(
                claim.slot, claim.release_operation, "unknown", one, call_fields=claim.name
            )
        self.history.record(
            claim.slot,
            claim.release_operation,
            _RESULT_BY_STATUS[told.status],
            told,
            call_fields=claim.name,
        )
        return told


def _booking_result(response: Response) -> str:
    return "already" if response.status == HTTPStatus.OK else _RESULT_BY_STATUS[response.status]


def _slot_start(slot: str) -> datetime:
    return SlotId.parse(slot).start


def _conflicting_start(response: Response) -> datetime:
    (error,) = response.body["errors"]
    return datetime.fromisoformat(error["start"])


def _parse_timestamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
