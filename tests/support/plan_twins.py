"""Two doctors who get the same requests; the plans of one are broken off and repeated."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from chalicelib.domain.booking import BookingRules
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.plan import PlanState
from chalicelib.domain.plan_errors import PreviewChangedError
from chalicelib.storage import table
from chalicelib.storage.audit_log import AuditLog
from chalicelib.storage.booking_repository import BookingRepository
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.storage.plan_repository import PlanRepository
from chalicelib.storage.series_repository import SeriesRepository
from chalicelib.storage.time_off_repository import TimeOffRepository
from chalicelib.use_cases.apply_plans import ApplyPlans
from chalicelib.use_cases.override_bookings import OverrideBookings
from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores
from chalicelib.use_cases.proposals import Proposals
from chalicelib.use_cases.propose_series import ProposeSeries
from chalicelib.use_cases.propose_time_off import ProposeTimeOff
from chalicelib.use_cases.propose_undos import ProposeUndos
from chalicelib.use_cases.save_days import SaveDays
from tests.support.factories import MONDAY, make_session
from tests.support.fault_injection import forward

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from botocore.awsrequest import AWSPreparedRequest

    from chalicelib.domain.day import Day
    from chalicelib.domain.plan import Plan
    from chalicelib.domain.slot import Slot
    from chalicelib.services import Services
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.propose_series import SeriesRequest
    from chalicelib.use_cases.propose_time_off import TimeOffRequest

ADMIN = Caller(name="sam", client="test", roles=frozenset({Role.ADMIN}))
WINDOW_DAYS = 9
DATES = [MONDAY + timedelta(days=n) for n in range(WINDOW_DAYS - 1)]


class KilledError(BaseException):
    """The process is gone: nothing of it runs on."""


@dataclass
class Kill:
    """Kills the process at a call of DynamoDB: before it is sent, or after it is executed."""

    call: int
    is_executed: bool
    _count: int = field(default=0)

    def _send(self, request: AWSPreparedRequest, **_: object) -> None:
        self._count += 1
        if self._count == self.call and self.is_executed:
            forward(request)
        if self._count >= self.call:  # a process that is gone sends nothing more
            raise KilledError

    @contextmanager
    def install(self) -> Iterator[None]:
        """Kill what the block runs."""
        events = table.connection().client.meta.events
        events.register_first("before-send.dynamodb.*", self._send)
        try:
            with suppress(KilledError):
                yield
        finally:
            events.unregister("before-send.dynamodb.*", self._send)


class DatesPace:
    """A step that is over after so many dates."""

    def __init__(self, dates: int) -> None:
        self._left = dates + 1

    @property
    def is_over(self) -> bool:
        self._left -= 1
        return self._left == 0

    def spend(self, units: int) -> None:
        """Writes take no time."""


class PlanDoctor:
    """A doctor with plans, on services with a given clock."""

    def __init__(self, services: Services, now: Callable[[], datetime]) -> None:
        self.doctor_id = f"dr-{uuid4().hex}"
        self.services = services
        self._dates_per_step = 1
        doctor_cache = DoctorCache(services.doctors, now)
        days = DayRepository()
        self._stores = PlanStores(
            plans=PlanRepository(),
            series=SeriesRepository(),
            time_off=TimeOffRepository(),
            days=days,
            audit_log=AuditLog(),
            doctor_cache=doctor_cache,
        )
        previews = PlanPreviews(self._stores)
        proposals = Proposals(
            self._stores, previews, lambda: uuid4().hex[:12], now, pause=_no_pause
        )
        self.overrides = OverrideBookings(
            BookingRepository(), doctor_cache, BookingRules(), now, _no_pause
        )
        self._series, self._undos = ProposeSeries(proposals), ProposeUndos(proposals)
        self._time_off = ProposeTimeOff(proposals)
        self._apply = ApplyPlans(
            self._stores,
            previews,
            SaveDays(days, doctor_cache, now, _no_pause),
            lambda _seconds: DatesPace(self._dates_per_step),  # type: ignore[arg-type,return-value]
            now,
            _no_pause,
        )
        self.set_slot_minutes(30)

    def set_slot_minutes(self, minutes: int) -> None:
        self.services.manage_doctors.put(
            ADMIN,
            DoctorSettings(
                doctor_id=self.doctor_id,
                name="Dr Any",
                specialty="any",
                location="Leeds",
                time_zone="Europe/London",
                slot_minutes=minutes,
                sessions=(make_session("09:00", "11:00"),),
                lead_minutes=0,
                window_days=WINDOW_DAYS,
                delegates=None,
            ),
        )

    def propose_series(self, request: SeriesRequest) -> PlanView:
        return self._series.propose(ADMIN, self.doctor_id, request)

    def propose_end(self, series_id: str, on: date) -> PlanView:
        return self._series.propose_end(ADMIN, self.doctor_id, series_id, on)

    def propose_time_off(self, request: TimeOffRequest) -> PlanView:
        return self._time_off.propose(ADMIN, self.doctor_id, request)

    def propose_lift(self, time_off_id: str) -> PlanView:
        return self._time_off.propose_lift(ADMIN, self.doctor_id, time_off_id)

    def propose_undo(self, plan_id: str) -> PlanView:
        return self._undos.propose_for_plan(ADMIN, self.doctor_id, plan_id)

    def advance(self, plan_id: str, dates: int, kills: list[Kill]) -> str:
        """Apply the next dates one by one, killed as said; return how it ended."""
        goal = self._goal(plan_id, dates)
        while not self._has_reached(plan_id, goal):
            kill = kills.pop() if kills else None
            try:
                if kill is None:
                    self.step(plan_id)
                else:
                    with kill.install():
                        self.step(plan_id)
            except PreviewChangedError:
                continue
            except ConflictError as error:
                return error.violations[0].code
        return "applied"

    def apply_closure(self, closure_id: str, kills: list[Kill]) -> None:
        """Apply the closure, or its lifting, killed as said and repeated."""
        use_case = self.services.closures.apply
        for kill in kills:
            with kill.install():
                use_case.apply(closure_id, self.doctor_id)
        use_case.finish(closure_id, self.doctor_id)

    def step(self, plan_id: str) -> Plan:
        return self._apply.step(ADMIN, self.doctor_id, plan_id)

    def stop(self, plan_id: str) -> None:
        self._apply.stop(ADMIN, self.doctor_id, plan_id)

    def get_plan(self, plan_id: str) -> Plan:
        return self._stores.plans.get(self.doctor_id, plan_id)

    def _goal(self, plan_id: str, dates: int) -> date | None:
        remaining = self.get_plan(plan_id).remaining
        return remaining[dates - 1] if dates <= len(remaining) else None

    def _has_reached(self, plan_id: str, goal: date | None) -> bool:
        plan = self.get_plan(plan_id)
        if plan.state is PlanState.DONE:
            return True
        return (
            goal is not None and plan.applied_through is not None and plan.applied_through >= goal
        )

    def days(self) -> dict[date, Day]:
        """Return the stored days, in one query."""
        stored = self._stores.days.list_range(self.doctor_id, DATES[0], DATES[-1])
        return {day.date: day for day in stored}

    def wants(self, on: date) -> set[tuple[datetime, datetime]]:
        """Return what the latest versions of all series want of a date."""
        versions = self._stores.series.list_versions(self.doctor_id)
        latest = {series.series_id: series.version for series in versions.all_latest()}
        return {slot.interval for slot in versions.wanted(latest, on)}


def summarize(days: dict[date, Day], ids: list[str]) -> dict[date, object]:
    """Return the days without ids and instants; series and time off are numbered as in ``ids``."""

    def number(name: str | None) -> int | None:
        return ids.index(name) if name else None

    def summarize_slot(slot: Slot) -> object:
        series = slot.origin and number(slot.origin.series_id)
        return slot.start, slot.end, slot.status, slot.is_disrupted, series

    return {
        on: (
            [summarize_slot(slot) for _, slot in sorted(day.slots.items())],
            {number(name): version for name, version in day.series_versions.items()},
            [
                (
                    number(each.time_off_id),
                    each.act,
                    each.is_partial,
                    each.is_lifted,
                    sorted(map(summarize_slot, each.suspended), key=repr),
                )
                for each in day.blocked
            ],
        )
        for on, day in days.items()
    }


def _no_pause(_attempt: int) -> None:
    """Retry at once."""
