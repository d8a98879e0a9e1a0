"""State machine of plans: broken off anywhere, repeated, stopped, continued and undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib import bootstrap
from chalicelib.domain.audit_log import ChangeId
from chalicelib.domain.change_feed import ChangeSearch
from chalicelib.domain.changes import SlotChange
from chalicelib.domain.errors import DomainError, RequestRejectedError
from chalicelib.domain.plan import PlanKind
from chalicelib.domain.slot import SlotStatus
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.factories import SUNDAY_NOON, to_instant
from tests.support.plan_twins import ADMIN, DATES, Kill, PlanDoctor, summarize
from tests.support.series_requests import series_requests

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from chalicelib.services import Services
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.propose_series import SeriesRequest

HALF_AN_HOUR, SECOND = timedelta(minutes=30), timedelta(seconds=1)
SlotKey = tuple["date", "datetime"]
Interval = tuple["datetime", "datetime"]


dates = st.integers(0, len(DATES) - 1)
slot_numbers = st.integers(0, 3)
choices = st.integers(0, 9)
counts = st.sampled_from([1, 2, 100, 100, 100])
kills = st.lists(st.builds(Kill, call=st.integers(1, 12), is_executed=st.booleans()), max_size=3)


class PlanStateMachine(RuleBasedStateMachine):
    """Two doctors get the same requests; only the plans of the first are killed and repeated.

    ``opened`` are the slots opened by hand, ``closed`` those of series that were closed by hand:
    for the second doctor, whom the first must equal.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.now = SUNDAY_NOON
        # One clock for all: changes of two clocks could have another order for each doctor.
        self.services = bootstrap.build_services(
            services.settings, now=lambda: self.now, pause=lambda _attempt: None
        )
        self.twins = [PlanDoctor(self.services, lambda: self.now) for _ in range(2)]
        self.series: list[list[str]] = [[], []]
        self.plans: list[tuple[str, str]] = []
        self.opened: set[SlotKey] = set()
        self.closed: set[tuple[date, Interval]] = set()
        self.time_off: list[list[str]] = [[], []]

    def tick(self) -> None:
        """Let a second pass: each act has its instant."""
        self.now += SECOND

    def both(self, act: Callable[[PlanDoctor, int], object]) -> bool:
        """Do the same with both doctors; return whether it succeeded."""
        outcomes: list[str] = []
        for index, twin in enumerate(self.twins):
            self.tick()
            try:
                act(twin, index)
            except RequestRejectedError as error:
                outcomes.append(error.violations[0].code)
            else:
                outcomes.append("done")
        assert outcomes[0] == outcomes[1]
        return outcomes[0] == "done"

    @rule(date=dates, number=slot_numbers)
    def open_by_hand(self, date: int, number: int) -> None:
        on = DATES[date]
        start = to_instant("09:00") + (on - DATES[0]) + number * HALF_AN_HOUR
        if self.save((on, start), SlotStatus.FREE):
            assert not self.is_blocked((on, start))
            self.opened.add((on, start))
            self.closed = {(d, closed) for d, closed in self.closed if closed[0] != start}

    @rule(choice=choices)
    def close_by_hand(self, choice: int) -> None:
        """Close one of the slots that are there. A series must not open its own again."""
        if not (key := self.pick_slot(choice)):
            return
        on, start = key
        slot = self.twins[1].days()[on].slots[start]
        if self.save(key, SlotStatus.UNAVAILABLE):
            self.opened.discard(key)
            if not is_by_hand(slot):
                self.closed.add((on, slot.interval))
                self.forget_unwanted()  # its series may have ended before an undo reopened it

    def save(self, key: SlotKey, status: SlotStatus) -> bool:
        on, start = key

        def save(twin: PlanDoctor, _index: int) -> None:
            request = SaveRequest(
                doctor_id=twin.doctor_id,
                date=on,
                changes=(SlotChange(start, status),),
                request_id=uuid4().hex,
                fingerprint="f",
            )
            twin.services.manage_slots.save(ADMIN, request)

        return self.both(save)

    def pick_slot(self, choice: int) -> SlotKey | None:
        days = self.twins[1].days().items()
        stored = sorted((on, start) for on, day in days for start in day.slots)
        return stored[choice * 7 % len(stored)] if stored else None

    @rule(minutes=st.sampled_from([20, 30]))
    def change_slot_length(self, minutes: int) -> None:
        self.both(lambda twin, _: twin.set_slot_minutes(minutes))

    @rule(request=series_requests, count=counts, killed=kills)
    def make_series(self, request: SeriesRequest, count: int, killed: list[Kill]) -> None:

        def propose(twin: PlanDoctor, index: int) -> PlanView:
            view = twin.propose_series(request)
            if view.plan.series:
                self.series[index].append(view.plan.series.series_id)
            return view

        self.add_plan(propose, count, killed)

    @rule(choice=choices, request=series_requests, count=counts, killed=kills)
    def edit_series(
        self, choice: int, request: SeriesRequest, count: int, killed: list[Kill]
    ) -> None:
        def propose(twin: PlanDoctor, index: int) -> PlanView:
            series_id = self.series[index][choice % len(self.series[index])]
            return twin.propose_series(replace(request, series_id=series_id))

        if self.series[0]:
            self.add_plan(propose, count, killed)

    @rule(choice=choices, on=dates, count=counts, killed=kills)
    def end_series(self, choice: int, on: int, count: int, killed: list[Kill]) -> None:
        def propose(twin: PlanDoctor, index: int) -> PlanView:
            series_id = self.series[index][choice % len(self.series[index])]
            return twin.propose_end(series_id, DATES[on])

        if self.series[0]:
            self.add_plan(propose, count, killed)

    @rule(choice=choices, count=counts, killed=kills)
    def undo_plan(self, choice: int, count: int, killed: list[Kill]) -> None:
        if self.plans:
            ids = self.plans[choice % len(self.plans)]
            self.add_plan(lambda twin, index: twin.propose_undo(ids[index]), count, killed)

    def add_plan(
        self, propose: Callable[[PlanDoctor, int], PlanView], count: int, killed: list[Kill]
    ) -> None:
        """Propose a plan to both, and apply some of its dates."""
        views: list[PlanView] = []
        outcomes: list[str] = []
        self.tick()
        for index, twin in enumerate(self.twins):
            try:
                views.append(propose(twin, index))
            except DomainError as error:
                outcomes.append(error.code)
        assert len(views) != 1
        if views:
            first, second = views
            assert (first.opens, first.closes, first.keeps) == (
                second.opens,
                second.closes,
                second.keeps,
            )
            self.plans.append((first.plan.plan_id, second.plan.plan_id))
            self.advance(self.plans[-1], count, killed)
        else:
            assert outcomes[0] == outcomes[1]

    @rule(choice=choices, count=counts, killed=kills)
    def continue_plan(self, choice: int, count: int, killed: list[Kill]) -> None:
        """Apply dates of a plan; killed and repeated for one of the doctors."""
        if not self.plans:
            return
        self.advance(self.plans[choice % len(self.plans)], count, killed)

    def advance(self, ids: tuple[str, str], count: int, killed: list[Kill]) -> None:
        self.tick()
        before = self.twins[1].days()
        outcomes = [
            twin.advance(ids[index], count, killed if index == 0 else [])
            for index, twin in enumerate(self.twins)
        ]
        assert outcomes[0] == outcomes[1]
        self.forget_overlapped(before)
        self.forget_unwanted()
        if self.twins[1].get_plan(ids[1]).kind is PlanKind.UNDO:
            self.forget_open()

    def forget_open(self) -> None:
        """An undo opens what was closed, also if a person has closed such a slot since."""
        stored = self.twins[1].days().items()
        self.closed -= {(on, slot.interval) for on, day in stored for slot in day.slots.values()}

    @rule(choice=choices)
    def stop_plan(self, choice: int) -> None:
        if self.plans:
            ids = self.plans[choice % len(self.plans)]
            self.both(lambda twin, index: twin.stop(ids[index]))

    @rule(choice=choices)
    def undo_last_change(self, choice: int) -> None:
        """Undo one of the latest changes of a date."""
        on = DATES[choice % len(DATES)]

        def undo(twin: PlanDoctor, _index: int) -> None:
            page = twin.services.changes.list_changes.list_page(
                ADMIN, ChangeSearch(doctor_id=twin.doctor_id, on=on), limit=5
            )
            if page.entries:
                entry = page.entries[choice % len(page.entries)]
                twin.services.changes.undo_changes.undo(ADMIN, ChangeId.parse(entry.change_id))

        self.both(undo)
        self.forget_open()
        self.opened = {key for key in self.opened if key[0] != on} | {
            (on, slot.start) for slot in self.known_slots(on) if is_by_hand(slot)
        }

    def forget_unwanted(self) -> None:
        """A slot that no series wants any more may be opened by another version."""
        for on in {on for on, _ in self.closed}:
            wanted = self.twins[1].wants(on)
            self.closed -= {
                (d, interval) for d, interval in self.closed if d == on and interval not in wanted
            }

    def forget_overlapped(self, before: dict[date, Day]) -> None:
        """A slot that time off has closed does not reopen where another one is now."""
        for on, day in before.items():
            present = {slot.start for slot in self.known_slots(on)}
            stored = self.twins[1].days()[on].slots.values()
            for slot in known_slots(day):
                if (on, slot.start) in self.opened and slot.start not in present:
                    assert any(slot.overlaps(other) for other in stored)
                    self.opened.discard((on, slot.start))

    def known_slots(self, on: date) -> list[Slot]:
        day = self.twins[1].days().get(on)
        return known_slots(day) if day else []

    def is_blocked(self, key: SlotKey) -> bool:
        """Whether the slot with this start is in time off."""
        day = self.twins[1].days().get(key[0])
        return day is not None and any(
            not each.is_lifted and each.start <= key[1] < each.end for each in day.blocked
        )

    @invariant()
    def days_are_as_they_must_be(self) -> None:
        one, other = (twin.days() for twin in self.twins)
        ids = [
            [*of_series, *of_time_off]
            for of_series, of_time_off in zip(self.series, self.time_off, strict=True)
        ]
        assert summarize(one, ids[0]) == summarize(other, ids[1])
        known = {(on, slot.start) for on, day in other.items() for slot in known_slots(day)}
        assert self.opened <= known
        stored = {(on, slot.interval) for on, day in other.items() for slot in day.slots.values()}
        assert not self.closed & stored


def is_by_hand(slot: Slot) -> bool:
    return slot.origin is not None and slot.origin.series_id is None


def known_slots(day: Day) -> list[Slot]:
    """Return the slots of the day, and those that are closed for as long as it is time off."""
    return [*day.slots.values(), *(slot for each in day.blocked for slot in each.suspended)]
