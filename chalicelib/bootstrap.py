"""The composition root: settings -> table -> repositories -> use cases and authentication."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from chalicelib import service_factories
from chalicelib.service_factories import Foundations
from chalicelib.settings import Settings
from chalicelib.storage import table
from chalicelib.storage.availability_index import AvailabilityIndex
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.storage.people_cache import PeopleCache
from chalicelib.storage.people_repository import PeopleRepository
from chalicelib.use_cases.check_health import CheckHealth
from chalicelib.use_cases.find_slots import FindSlots
from chalicelib.use_cases.list_doctors import ListDoctors
from chalicelib.use_cases.manage_doctors import ManageDoctors
from chalicelib.use_cases.manage_people import ManagePeople
from chalicelib.use_cases.manage_slots import ManageSlots
from chalicelib.use_cases.pace import Pace
from chalicelib.use_cases.retry import backoff
from chalicelib.web import texts
from chalicelib.web.auth.authentication import Auth
from chalicelib.web.http.cors import set_cors_origins
from chalicelib.web.http.request import set_always_https

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.closure_services import ClosureServices
    from chalicelib.domain.permissions import Caller
    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.events.series_queue import ClosureMessages, SeriesQueue
    from chalicelib.plan_services import PlanServices
    from chalicelib.service_factories import BookingServices, ChangeServices, FhirServices
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions
    from chalicelib.use_cases.apply_plans import ApplyPlans
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.extend_series import ExtendSeries
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.list_people import ListPeople
    from chalicelib.use_cases.list_plans import ListPlans
    from chalicelib.use_cases.list_rebooking import ListRebooking
    from chalicelib.use_cases.list_series import ListSeries
    from chalicelib.use_cases.list_time_off import ListTimeOff
    from chalicelib.use_cases.manage_calendar_feeds import ManageCalendarFeeds
    from chalicelib.use_cases.manage_practice import ManagePractice
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
    from chalicelib.web.auth.session_keys import SecretsClient
    from chalicelib.web.auth.user_directory import CognitoClient
    from chalicelib.webhook_services import WebhookServices

T = TypeVar("T")


class Services(Struct, frozen=True, kw_only=True):
    """What the web layer and the handlers of events call.

    The callables import their use cases on the first call: most requests need others. Those of
    ``publish_changes``, ``audit_copies`` and ``series_queue`` connect to the event bus, the bucket
    and the queue, and raise ``SettingsError`` if the settings have none. ``queue_closures`` has
    closures applied soon. ``log`` writes a line; None if the request log is off.
    """

    settings: Settings
    manage_slots: ManageSlots
    weeks: Callable[[], ManageWeeks]
    practice: Callable[[], ManagePractice]
    months: Callable[[], ViewMonths]
    changes: Callable[[], ChangeServices]
    plans: Callable[[], PlanServices]
    find_slots: FindSlots
    bookings: Callable[[], BookingServices]
    manage_doctors: ManageDoctors
    manage_people: ManagePeople
    list_people: Callable[[], ListPeople]
    doctors: DoctorRepository
    list_doctors: ListDoctors
    health: CheckHealth
    auth: Auth
    now: Callable[[], datetime]
    local_caller: Caller | None
    publish_changes: Callable[[], PublishChanges]
    disruptions: Callable[[], AnnounceDisruptions]
    calendar_feeds: Callable[[], ManageCalendarFeeds]
    fhir: Callable[[], FhirServices]
    webhooks: Callable[[], WebhookServices]
    audit_copies: Callable[[], AuditCopies]
    series_queue: Callable[[], SeriesQueue]
    closures: Callable[[], ClosureServices]
    queue_closures: Callable[[Services, ClosureMessages], None] = service_factories.queue_closures
    log: Callable[[str], None] | None

    @property
    def manage_weeks(self) -> ManageWeeks:
        return self.weeks()

    @property
    def view_months(self) -> ViewMonths:
        return self.months()

    @property
    def list_changes(self) -> ListChanges:
        return self.changes().list_changes

    @property
    def undo_changes(self) -> UndoChanges:
        return self.changes().undo_changes

    @property
    def list_series(self) -> ListSeries:
        return self.plans().list_series

    @property
    def list_plans(self) -> ListPlans:
        return self.plans().list_plans

    @property
    def propose_series(self) -> ProposeSeries:
        return self.plans().propose_series

    @property
    def propose_imports(self) -> ProposeImports:
        return self.plans().propose_imports

    @property
    def propose_time_off(self) -> ProposeTimeOff:
        return self.plans().propose_time_off

    @property
    def list_time_off(self) -> ListTimeOff:
        return self.plans().list_time_off

    @property
    def propose_undos(self) -> ProposeUndos:
        return self.plans().propose_undos

    @property
    def apply_plans(self) -> ApplyPlans:
        return self.plans().apply_plans

    @property
    def extend_series(self) -> ExtendSeries:
        return self.plans().extend_series

    @property
    def announce_disruptions(self) -> AnnounceDisruptions:
        return self.disruptions()

    @property
    def book_slots(self) -> BookSlots:
        return self.bookings().book_slots

    @property
    def list_rebooking(self) -> ListRebooking:
        return self.bookings().list_rebooking

    @property
    def offer_slots(self) -> OfferSlots:
        return self.bookings().offer_slots

    @property
    def override_bookings(self) -> OverrideBookings:
        return self.bookings().override_bookings


def build_services(
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[int], None] | None = None,
    event_client: Callable[[], EventBridgeClient] | None = None,
    secrets_client: Callable[[], SecretsClient] | None = None,
    cognito_client: Callable[[], CognitoClient] | None = None,
    log: Callable[[str], None] | None = None,
    start_pace: Callable[..., Pace] | None = None,
) -> Services:
    """Build the services on the connected table; tests pass their own clock, pauses and clients."""
    base = _build_foundations(settings, now, pause or backoff, start_pace)
    local_caller = service_factories.build_local_caller(settings)
    people, doctors = _create_manage_people(base), ListDoctors(base.doctors, base.doctor_cache, now)
    manage_slots = ManageSlots(base.days, base.doctor_cache, now, base.pause)
    return Services(
        settings=settings,
        manage_slots=manage_slots,
        weeks=_lazily(service_factories.create_manage_weeks, base, manage_slots),
        practice=_lazily(service_factories.create_practice, base, manage_slots, doctors),
        months=_lazily(service_factories.create_view_months, base),
        changes=_lazily(service_factories.create_change_services, base, manage_slots, doctors),
        plans=_lazily(service_factories.create_plan_services, base),
        closures=_lazily(service_factories.create_closure_services, base),
        find_slots=FindSlots(base.days, base.index, base.doctor_cache, now, base.pause),
        bookings=_lazily(service_factories.create_booking_services, base),
        manage_doctors=_create_manage_doctors(base, doctors),
        manage_people=people,
        list_people=_lazily(service_factories.create_list_people, base),
        doctors=base.doctors,
        list_doctors=doctors,
        health=CheckHealth(table.check_connection, now),
        auth=Auth(settings.oidc, local_caller, people, now, secrets_client, cognito_client),
        now=now,
        local_caller=local_caller,
        publish_changes=_lazily(service_factories.create_publisher, base, event_client),
        webhooks=_lazily(service_factories.create_webhooks, base),
        disruptions=_lazily(service_factories.create_announce_disruptions, base),
        calendar_feeds=_lazily(service_factories.create_calendar_feeds, base),
        fhir=_lazily(service_factories.create_fhir_services, base),
        series_queue=_lazily(service_factories.create_series_queue, settings),
        audit_copies=_lazily(service_factories.create_audit_copies, settings),
        log=(log or service_factories.print_line) if settings.has_request_log else None,
    )


def _lazily(create: Callable[..., T], *arguments: Any) -> Callable[[], T]:  # noqa: ANN401  those of the function
    """Create it with these arguments on the first call, and return the same on later ones."""
    return cache(partial(create, *arguments))


def _build_foundations(
    settings: Settings,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
    start_pace: Callable[..., Pace] | None,
) -> Foundations:
    doctors = DoctorRepository()
    return Foundations(
        settings=settings,
        doctors=doctors,
        doctor_cache=DoctorCache(doctors, now),
        days=DayRepository(),
        index=AvailabilityIndex(),
        now=now,
        pause=service_factories.count_retries(pause),
        start_pace=start_pace or partial(Pace, time.monotonic, time.sleep),
    )


def _create_manage_doctors(base: Foundations, listed: ListDoctors) -> ManageDoctors:
    return ManageDoctors(
        base.doctors, base.doctor_cache, base.index, base.now, base.pause, listed.forget
    )


def _create_manage_people(base: Foundations) -> ManagePeople:
    people = PeopleRepository()
    return ManagePeople(people, PeopleCache(people, base.now), base.now, base.pause)


_services: list[Services] = []


def create_services() -> Services:
    """Connect to the table and build the services from the environment.

    Raises:
        SettingsError: the process must not start.
    """
    settings = Settings.from_env(os.environ)
    table.connect(settings.table_name, track_capacity=settings.has_request_log)
    return set_services(build_services(settings))


def set_services(services: Services) -> Services:
    """Install the services of this process."""
    _services[:] = [services]
    settings = services.settings
    set_always_https(settings.is_always_https)
    set_cors_origins(settings.cors_origins)
    texts.set_language(settings.page_language, settings.catalogue_folder)
    return services


def get_services() -> Services:
    """Return the services of this process."""
    return _services[0]
