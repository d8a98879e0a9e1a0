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

# The shortest hold that the API allows, so that abandoned holds expire within a minute.
HOLD_SECONDS = 30
_RESULT_BY_STATUS = {200: "done", 201: "done", 204: "done", 404: "absent", 409: "taken"}


class _Claim(NamedTuple):
    """A patient's slot: ``held`` under a holder until a time, or ``booked`` under a booking id."""

    state: str
    slot: str
    name: str
    until: float = inf

    @property
    def release_operation(self) -> str:
        """The checker's name of the operation that ends the claim."""
        return "release" if self.state == "held" else "cancel"

    @property
    def release_path(self) -> str:
        """The path to ``DELETE``."""
        resource = "hold?holder" if self.state == "held" else "booking?booking_id"
        return f"/slots/{self.slot}/{resource}={self.name}"


class Patient(LoadClient):
    """Books or releases most of its holds, and lets the others expire."""

    def __init__(self, url: str, name: str, scenario: Scenario, history: History) -> None:
        super().__init__(url, name, scenario, history)
        self._claim: _Claim | None = None
        self._released_claim: _Claim | None = None
        self._free_slots: list[str] = []

    def steps(self) -> Mapping[Callable[[str], object], int]:
        return {
            self._refresh_free_slots: 2,
            self.get_slot: 1,
            self._next_step: 6,
            self._release_again: 1,
        }

    def _refresh_free_slots(self, doctor_id: str) -> None:
        self._free_slots = self.list_free_slots(doctor_id) or self._free_slots

    def _next_step(self, doctor_id: str) -> None:
        # Most slots of an old list are taken by now, and some of all slots were never open.
        any_slot = self.scenario.all_slots(doctor_id)
        slot = self.rng.choice((self.rng.random() < 0.7 and self._free_slots) or any_slot)
        claim = self._claim
        if claim is None:
            if self.rng.random() < 0.5:
                self._hold(slot)
            else:
                self._book(slot, self.unique_name())
        elif claim.state == "held":
            self._continue_hold(claim)
        elif self.rng.random() < 0.5 and _slot_start(claim.slot) != _slot_start(slot):
            self._move(claim.slot, slot, claim.name)
        else:
            self._release(claim)

    def _continue_hold(self, claim: _Claim) -> None:
        choice = self.rng.random()
        if choice < 0.03:
            self.history.expired_holds.append(claim.until)
            self._claim = None
        elif choice < 0.3:
            self._release(claim)
        else:
            self._book(claim.slot, self.unique_name(), holder=claim.name)

    def _hold(self, slot: str) -> None:
        name = self.unique_name()
        body = {"holder": name, "seconds": HOLD_SECONDS}
        *unknown, response = self.http_client.resolve("PUT", f"/slots/{slot}/hold", body)
        for attempt in unknown:
            self._record_hold(slot, "unknown", attempt, name)
        self._record_hold(slot, _RESULT_BY_STATUS[response.status], response, name)
        if response.status == HTTPStatus.OK:
            until = _parse_timestamp(response.body["held_until"])
            earliest, latest = response.invoked_at, response.completed_at + 1
            assert earliest + HOLD_SECONDS <= until <= latest + HOLD_SECONDS
            self._claim = _Claim("held", slot, name, until)

    def _record_hold(self, slot: str, result: str, response: Response, name: str) -> None:
        self.history.record(slot, "hold", result, response, client=name)
        if result == "done" and not response.may_have_pending_write:
            end = _parse_timestamp(response.body["held_until"])
        elif result == "unknown" or response.may_have_pending_write:
            end = response.invoked_at + HOLD_SECONDS
        else:
            return
        self.history.calls.append((slot, Call.hold_expiry(end, name)))

    def _book(self, slot: str, name: str, holder: str = "") -> None:
        body = {"booking_id": name, "patient_reference": name}
        body |= {"holder": holder} if holder else {}
        *unknown, response = self.http_client.resolve("PUT", f"/slots/{slot}/booking", body)
        for attempt in unknown:
            self.history.record(slot, "book", "unknown", attempt, client=name, holder=holder)
        result = _booking_result(response)
        self.history.record(slot, "book", result, response, client=name, holder=holder)
        is_booked = response.status in (HTTPStatus.OK, HTTPStatus.CREATED)
        self._claim = _Claim("booked", slot, name) if is_booked else None

    def _move(self, old_slot: str, slot: str, name: str) -> None:
        body = {"booking_id": name, "patient_reference": name, "moves": old_slot}
        *unknown, response = self.http_client.resolve("PUT", f"/slots/{slot}/booking", body)
        for attempt in unknown:
            self.history.record(slot, "book", "unknown", attempt, client=name)
            self.history.record(old_slot, "move away", "unknown", attempt, client=name)
        is_conflict = response.status == HTTPStatus.CONFLICT
        if is_conflict and _slot_start(old_slot) == _conflicting_start(response):
            # The booking is not in its slot; the checker decides whether that is possible.
            self.history.record(old_slot, "move away", "not booked", response, client=name)
            self._claim = None
            return
        self.history.record(slot, "book", _booking_result(response), response, client=name)
        if response.status == HTTPStatus.CREATED:
            self.history.record(old_slot, "move away", "done", response, client=name)
        elif response.may_have_pending_write:
            self.history.record(old_slot, "move away", "unknown", response, client=name)
        if response.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            self._claim = _Claim("booked", slot, name)

    def _release(self, claim: _Claim) -> None:
        response = self._send_release(claim)
        if response.status != HTTPStatus.NO_CONTENT and response.completed_at < claim.until:
            # The first attempt released the claim, but the app did not learn that; its retry found
            # another client's claim.
            self._record_release(claim, "unknown", response)
            self.history.superseded.append(response)
        self._claim, self._released_claim = None, claim

    def _release_again(self, _doctor_id: str) -> None:
        """Repeat a release, after which another client may have claimed the slot."""
        if self._released_claim is not None:
            self._send_release(self._released_claim)

    def _send_release(self, claim: _Claim) -> Response:
        *unknown, response = self.http_client.resolve("DELETE", claim.release_path)
        for attempt in unknown:
            self._record_release(claim, "unknown", attempt)
        self._record_release(claim, _RESULT_BY_STATUS[response.status], response)
        return response

    def _record_release(self, claim: _Claim, result: str, response: Response) -> None:
        operation = claim.release_operation
        self.history.record(claim.slot, operation, result, response, client=claim.name)


def _booking_result(response: Response) -> str:
    if response.status == HTTPStatus.OK:
        return "already done"
    return _RESULT_BY_STATUS[response.status]


def _slot_start(slot: str) -> datetime:
    return SlotId.parse(slot).start


def _conflicting_start(response: Response) -> datetime:
    (error,) = response.body["errors"]
    return datetime.fromisoformat(error["start"])


def _parse_timestamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
