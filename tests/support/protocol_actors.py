"""The actors of the protocol model, who send their requests to the real use cases."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.domain.audit_log import ChangeId, ChangeKind
from chalicelib.domain.blocking import block
from chalicelib.domain.booking import Booking
from chalicelib.domain.errors import ChangeNotFoundError, DomainError
from chalicelib.domain.merge import merge
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId, SlotOrigin, SlotStatus
from chalicelib.domain.time_off import BlockedStretch, BlockKind, TimeOffAct
from chalicelib.storage import keys
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.use_cases.manage_slots import SaveRequest
from chalicelib.use_cases.save_days import DayUpdate, SaveDays
from chalicelib.use_cases.save_series_dates import SeriesDate, save_series_date
from tests.model.decisions import ByHand, Plan, TimeOff, UndoOf
from tests.model.patients import HOLD_LENGTH, Patient, Request
from tests.model.saves import Save
from tests.model.schedules import Schedule
from tests.support.direct_saves import read_day
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import (
    MONDAY,
    SUNDAY_NOON,
    close_change,
    make_slot,
    open_change,
    to_instant,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chalicelib.domain.day import PlannedChanges
    from chalicelib.domain.slot import Slot
    from chalicelib.use_cases.save_days import DayWithDoctor
    from tests.model.saves import Decide
    from tests.model.states import Actor, Scenario
    from tests.support.app_client import AppClient

    Items = list[dict[str, Any]]

DOCTOR = Caller(name="dr-lee", client="page", roles=frozenset({Role.DOCTOR}), doctor_id="dr-lee")
HALF_AN_HOUR = timedelta(minutes=30)
SERIES = "series"
SERIES_ORIGIN = SlotOrigin("20261101T000000000000Z~series", "s-1")


class ProtocolActors:
    """Change Dr Lee's Monday as the actors of a scenario do.

    ``transactions`` are those that each sends, ``results`` how their requests end. As in the model,
    instants go on by one, a second, with each change of the day.
    """

    def __init__(self, client: AppClient, scenario: Scenario) -> None:
        self.transactions: dict[str, list[Items]] = {}
        self.results: dict[str, list[str]] = {}
        self._client = client
        self._actors = scenario.actors
        self._epoch = SUNDAY_NOON
        self._sender: Actor | None = None
        self._waiting: list[Actor] = []
        self._change_ids: dict[str, str] = {}
        client.use_services(
            bootstrap.build_services(
                client.services.settings, now=client.clock, pause=self._wait_a_second
            )
        )
        cache = DoctorCache(DoctorRepository(), client.clock)
        self._save_days = SaveDays(DayRepository(), cache, client.clock, self._wait_a_second)
        self._prepare(scenario)

    def run(self, schedule: Schedule) -> None:
        """Let the actors send their requests in this order."""
        first, *others = self._actors
        with self._client.register_hook(f"before-call.dynamodb.{TRANSACT_WRITE}", self._record):
            if schedule is Schedule.BETWEEN_READ_AND_COMMIT:
                self._waiting = others
                self._send_all(first)
                assert not self._waiting, f"{first.name} commits nothing"
                return
            for actor in self._actors:
                with self._client.drop_responses(TRANSACT_WRITE, count=actor.timeouts):
                    self._send_all(actor)

    @property
    def slots(self) -> dict[str, str]:
        """The status of each slot item, by its local start."""
        status = {
            str(SlotStatus.FREE): "free",
            str(SlotStatus.HELD): "held",
            str(SlotStatus.BOOKED): "booked",
        }
        return {
            item["SK"]["S"][16:21]: status[item["status"]["S"]]
            for item in self._client.find_items("slot")
        }

    def _record(self, params: dict[str, bytes], **_: object) -> None:
        if self._sender is not None:
            sent = json.loads(params["body"])["TransactItems"]
            self.transactions.setdefault(self._sender.name, []).append(sent)
            waiting, self._waiting = self._waiting, []
            for actor in waiting:
                self._send_all(actor)

    def _send_all(self, actor: Actor) -> None:
        interrupted, self._sender = self._sender, actor
        for send in self._requests(actor):
            self._set_clock(actor.clock)
            self.results.setdefault(actor.name, []).append(_result_of(send))
        self._sender = interrupted
        if interrupted:
            self._set_clock(interrupted.clock)

    def _requests(self, actor: Actor) -> list[Callable[[], object]]:
        if isinstance(actor, Patient):
            return [partial(self._send, actor.client, request) for request in actor.acts]
        assert isinstance(actor, Save)
        return [partial(self._save, actor.request, actor.decide)]

    def _wait_a_second(self, _attempt: int) -> None:
        self._client.clock.now += timedelta(seconds=1)

    def _set_clock(self, ahead: int = 0) -> None:
        seconds = read_day().revision + 1 + ahead
        self._client.clock.now = self._epoch + timedelta(seconds=seconds)

    def _save(self, request: str, decide: Decide) -> None:
        match decide:
            case ByHand():
                self._save_by_hand(request, decide)
            case Plan():
                self._take_plan_step(request, decide)
            case TimeOff():
                self._take_time_off(request, decide)
            case UndoOf():
                self._undo(request, decide)

    def _save_by_hand(self, request: str, decide: ByHand) -> None:
        self._offer_grid(quarter_past=any(start.endswith(":15") for start in decide.opens))
        saved = self._client.services.manage_slots.save(
            DOCTOR,
            SaveRequest(
                doctor_id="dr-lee",
                date=MONDAY,
                changes=[*map(open_change, decide.opens), *map(close_change, decide.closes)],
                request_id=_request_id(request),
                fingerprint=request,
            ),
        )
        self._change_ids[request] = saved.change_id or ""

    def _offer_grid(self, *, quarter_past: bool) -> None:
        """Set Dr Lee's hours. Half hours that overlap are never on one grid, but on two."""
        sender, self._sender = self._sender, None
        hours = (
            {"from": "09:15", "to": "12:15"} if quarter_past else {"from": "09:00", "to": "12:00"}
        )
        assert self._client.update_doctor(sessions=[hours]).status == 200
        self._sender = sender

    def _take_plan_step(self, request: str, decide: Plan) -> None:
        """Save the date as a plan does."""
        wished_before, wished_now = _slots_of_series(decide.base), _slots_of_series(decide.wish)

        def merge_with(view: DayWithDoctor) -> PlannedChanges:
            return merge(view.day, wished_before, wished_now, now=view.now)

        change = SeriesDate(
            doctor_id="dr-lee",
            date=MONDAY,
            request_id=_request_id(request),
            slots=wished_now,
            decide=merge_with,
        )
        for saved in save_series_date(self._save_days, DOCTOR, change):
            self._change_ids[request] = saved.change_id or ""

    def _take_time_off(self, request: str, decide: TimeOff) -> None:
        """Save the date as a plan of time off does."""
        starts = sorted(map(to_instant, decide.blocks))
        stretch = BlockedStretch(
            time_off_id=_request_id(request),
            kind=BlockKind.TIME_OFF,
            name="Away",
            act=TimeOffAct.STOP,
            start=starts[0],
            end=starts[-1] + HALF_AN_HOUR,
            is_whole_day=False,
        )
        update = DayUpdate(
            doctor_id="dr-lee",
            date=MONDAY,
            request_id=_request_id(request),
            fingerprint=request,
            decide=lambda view: block(view.day, stretch, now=view.now),
            may_overlap_adjacent=lambda _: False,
            kind=ChangeKind.TIME_OFF,
        )
        self._change_ids[request] = self._save_days.save(DOCTOR, update).change_id or ""

    def _undo(self, request: str, decide: UndoOf) -> None:
        if decide.request not in self._change_ids:
            raise ChangeNotFoundError
        change = ChangeId.parse(self._change_ids[decide.request])
        undone = self._client.services.changes.undo_changes.undo(DOCTOR, change)
        self._change_ids[request] = undone.saved.change_id or ""

    def _send(self, client: str, request: Request) -> None:
        caller = Caller(name=client, client=client, roles=frozenset({Role.BOOKING_SITE}))
        slot_id = _slot_id(request.slot)
        book_slots = self._client.services.bookings.book_slots
        match request.verb:
            case "holds":
                book_slots.hold(caller, slot_id, client, timedelta(minutes=HOLD_LENGTH))
            case "cancels":
                book_slots.cancel(caller, slot_id, request.booking)
            case _:
                booking = Booking(
                    booking_id=request.booking,
                    patient_reference=request.patient,
                    holder=client,
                    previous_slot_id=_slot_id(request.former) if request.former else None,
                )
                book_slots.book(caller, slot_id, booking)

    def _prepare(self, scenario: Scenario) -> None:
        """Make the day of the scenario, by the acts of its audit log."""
        table = scenario.table
        acts = [table[key] for key in sorted(table) if key[0] == "audit"]
        for act in acts:
            self._set_clock()
            if act.request == SERIES:
                self._take_plan_step(SERIES, Plan(wish=act.opened))
            elif act.opened or act.closed:
                self._save_by_hand(act.request, ByHand(act.opened, act.closed))
            for verb, starts in (("books", act.booked), ("cancels", act.freed)):
                for start in starts:
                    self._set_clock()
                    client, booking = (table["slot", start].claim or "Cid b9").split()
                    self._send(client, Request(verb, start, booking))
        self._damage(scenario)

    def _damage(self, scenario: Scenario) -> None:
        """Lose what the scenario has lost: an entry of the day, or the instant of a slot."""
        table = scenario.table
        slots = {key[1]: item for key, item in table.items() if key[0] == "slot"}
        listed = table["day",].slots if ("day",) in table else {}
        for start, slot in slots.items():
            if start not in listed:
                self._client.delete_day_entry(start)
            if slot.changed_at is None:
                sk = keys.slot_sk(to_instant(start))
                self._client.set_attribute(keys.doctor_pk("dr-lee"), sk, "changed_at", None)
                # The clock that is read next shows the instant of the first booking.
                self._epoch -= timedelta(seconds=2)


def _result_of(send: Callable[[], object]) -> str:
    try:
        send()
    except DomainError:
        return "rejected"
    return "done"


def _request_id(request: str) -> str:
    return re.sub("[^a-z]+", "-", request.lower())


def _slot_id(start: str) -> SlotId:
    return SlotId("dr-lee", to_instant(start))


def _slots_of_series(starts: Iterable[str]) -> list[Slot]:
    return [replace(make_slot(start), origin=SERIES_ORIGIN) for start in starts]
