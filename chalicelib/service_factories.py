"""Create the services that most requests do not need, and import their modules on demand."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.domain.permissions import Caller, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.closure_services import ClosureServices
    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.events.series_queue import ClosureTask, SeriesQueue
    from chalicelib.plan_services import PlanServices
    from chalicelib.services import Services
    from chalicelib.settings import Settings
    from chalicelib.storage.availability_index import AvailabilityIndex
    from chalicelib.storage.day_repository import DayRepository
    from chalicelib.storage.doctor_cache import DoctorCache
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.list_doctors import ListDoctors
    from chalicelib.use_cases.list_fhir_doctors import ListFhirDoctors
    from chalicelib.use_cases.list_people import ListPeople
    from chalicelib.use_cases.list_rebooking import ListRebooking
    from chalicelib.use_cases.manage_calendar_feeds import ManageCalendarFeeds
    from chalicelib.use_cases.manage_practice import ManagePractice
    from chalicelib.use_cases.manage_slots import ManageSlots
    from chalicelib.use_cases.manage_weeks import ManageWeeks
    from chalicelib.use_cases.offer_slots import OfferSlots
    from chalicelib.use_cases.override_bookings import OverrideBookings
    from chalicelib.use_cases.pace import Pace
    from chalicelib.use_cases.publish_changes import PublishChanges
    from chalicelib.use_cases.search_fhir_slots import SearchFhirSlots
    from chalicelib.use_cases.undo_changes import UndoChanges
    from chalicelib.use_cases.view_months import ViewMonths
    from chalicelib.use_cases.view_reports import ViewReports
    from chalicelib.webhook_services import WebhookServices


class Foundations(Struct, frozen=True, kw_only=True):
    """What use cases are built on.

    ``pause`` waits before a further attempt. ``start_pace`` starts the ``Pace`` of a step,
    and may be given the seconds that the step has.
    """

    settings: Settings
    doctors: DoctorRepository
    doctor_cache: DoctorCache
    days: DayRepository
    index: AvailabilityIndex
    now: Callable[[], datetime]
    pause: Callable[[int], None]
    start_pace: Callable[..., Pace]


class ChangeServices(Struct, frozen=True, kw_only=True):
    """The use cases of the audit log: list changes, and undo one."""

    list_changes: ListChanges
    undo_changes: UndoChanges


class BookingServices(Struct, frozen=True, kw_only=True):
    """The use cases of bookings: by a client, and against its will, and what to offer instead."""

    book_slots: BookSlots
    override_bookings: OverrideBookings
    offer_slots: OfferSlots
    list_rebooking: ListRebooking


class FhirServices(Struct, frozen=True, kw_only=True):
    """The use cases of the FHIR facade."""

    doctors: ListFhirDoctors
    slots: SearchFhirSlots


def create_fhir_services(base: Foundations) -> FhirServices:
    from chalicelib.use_cases.list_fhir_doctors import ListFhirDoctors
    from chalicelib.use_cases.search_fhir_slots import SearchFhirSlots

    return FhirServices(
        doctors=ListFhirDoctors(base.doctors, base.pause),
        slots=SearchFhirSlots(base.days, base.now, base.pause),
    )


def create_manage_weeks(base: Foundations, manage_slots: ManageSlots) -> ManageWeeks:
    from chalicelib.use_cases.manage_weeks import ManageWeeks
    from chalicelib.use_cases.save_many_days import SaveManyDays

    save_days = SaveManyDays(manage_slots, base.days, base.pause)
    return ManageWeeks(save_days, base.days, base.doctor_cache, base.now, base.pause)


def create_practice(
    base: Foundations, manage_slots: ManageSlots, list_doctors: ListDoctors
) -> ManagePractice:
    from chalicelib.use_cases.manage_practice import ManagePractice
    from chalicelib.use_cases.save_many_days import SaveManyDays

    save_days = SaveManyDays(manage_slots, base.days, base.pause)
    return ManagePractice(
        save_days, list_doctors, base.doctors, base.days, base.doctor_cache, base.now, base.pause
    )


def create_view_months(base: Foundations) -> ViewMonths:
    from chalicelib.use_cases.view_months import ViewMonths

    return ViewMonths(base.days, base.doctor_cache, base.now, base.pause)


def create_change_services(base: Foundations) -> ChangeServices:
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.storage.plan_repository import PlanRepository
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.save_days import SaveDays
    from chalicelib.use_cases.undo_changes import UndoChanges

    audit_log = AuditLog()
    cache, now, pause = base.doctor_cache, base.now, base.pause
    save_days = SaveDays(base.days, cache, now, pause)
    names = base.settings.client_names
    return ChangeServices(
        list_changes=ListChanges(audit_log, PlanRepository(), cache, names, now, pause),
        undo_changes=UndoChanges(save_days, audit_log, cache, pause),
    )


def create_view_reports(base: Foundations, practice: ManagePractice) -> ViewReports:
    from chalicelib.storage.audit_log import AuditLog
    from chalicelib.use_cases.view_reports import ViewReports

    return ViewReports(practice, base.days, AuditLog(), base.now, base.pause)


def create_plan_services(base: Foundations) -> PlanServices:
    from chalicelib import plan_services

    return plan_services.create(base)


def create_closure_services(base: Foundations) -> ClosureServices:
    from chalicelib import closure_services

    return closure_services.create(base)


def queue_closures(services: Services, tasks: Sequence[ClosureTask]) -> None:
    """Leave closures to the queue; where there is none, they are applied when this returns."""
    if services.settings.series_queue_url:
        services.series_queue.send(tasks)
        return
    from chalicelib import closure_services

    for task in tasks:
        closure_services.finish(services, task)


def create_booking_services(base: Foundations) -> BookingServices:
    # These modules define two dozen dataclasses, which take a twentieth of a cold start.
    from chalicelib.domain.booking import BookingRules
    from chalicelib.storage.booking_repository import BookingRepository
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.list_rebooking import ListRebooking
    from chalicelib.use_cases.offer_slots import OfferSlots
    from chalicelib.use_cases.override_bookings import OverrideBookings

    bookings = BookingRepository()
    rules = BookingRules(
        max_holds=base.settings.max_holds_per_client,
        reference_retention=timedelta(days=base.settings.patient_reference_days),
    )
    cache, now, pause = base.doctor_cache, base.now, base.pause
    return BookingServices(
        book_slots=BookSlots(bookings, cache, rules, now, pause),
        override_bookings=OverrideBookings(bookings, cache, rules, now, pause),
        offer_slots=OfferSlots(bookings, base.days, base.index, cache, now, pause),
        list_rebooking=ListRebooking(base.days, cache, now, pause),
    )


def create_calendar_feeds(base: Foundations) -> ManageCalendarFeeds:
    # Only calendar programs and the settings need these modules.
    from chalicelib.storage.calendar_feed_repository import CalendarFeedRepository
    from chalicelib.use_cases.manage_calendar_feeds import ManageCalendarFeeds

    return ManageCalendarFeeds(CalendarFeedRepository(), base.doctor_cache, base.now, base.pause)


def create_webhooks(base: Foundations) -> WebhookServices:
    from chalicelib import webhook_services

    return webhook_services.create(base)


def create_announce_disruptions(base: Foundations) -> AnnounceDisruptions:
    # Only the function of the schedule needs these modules.
    from chalicelib.storage.disruption_repository import DisruptionRepository
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions

    return AnnounceDisruptions(DisruptionRepository(), base.now, base.pause)


def create_publisher(
    settings: Settings, webhooks: WebhookServices, client: Callable[[], EventBridgeClient] | None
) -> PublishChanges:
    # Only the stream handler needs another AWS client, which slows a cold start.
    from chalicelib.events.publisher import EventPublisher, create_client
    from chalicelib.use_cases.publish_changes import PublishChanges

    name = settings.require_event_bus()
    publisher = EventPublisher((client or create_client)(), name)
    return PublishChanges(publisher, webhooks.queue_events)


def create_list_people(base: Foundations) -> ListPeople:
    from chalicelib.storage.people_repository import PeopleRepository
    from chalicelib.use_cases.list_people import ListPeople

    return ListPeople(PeopleRepository(), base.doctors)


def create_series_queue(settings: Settings) -> SeriesQueue:
    # Only the functions of the schedule need this AWS client.
    from chalicelib.events.series_queue import SeriesQueue
    from chalicelib.events.sqs import create_client

    return SeriesQueue(create_client(), settings.require_series_queue())


def create_audit_copies(settings: Settings) -> AuditCopies:
    # Only its stream handler needs this AWS client.
    from chalicelib.events.audit_copy import AuditCopies, create_client

    return AuditCopies(create_client(), settings.require_audit_bucket())


def build_local_caller(settings: Settings) -> Caller | None:
    name = settings.local_caller
    if name is None:
        return None
    roles = frozenset({Role.DOCTOR, Role.ADMIN})
    return Caller(name=name, client="local", roles=roles, doctor_id=name)


def count_retries(pause: Callable[[int], None]) -> Callable[[int], None]:
    """Count the retries of ``use_cases.retry``: it pauses before each, and nothing else does."""

    def counted(attempt: int) -> None:
        request_context.current_request().metrics["ConflictsRetried"] += 1
        pause(attempt)

    return counted


def print_line(line: str) -> None:
    # In one write, and flushed: Lambda freezes the process between two requests.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
