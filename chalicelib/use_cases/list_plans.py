"""Use case of doctors and their delegates: list the plans of a doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.use_cases.managed_doctors import read_managed_doctor
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.domain.plan import Plan, PlanState
    from chalicelib.use_cases.plan_previews import PlanStores

_MAX_PLANS = 20


class DoctorPlans(Struct, frozen=True, kw_only=True):
    """The latest plans of a doctor, the newest first."""

    doctor: Doctor
    plans: Sequence[Plan]


class ListPlans:
    """The plans of a doctor, for those who manage their schedule."""

    def __init__(self, stores: PlanStores, pause: Callable[[int], None]) -> None:
        self._stores = stores
        self._pause = pause

    def list_latest(
        self, caller: Caller, doctor_id: str, state: PlanState | None = None
    ) -> DoctorPlans:
        """Return the latest plans, of that state if there is one.

        Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """

        def read() -> DoctorPlans:
            doctor = read_managed_doctor(caller, self._stores.doctor_cache, doctor_id)
            plans = self._stores.plans.list_latest(doctor_id, _MAX_PLANS, state)
            return DoctorPlans(doctor=doctor, plans=plans)

        return retry_on_conflict(read, self._pause)
