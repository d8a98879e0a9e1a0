"""The services of a process, which the web layer and the handlers of events call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import service_factories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.closure_services import ClosureServices
    from chalicelib.domain.permissions import Caller
    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.series_queue import ClosureTask, SeriesQueue
    from chalicelib.plan_services import PlanServices
    from chalicelib.service_factories import BookingServices, ChangeServices, FhirServices
    from chalicelib.settings import Settings
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.use_cases.announce_disruptions import AnnounceDisruptions
    from chalicelib.use_cases.apply_plans import ApplyPlans
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.check_health import CheckHealth
    from chalicelib.use_cases.extend_series import ExtendSeries
    from chalicelib.use_cases.find_slots import FindSlots
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.list_doctors import ListDoctors
    from chalicelib.use_cases.list_people import ListPeople
    from chalicelib.use_cases.list_plans import ListPlans
    from chalicelib.use_cases.list_rebooking import ListRebooking
    from chalicelib.use_cases.list_series import ListSeries
    from chalicelib.use_cases.list_time_off import ListTimeOff
    from chalicelib.use_cases.manage_calendar_feeds import ManageCalendarFeeds
    from chalicelib.use_cases.manage_doctors import ManageDoctors
    from chalicelib.use_cases.manage_people import ManagePeople
    from chalicelib.use_cases.manage_practice import ManagePractice
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
    from chalicelib.use_cases.view_reports import ViewReports
    from chalicelib.web.auth.authentication import Auth
    from chalicelib.webhook_services import WebhookServices


class Services(Struct, frozen=True, kw_only=True):
    """What the web layer and the handlers of events call.

    The properties import their use cases on the first access: most requests need others. Those of
    ``publish_changes``, ``audit_copies`` and ``series_queue`` connect to the event bus, the bucket
    and the queue, and raise ``SettingsError`` if the settings have none. ``queue_closures`` starts
    tasks of closures. ``log`` writes a line; None if the request log is off.
    """

    settings: Settings
    manage_slots: ManageSlots
    _weeks: Callable[[], ManageWeeks]
    _practice: Callable[[], ManagePractice]
    _months: Callable[[], ViewMonths]
    _changes: Callable[[], ChangeServices]
    _plans: Callable[[], PlanServices]
    find_slots: FindSlots
    _bookings: Callable[[], BookingServices]
    manage_doctors: ManageDoctors
    manage_people: ManagePeople
    _list_people: Callable[[], ListPeople]
    doctors: DoctorRepository
    list_doctors: ListDoctors
    health: CheckHealth
    auth: Auth
    now: Callable[[], datetime]
    local_caller: Caller | None
    _publish_changes: Callable[[], PublishChanges]
    _disruptions: Callable[[], AnnounceDisruptions]
    _calendar_feeds: Callable[[], ManageCalendarFeeds]
    _fhir: Callable[[], FhirServices]
    _webhooks: Callable[[], WebhookServices]
    _audit_copies: Callable[[], AuditCopies]
    _series_queue: Callable[[], SeriesQueue]
    _closures: Callable[[], ClosureServices]
    queue_closures: Callable[[Services, Sequence[ClosureTask]], None] = (
        service_factories.queue_closures
    )
    log: Callable[[str], None] | None

    @property
    def manage_weeks(self) -> ManageWeeks:
        return self._weeks()

    @property
    def view_months(self) -> ViewMonths:
        return self._months()

    @property
    def list_changes(self) -> ListChanges:
        return self.changes.list_changes

    @property
    def undo_changes(self) -> UndoChanges:
        return self.changes.undo_changes

    @property
    def list_series(self) -> ListSeries:
        return self.plans.list_series

    @property
    def list_plans(self) -> ListPlans:
        return self.plans.list_plans

    @property
    def propose_series(self) -> ProposeSeries:
        return self.plans.propose_series

    @property
    def propose_imports(self) -> ProposeImports:
        return self.plans.propose_imports

    @property
    def propose_time_off(self) -> ProposeTimeOff:
        return self.plans.propose_time_off

    @property
    def list_time_off(self) -> ListTimeOff:
        return self.plans.list_time_off

    @property
    def propose_undos(self) -> ProposeUndos:
        return self.plans.propose_undos

    @property
    def apply_plans(self) -> ApplyPlans:
        return self.plans.apply_plans

    @property
    def extend_series(self) -> ExtendSeries:
        return self.plans.extend_series

    @property
    def announce_disruptions(self) -> AnnounceDisruptions:
        return self._disruptions()

    @property
    def book_slots(self) -> BookSlots:
        return self._bookings().book_slots

    @property
    def list_rebooking(self) -> ListRebooking:
        return self._bookings().list_rebooking

    @property
    def offer_slots(self) -> OfferSlots:
        return self._bookings().offer_slots

    @property
    def override_bookings(self) -> OverrideBookings:
        return self._bookings().override_bookings

    @property
    def view_reports(self) -> ViewReports:
        return self.changes.view_reports()

    @property
    def practice(self) -> ManagePractice:
        return self._practice()

    @property
    def list_people(self) -> ListPeople:
        return self._list_people()

    @property
    def publish_changes(self) -> PublishChanges:
        return self._publish_changes()

    @property
    def calendar_feeds(self) -> ManageCalendarFeeds:
        return self._calendar_feeds()

    @property
    def fhir(self) -> FhirServices:
        return self._fhir()

    @property
    def webhooks(self) -> WebhookServices:
        return self._webhooks()

    @property
    def audit_copies(self) -> AuditCopies:
        return self._audit_copies()

    @property
    def series_queue(self) -> SeriesQueue:
        return self._series_queue()

    @property
    def closures(self) -> ClosureServices:
        return self._closures()

    @property
    def changes(self) -> ChangeServices:
        return self._changes()

    @property
    def plans(self) -> PlanServices:
        return self._plans()
