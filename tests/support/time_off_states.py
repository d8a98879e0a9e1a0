"""State machine of plans and of bookings: time off, the desk, and what its patients do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from chalicelib.domain.booking import Booking
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId, SlotStatus
from chalicelib.domain.time_off import TimeOffAct
from chalicelib.use_cases.propose_time_off import TimeOffRequest
from tests.support.factories import to_instant
from tests.support.plan_states import PlanStateMachine, SlotKey, choices, counts, kills
from tests.support.plan_twins import ADMIN, DATES

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.day import Day
    from chalicelib.domain.slot import Slot
    from chalicelib.services import Services
    from chalicelib.use_cases.plan_previews import PlanView
    from tests.support.plan_twins import Kill, PlanDoctor

SITE = Caller(name="site", client="site", roles=frozenset({Role.BOOKING_SITE}))
clients = st.sampled_from([SITE, SITE, ADMIN])  # an admin books at the desk
acts = st.sampled_from([TimeOffAct.STOP, TimeOffAct.DISRUPT, TimeOffAct.DISRUPT])
HOURS = [("09:00", "10:00"), ("09:30", "10:00"), ("10:00", "12:00")]


def request_dates(act: TimeOffAct, first: int, days: int) -> TimeOffRequest:
    last = DATES[min(first + days, len(DATES) - 1)]
    return TimeOffRequest(name="Away", act=act, dates=(DATES[first], last))


def request_hours(act: TimeOffAct, first: int, hours: tuple[str, str]) -> TimeOffRequest:
    start, end = (to_instant(time, DATES[first]) for time in hours)
    return TimeOffRequest(name="Away", act=act, hours=(start, end))


# Most time off meets the first dates, so that it overlaps other time off and bookings.
first_dates = st.sampled_from([0, 0, 0, 1, 2, 3, 5, 7])
time_off_requests = st.one_of(
    st.builds(request_dates, act=acts, first=first_dates, days=st.integers(0, 3)),
    st.builds(request_hours, act=acts, first=first_dates, hours=st.sampled_from(HOURS)),
)


class OwnBooking(NamedTuple):
    """The booking of a client; the two doctors have it with different ids."""

    name: str
    client: Caller
    holder: str | None = None

    def booking(self, index: int, moves: SlotId | None = None) -> Booking:
        return Booking(
            booking_id=f"{self.name}-{index}",
            patient_reference="ref",
            holder=None if moves else self.holder,
            previous_slot_id=moves,
        )


class TimeOffStateMachine(PlanStateMachine):
    """Adds time off and bookings: ``booked`` is what clients have, ``used`` the slots they had.

    ``marked`` are bookings that have to move for a reason of their own, ``excused`` those of which
    such a mark was removed: time off alone does not decide on them.
    """

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.booked: dict[SlotKey, OwnBooking] = {}
        self.used: set[SlotKey] = set()
        self.marked: set[SlotKey] = set()
        self.excused: set[SlotKey] = set()

    @rule(request=time_off_requests, count=counts, killed=kills)
    def take_time_off(self, request: TimeOffRequest, count: int, killed: list[Kill]) -> None:
        def propose(twin: PlanDoctor, index: int) -> PlanView:
            view = twin.propose_time_off(request)
            assert view.plan.time_off
            self.time_off[index].append(view.plan.time_off.time_off_id)
            return view

        self.add_plan(propose, count, killed)

    @rule(choice=choices, count=counts, killed=kills)
    def lift_time_off(self, choice: int, count: int, killed: list[Kill]) -> None:
        if taken := self.time_off[0]:
            number = -1 - choice % len(taken)
            self.add_plan(
                lambda twin, index: twin.propose_lift(self.time_off[index][number]), count, killed
            )

    @rule(choice=choices, client=clients)
    def book(self, choice: int, client: Caller) -> None:
        """Book one of the slots that are there: by a booking site, or at the desk."""
        if not (key := self.pick_slot(choice)):
            return
        own = OwnBooking(uuid4().hex, client)

        def book(twin: PlanDoctor, index: int) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            twin.services.bookings.book_slots.book(client, slot_id, own.booking(index))

        was_blocked = self.is_covered(key)
        if self.both(book):
            assert not was_blocked
            self.keep(key, own)

    @rule(choice=choices, to=choices)
    def move(self, choice: int, to: int) -> None:
        """Move a booking of the booking site to one of the slots that are there."""
        former, key = self.pick_booked(choice), self.pick_slot(to)
        if not (former and key) or self.booked[former].client is ADMIN:
            return
        own, was_blocked = self.booked[former], self.is_covered(key)
        was_disrupted = self.slot_of(former).is_disrupted

        def move(twin: PlanDoctor, index: int) -> None:
            booking = own.booking(index, SlotId(twin.doctor_id, former[1]))
            twin.services.bookings.book_slots.book(
                own.client, SlotId(twin.doctor_id, key[1]), booking
            )

        if self.both(move):
            assert not was_blocked
            self.leave(former, is_closed=was_disrupted)
            self.keep(key, own)

    @rule(choice=choices)
    def cancel(self, choice: int) -> None:
        """Cancel a booking; the other client cannot."""
        if not (key := self.pick_booked(choice)):
            return
        own, was_disrupted = self.booked[key], self.slot_of(key).is_disrupted

        def cancel(twin: PlanDoctor, index: int, client: Caller) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            twin.services.bookings.book_slots.cancel(client, slot_id, own.booking(index).booking_id)

        other = SITE if own.client is ADMIN else ADMIN
        assert not self.both(lambda twin, index: cancel(twin, index, other))
        assert self.both(lambda twin, index: cancel(twin, index, own.client))
        self.leave(key, is_closed=was_disrupted)

    @rule(choice=choices)
    def revoke(self, choice: int) -> None:
        """Remove a booking as an admin, on record."""
        if not (key := self.pick_booked(choice)):
            return
        was_disrupted = self.slot_of(key).is_disrupted

        def revoke(twin: PlanDoctor, _index: int) -> None:
            slot_id = SlotId(twin.doctor_id, key[1])
            twin.overrides.revoke(ADMIN, slot_id, "by mistake")

        assert self.both(revoke)
        self.leave(key, is_closed=was_disrupted)

    def keep(self, key: SlotKey, own: OwnBooking) -> None:
        self.booked[key] = own
        self.used.add(key)

    def leave(self, key: SlotKey, *, is_closed: bool) -> None:
        """Forget a booking. The slot of one that was disrupted is closed, any other stays."""
        del self.booked[key]
        self.marked.discard(key)
        self.excused.discard(key)
        is_stored = key[1] in self.twins[1].days()[key[0]].slots
        assert is_stored is not is_closed
        if is_closed:
            self.opened.discard(key)

    def pick_booked(self, choice: int) -> SlotKey | None:
        booked = sorted(self.booked)
        return booked[choice % len(booked)] if booked else None

    def slot_of(self, key: SlotKey) -> Slot:
        return self.twins[1].days()[key[0]].slots[key[1]]

    def is_covered(self, key: SlotKey) -> bool:
        """Whether the stored slot is in time off."""
        day = self.twins[1].days()[key[0]]
        return day.find_blocking(day.slots[key[1]]) is not None

    @invariant()
    def bookings_are_as_they_must_be(self) -> None:
        days = self.twins[1].days()
        self.assert_every_booking_is_there(days)
        self.assert_nothing_is_open_in_time_off(days)
        self.assert_time_off_decides_who_must_move(days)

    def assert_every_booking_is_there(self, days: dict[date, Day]) -> None:
        stored = {
            (on, slot.start): slot.is_desk_booking
            for on, day in days.items()
            for slot in day.slots.values()
            if slot.status is SlotStatus.BOOKED
        }
        assert stored == {key: own.client is ADMIN for key, own in self.booked.items()}

    def assert_nothing_is_open_in_time_off(self, days: dict[date, Day]) -> None:
        """Time off leaves no slots in it but those that clients have or had; nor does a search."""
        inside = {
            (on, slot.start)
            for on, day in days.items()
            for slot in day.slots.values()
            if day.find_blocking(slot)
        }
        assert inside <= self.used
        twin = self.twins[1]
        found = twin.services.find_slots.for_doctor(twin.doctor_id, DATES[0], DATES[-1]).slots
        assert not {slot.start for slot in found} & {start for _, start in inside}

    def assert_time_off_decides_who_must_move(self, days: dict[date, Day]) -> None:
        """A booking is disrupted exactly if it is marked, or in time off with that act."""
        for on, start in self.booked.keys() - self.excused:
            slot = days[on].slots[start]
            disrupting = [each for each in days[on].blocked if each.act is TimeOffAct.DISRUPT]
            is_inside = any(each.covers(slot) for each in disrupting)
            assert slot.is_disrupted is (is_inside or (on, start) in self.marked)
