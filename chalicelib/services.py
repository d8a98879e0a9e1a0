"""The services of a process, which the web layer and the handlers of events call."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import service_factories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.closure_services import ClosureServices
    from chalicelib.domain.permissions import Caller
    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.events.series_queue import ClosureTask, SeriesQueue
    from chalicelib.plan_services import PlanServices
    from chalicelib.service_factories import (
        BookingServices,
        ChangeServices,
        FhirServices,
        Foundations,
    )
    from chalicelib.settings import Settings
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions
    from chalicelib.use_cases.check_health import CheckHealth
    from chalicelib.use_cases.find_slots import FindSlots
    from chalicelib.use_cases.list_doctors import ListDoctors
    from chalicelib.use_cases.list_people import ListPeople
    from chalicelib.use_cases.manage_calendar_feeds import ManageCalendarFeeds
    from chalicelib.use_cases.manage_doctors import ManageDoctors
    from chalicelib.use_cases.manage_people import ManagePeople
    from chalicelib.use_cases.manage_practice import ManagePractice
    from chalicelib.use_cases.manage_slots import ManageSlots
    from chalicelib.use_cases.manage_weeks import ManageWeeks
    from chalicelib.use_cases.publish_changes import PublishChanges
    from chalicelib.use_cases.view_months import ViewMonths
    from chalicelib.use_cases.view_reports import ViewReports
    from chalicelib.web.auth.authentication import Auth
    from chalicelib.webhook_services import WebhookServices


class Services(Struct, frozen=True, kw_only=True, dict=True):
    """What the web layer and the handlers of events call.

    The cached properties create what most requests do not need, and import its modules, on the
    first access. Those of ``publish_changes``, ``audit_copies`` and ``series_queue`` connect to the
    event bus, the bucket and the queue, and raise ``SettingsError`` if the settings have none.
    ``queue_closures`` starts tasks of closures. ``log`` writes a line; None if the request log is
    off.
    """

    base: Foundations
    auth: Auth
    local_caller: Caller | None
    manage_slots: ManageSlots
    find_slots: FindSlots
    manage_doctors: ManageDoctors
    manage_people: ManagePeople
    list_doctors: ListDoctors
    health: CheckHealth
    event_client: Callable[[], EventBridgeClient] | None
    create_webhooks: Callable[[Foundations], WebhookServices] = service_factories.create_webhooks
    queue_closures: Callable[[Services, Sequence[ClosureTask]], None] = (
        service_factories.queue_closures
    )
    log: Callable[[str], None] | None

    @property
    def settings(self) -> Settings:
        return self.base.settings

    @property
    def now(self) -> Callable[[], datetime]:
        return self.base.now

    @property
    def doctors(self) -> DoctorRepository:
        return self.base.doctors

    @cached_property
    def manage_weeks(self) -> ManageWeeks:
        return service_factories.create_manage_weeks(self.base, self.manage_slots)

    @cached_property
    def view_months(self) -> ViewMonths:
        return service_factories.create_view_months(self.base)

    @cached_property
    def practice(self) -> ManagePractice:
        return service_factories.create_practice(self.base, self.manage_slots, self.list_doctors)

    @cached_property
    def list_people(self) -> ListPeople:
        return service_factories.create_list_people(self.base)

    @cached_property
    def bookings(self) -> BookingServices:
        return service_factories.create_booking_services(self.base)

    @cached_property
    def changes(self) -> ChangeServices:
        return service_factories.create_change_services(self.base)

    @cached_property
    def view_reports(self) -> ViewReports:
        return service_factories.create_view_reports(self.base, self.practice)

    @cached_property
    def plans(self) -> PlanServices:
        return service_factories.create_plan_services(self.base)

    @cached_property
    def closures(self) -> ClosureServices:
        return service_factories.create_closure_services(self.base)

    @cached_property
    def series_queue(self) -> SeriesQueue:
        return service_factories.create_series_queue(self.settings)

    @cached_property
    def announce_disruptions(self) -> AnnounceDisruptions:
        return service_factories.create_announce_disruptions(self.base)

    @cached_property
    def publish_changes(self) -> PublishChanges:
        return service_factories.create_publisher(self.settings, self.webhooks, self.event_client)

    @cached_property
    def webhooks(self) -> WebhookServices:
        return self.create_webhooks(self.base)

    @cached_property
    def audit_copies(self) -> AuditCopies:
        return service_factories.create_audit_copies(self.settings)

    @cached_property
    def calendar_feeds(self) -> ManageCalendarFeeds:
        return service_factories.create_calendar_feeds(self.base)

    @cached_property
    def fhir(self) -> FhirServices:
        return service_factories.create_fhir_services(self.base)
