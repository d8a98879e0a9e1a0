"""Create the services that most requests do not need, and import their modules on demand."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.events.series_queue import SeriesQueue
    from chalicelib.settings import Settings
    from chalicelib.storage.availability_index import AvailabilityIndex
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions
    from chalicelib.use_cases.apply_plans import ApplyPlans
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.extend_series import ExtendSeries
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.list_plans import ListPlans
    from chalicelib.use_cases.list_rebooking import ListRebooking
    from chalicelib.use_cases.list_series import ListSeries
    from chalicelib.use_cases.list_time_off import ListTimeOff
    from chalicelib.use_cases.manage_slots import ManageSlots
    from chalicelib.use_cases.manage_weeks import ManageWeeks
    from chalicelib.use_cases.offer_slots import OfferSlots
    from chalicelib.use_cases.override_bookings import OverrideBookings
    from chalicelib.use_cases.propose_imports import ProposeImports
    from chalicelib.use_cases.propose_series import ProposeSeries
    from chalicelib.use_cases.propose_time_off import ProposeTimeOff
    from chalicelib.use_cases.propose_undos import ProposeUndos
    from chalicelib.use_cases.publish_changes import PublishChanges
    from chalicelib.use_cases.undo_changes import UndoChanges
    from chalicelib.use_cases.view_months import ViewMonths


class ChangeServices(Struct, frozen=True, kw_only=True):
    """The use cases of the audit log: list changes, and undo one."""

    list_changes: ListChanges
    undo_changes: UndoChanges


class PlanServices(Struct, frozen=True, kw_only=True):
    """The use cases of series and plans, and that of the nightly schedule."""

    list_series: ListSeries
    list_plans: ListPlans
    list_time_off: ListTimeOff
    propose_time_off: ProposeTimeOff
    propose_series: ProposeSeries
    propose_imports: ProposeImports
    propose_undos: ProposeUndos
    apply_plans: ApplyPlans
    extend_series: ExtendSeries


class BookingServices(Struct, frozen=True, kw_only=True):
    """The use cases of bookings: by a client, and against its will, and what to offer instead."""

    book_slots: BookSlots
    override_bookings: OverrideBookings
    offer_slots: OfferSlots
    list_rebooking: ListRebooking


def create_manage_weeks(
    manage_slots: ManageSlots,
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> ManageWeeks:
    from chalicelib.use_cases.manage_weeks import ManageWeeks  # noqa: PLC0415

    return ManageWeeks(manage_slots, days, doctor_cache, now, pause)


def create_view_months(
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> ViewMonths:
    from chalicelib.use_cases.view_months import ViewMonths  # noqa: PLC0415

    return ViewMonths(days, doctor_cache, now, pause)


def create_change_services(
    settings: Settings,
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> ChangeServices:
    from chalicelib.storage.audit_log import AuditLog  # noqa: PLC0415
    from chalicelib.use_cases.list_changes import ListChanges  # noqa: PLC0415
    from chalicelib.use_cases.save_days import SaveDays  # noqa: PLC0415
    from chalicelib.use_cases.undo_changes import UndoChanges  # noqa: PLC0415

    audit_log = AuditLog()
    save_days = SaveDays(days, doctor_cache, now, pause)
    return ChangeServices(
        list_changes=ListChanges(audit_log, doctor_cache, settings.client_names, now, pause),
        undo_changes=UndoChanges(save_days, audit_log, doctor_cache, pause),
    )


def create_plan_services(
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
    sleep: Callable[[float], None],
) -> PlanServices:
    from chalicelib.storage.audit_log import AuditLog  # noqa: PLC0415
    from chalicelib.storage.plan_repository import PlanRepository  # noqa: PLC0415
    from chalicelib.storage.series_repository import SeriesRepository  # noqa: PLC0415
    from chalicelib.storage.time_off_repository import TimeOffRepository  # noqa: PLC0415
    from chalicelib.use_cases.apply_plans import ApplyPlans  # noqa: PLC0415
    from chalicelib.use_cases.extend_series import ExtendSeries  # noqa: PLC0415
    from chalicelib.use_cases.list_plans import ListPlans  # noqa: PLC0415
    from chalicelib.use_cases.list_series import ListSeries  # noqa: PLC0415
    from chalicelib.use_cases.list_time_off import ListTimeOff  # noqa: PLC0415
    from chalicelib.use_cases.pace import STEP_SECONDS, Pace  # noqa: PLC0415
    from chalicelib.use_cases.plan_previews import PlanPreviews, PlanStores  # noqa: PLC0415
    from chalicelib.use_cases.proposals import Proposals  # noqa: PLC0415
    from chalicelib.use_cases.propose_imports import ProposeImports  # noqa: PLC0415
    from chalicelib.use_cases.propose_series import ProposeSeries  # noqa: PLC0415
    from chalicelib.use_cases.propose_time_off import ProposeTimeOff  # noqa: PLC0415
    from chalicelib.use_cases.propose_undos import ProposeUndos  # noqa: PLC0415
    from chalicelib.use_cases.save_days import SaveDays  # noqa: PLC0415

    stores = PlanStores(
        plans=PlanRepository(),
        series=SeriesRepository(),
        time_off=TimeOffRepository(),
        days=days,
        audit_log=AuditLog(),
        doctor_cache=doctor_cache,
    )
    previews = PlanPreviews(stores)
    proposals = Proposals(stores, previews, lambda: secrets.token_hex(6), now, pause)
    save_days = SaveDays(days, doctor_cache, now, pause)

    def start_pace(seconds: float = STEP_SECONDS) -> Pace:
        return Pace(time.monotonic, sleep, seconds)

    return PlanServices(
        list_series=ListSeries(stores, now, pause),
        list_plans=ListPlans(stores, pause),
        list_time_off=ListTimeOff(stores, now, pause),
        propose_time_off=ProposeTimeOff(proposals),
        propose_series=ProposeSeries(proposals),
        propose_imports=ProposeImports(proposals),
        propose_undos=ProposeUndos(proposals),
        apply_plans=ApplyPlans(stores, previews, save_days, start_pace, now, pause),
        extend_series=ExtendSeries(stores, save_days, start_pace, now, pause),
    )


def create_booking_services(
    settings: Settings,
    days: DayRepository,
    index: AvailabilityIndex,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> BookingServices:
    # These modules define two dozen dataclasses, which take a twentieth of a cold start.
    from chalicelib.domain.booking import BookingRules  # noqa: PLC0415
    from chalicelib.storage.booking_repository import BookingRepository  # noqa: PLC0415
    from chalicelib.use_cases.book_slots import BookSlots  # noqa: PLC0415
    from chalicelib.use_cases.list_rebooking import ListRebooking  # noqa: PLC0415
    from chalicelib.use_cases.offer_slots import OfferSlots  # noqa: PLC0415
    from chalicelib.use_cases.override_bookings import OverrideBookings  # noqa: PLC0415

    bookings = BookingRepository()
    rules = BookingRules(
        max_holds=settings.max_holds_per_client,
        reference_retention=timedelta(days=settings.patient_reference_days),
    )
    return BookingServices(
        book_slots=BookSlots(bookings, doctor_cache, rules, now, pause),
        override_bookings=OverrideBookings(bookings, doctor_cache, rules, now, pause),
        offer_slots=OfferSlots(bookings, days, index, doctor_cache, now, pause),
        list_rebooking=ListRebooking(days, doctor_cache, now, pause),
    )


def create_announce_disruptions(
    now: Callable[[], datetime], pause: Callable[[int], None]
) -> AnnounceDisruptions:
    # Only the function of the schedule needs these modules.
    from chalicelib.storage.disruption_repository import DisruptionRepository  # noqa: PLC0415
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions  # noqa: PLC0415

    return AnnounceDisruptions(DisruptionRepository(), now, pause)


def create_publish_changes(
    settings: Settings, client: Callable[[], EventBridgeClient] | None
) -> PublishChanges:
    # Only the stream handler needs another AWS client, which slows a cold start.
    from chalicelib.events.publisher import EventPublisher, create_client  # noqa: PLC0415
    from chalicelib.use_cases.publish_changes import PublishChanges  # noqa: PLC0415

    name = settings.require_event_bus()
    return PublishChanges(EventPublisher((client or create_client)(), name))


def create_series_queue(settings: Settings) -> SeriesQueue:
    # Only the functions of the schedule need this AWS client.
    from chalicelib.events.series_queue import SeriesQueue, create_client  # noqa: PLC0415

    return SeriesQueue(create_client(), settings.require_series_queue())


def create_audit_copies(settings: Settings) -> AuditCopies:
    # Only its stream handler needs this AWS client.
    from chalicelib.events.audit_copy import AuditCopies, create_client  # noqa: PLC0415

    return AuditCopies(create_client(), settings.require_audit_bucket())
