"""Create the use cases of series and plans."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.storage.audit_log import AuditLog
from chalicelib.storage.plan_repository import PlanRepository
from chalicelib.storage.series_repository import SeriesRepository
from chalicelib.storage.time_off_repository import TimeOffRepository
from chalicelib.use_cases.apply_plans import ApplyPlans
from chalicelib.use_cases.export_slots import ExportSlots
from chalicelib.use_cases.extend_series import ExtendSeries
from chalicelib.use_cases.list_plans import ListPlans
from chalicelib.use_cases.list_series import ListSeries
from chalicelib.use_cases.list_time_off import ListTimeOff
from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores
from chalicelib.use_cases.proposals import Proposals
from chalicelib.use_cases.propose_hours import ProposeHours
from chalicelib.use_cases.propose_imports import ProposeImports
from chalicelib.use_cases.propose_series import ProposeSeries
from chalicelib.use_cases.propose_time_off import ProposeTimeOff
from chalicelib.use_cases.propose_undos import ProposeUndos
from chalicelib.use_cases.save_days import SaveDays

if TYPE_CHECKING:
    from chalicelib.service_factories import Foundations


class PlanServices(Struct, frozen=True, kw_only=True):
    """The use cases of series and plans, and that of the nightly schedule."""

    list_series: ListSeries
    list_plans: ListPlans
    list_time_off: ListTimeOff
    propose_time_off: ProposeTimeOff
    propose_series: ProposeSeries
    propose_imports: ProposeImports
    propose_hours: ProposeHours
    propose_undos: ProposeUndos
    apply_plans: ApplyPlans
    extend_series: ExtendSeries
    export_slots: ExportSlots


def create(base: Foundations) -> PlanServices:
    """Create the use cases."""
    now, pause = base.now, base.pause
    stores = create_stores(base)
    previews = PlanPreviews(stores)
    proposals = Proposals(stores, previews, partial(secrets.token_hex, 6), now, pause)
    save_days = SaveDays(base.days, base.doctor_cache, now, pause)
    return PlanServices(
        list_series=ListSeries(stores, now, pause),
        list_plans=ListPlans(stores, pause),
        list_time_off=ListTimeOff(stores, now, pause),
        propose_time_off=ProposeTimeOff(proposals),
        propose_series=ProposeSeries(proposals),
        propose_imports=ProposeImports(proposals),
        propose_hours=ProposeHours(proposals),
        propose_undos=ProposeUndos(proposals),
        apply_plans=ApplyPlans(stores, previews, save_days, base.start_pace, now, pause),
        extend_series=ExtendSeries(stores, save_days, base.start_pace, now, pause),
        export_slots=ExportSlots(base.days, base.doctor_cache, now, pause),
    )


def create_stores(base: Foundations) -> PlanStores:
    """Create what plans are read from and written to."""
    return PlanStores(
        plans=PlanRepository(),
        series=SeriesRepository(),
        time_off=TimeOffRepository(),
        days=base.days,
        audit_log=AuditLog(),
        doctor_cache=base.doctor_cache,
    )
