"""Use case of doctors and their delegates: propose time off, and to lift it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.plan import Plan, PlanKind, PlanSources
from chalicelib.domain.plan_errors import TimeOffNotFoundError, nothing_to_plan_error
from chalicelib.domain.series import SeriesVersions
from chalicelib.domain.text import Text
from chalicelib.domain.time_off import TimeOff, TimeOffAct, dates_of_hours, validate_time_off
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.use_cases.plan_previews import PlanView
    from chalicelib.use_cases.proposals import Proposals


class TimeOffRequest(Struct, frozen=True, kw_only=True):
    """Time off as a client requests it: whole dates, both included, or the hours in between."""

    name: str
    act: TimeOffAct
    dates: tuple[date, date] | None = None
    hours: tuple[datetime, datetime] | None = None


class ProposeTimeOff:
    """Time off closes free slots and blocks their time; lifting it opens them again."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def propose(self, caller: Caller, doctor_id: str, request: TimeOffRequest) -> PlanView:
        """Propose time off.

        Raises ``RequestRejectedError`` if it is malformed, over, or too far ahead;
        ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        first, last = _dates_of(request, doctor)
        _require_valid(request, first, last, doctor, now)
        draft = self._proposals.draft(doctor, PlanKind.TIME_OFF, now)
        time_off = TimeOff(
            time_off_id=draft.plan_id,
            version=1,
            name=request.name,
            act=request.act,
            first=first,
            last=last,
            start=request.hours[0] if request.hours else None,
            end=request.hours[1] if request.hours else None,
        )
        return self._propose(doctor, replace(draft, time_off=time_off), now)

    def propose_lift(self, caller: Caller, doctor_id: str, time_off_id: str) -> PlanView:
        """Propose to lift time off from today on.

        Raises ``TimeOffNotFoundError``, ``RequestRejectedError`` if it is over or belongs to a
        closure of the practice, ``DoctorNotFoundError``, ``PermissionDeniedError``,
        ``StoreUnavailableError``.
        """
        doctor, now = self._proposals.open(caller, doctor_id)
        stored = self._proposals.stores.time_off
        time_off = retry_on_conflict(
            lambda: stored.get(doctor_id, time_off_id), self._proposals.pause
        )
        if time_off is None or time_off.is_lifted:
            raise TimeOffNotFoundError
        if time_off.closure_id:
            raise _rejected(Text("Only an admin can lift a closure of the practice"))
        draft = replace(
            self._proposals.draft(doctor, PlanKind.LIFT_TIME_OFF, now),
            time_off=time_off.next_version(),
            replaced=time_off.version,
        )
        return self._propose(doctor, draft, now)

    def _propose(self, doctor: Doctor, draft: Plan, now: datetime) -> PlanView:
        time_off = draft.time_off
        today = local_time.local_date(now, doctor.zone)
        dates = tuple(time_off.dates_from(today)) if time_off else ()
        if not dates:
            raise nothing_to_plan_error(
                "time_off_id", Text("This time off is over"), (), doctor.zone
            )
        sources = PlanSources(versions=SeriesVersions())
        draft = replace(draft, dates=dates)
        return self._proposals.store(self._proposals.preview(doctor, draft, dates, sources, now))


def _dates_of(request: TimeOffRequest, doctor: Doctor) -> tuple[date, date]:
    if request.hours:
        return dates_of_hours(*request.hours, doctor.zone)
    if request.dates is None:
        raise RequestRejectedError(FieldViolation.required("from"))
    return request.dates


def _require_valid(
    request: TimeOffRequest, first: date, last: date, doctor: Doctor, now: datetime
) -> None:
    """Raise ``RequestRejectedError`` with everything that is wrong."""
    violations = [
        FieldViolation(each.field, each.code, each.detail)
        for each in validate_time_off(
            name=request.name,
            first=first,
            last=last,
            hours=request.hours,
            today=local_time.local_date(now, doctor.zone),
            now=now,
        )
    ]
    if violations:
        raise RequestRejectedError(*violations)


def _rejected(detail: Text) -> RequestRejectedError:
    return RequestRejectedError(FieldViolation("time_off_id", "invalid", detail))
