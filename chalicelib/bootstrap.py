"""The composition root: settings -> table -> repositories -> use cases and authentication."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import request_context
from chalicelib.domain.permissions import Caller, Role
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
from chalicelib.use_cases.retry import backoff
from chalicelib.web import texts
from chalicelib.web.auth.authentication import Auth
from chalicelib.web.http.request import set_always_https

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.events.audit_copy import AuditCopies
    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.use_cases.book_slots import BookSlots
    from chalicelib.use_cases.list_changes import ListChanges
    from chalicelib.use_cases.manage_weeks import ManageWeeks
    from chalicelib.use_cases.override_bookings import OverrideBookings
    from chalicelib.use_cases.publish_changes import PublishChanges
    from chalicelib.use_cases.undo_changes import UndoChanges
    from chalicelib.use_cases.view_months import ViewMonths
    from chalicelib.web.auth.session_keys import SecretsClient
    from chalicelib.web.auth.user_directory import CognitoClient


class Services(Struct, frozen=True, kw_only=True):
    """What the web layer and the stream handler call.

    ``bookings``, ``changes``, ``weeks`` and ``months`` import their use cases on the first call:
    most requests are others, and a process starts sooner without them.
    ``publish_changes`` and ``audit_copies`` connect to the event bus and the bucket on the first
    call, and raise ``SettingsError`` if the settings have none. ``log`` writes a line; None if the
    request log is off.
    """

    settings: Settings
    manage_slots: ManageSlots
    weeks: Callable[[], ManageWeeks]
    months: Callable[[], ViewMonths]
    changes: Callable[[], ChangeServices]
    find_slots: FindSlots
    bookings: Callable[[], BookingServices]
    manage_doctors: ManageDoctors
    manage_people: ManagePeople
    doctors: DoctorRepository
    list_doctors: ListDoctors
    health: CheckHealth
    auth: Auth
    now: Callable[[], datetime]
    local_caller: Caller | None
    publish_changes: Callable[[], PublishChanges]
    audit_copies: Callable[[], AuditCopies]
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
    def book_slots(self) -> BookSlots:
        return self.bookings().book_slots

    @property
    def override_bookings(self) -> OverrideBookings:
        return self.bookings().override_bookings


class ChangeServices(Struct, frozen=True, kw_only=True):
    """The use cases of the audit log: list changes, and undo one."""

    list_changes: ListChanges
    undo_changes: UndoChanges


class BookingServices(Struct, frozen=True, kw_only=True):
    """The use cases of bookings: by a client, and against its will."""

    book_slots: BookSlots
    override_bookings: OverrideBookings


def build_services(
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[int], None] | None = None,
    event_client: Callable[[], EventBridgeClient] | None = None,
    secrets_client: Callable[[], SecretsClient] | None = None,
    cognito_client: Callable[[], CognitoClient] | None = None,
    log: Callable[[str], None] | None = None,
) -> Services:
    """Build the services on the connected table; tests pass their own clock, pause and clients."""
    doctors = DoctorRepository()
    doctor_cache = DoctorCache(doctors, now)
    days = DayRepository()
    index = AvailabilityIndex()
    pause = _count_retries(pause or backoff)
    local_caller = _build_local_caller(settings)
    people = PeopleRepository()
    manage_people = ManagePeople(people, PeopleCache(people, now), now, pause)

    manage_slots = ManageSlots(days, doctor_cache, now, pause)

    return Services(
        settings=settings,
        manage_slots=manage_slots,
        weeks=cache(lambda: _create_manage_weeks(manage_slots, days, doctor_cache, now, pause)),
        months=cache(lambda: _create_view_months(days, doctor_cache, now, pause)),
        changes=cache(lambda: _create_change_services(settings, days, doctor_cache, now, pause)),
        find_slots=FindSlots(days, index, doctor_cache, now, pause),
        bookings=cache(lambda: _create_booking_services(settings, doctor_cache, now, pause)),
        manage_doctors=ManageDoctors(doctors, doctor_cache, index, now, pause),
        manage_people=manage_people,
        doctors=doctors,
        list_doctors=ListDoctors(doctors, doctor_cache, now),
        health=CheckHealth(table.check_connection, now),
        auth=Auth(settings.oidc, local_caller, manage_people, now, secrets_client, cognito_client),
        now=now,
        local_caller=local_caller,
        publish_changes=cache(lambda: _create_publish_changes(settings, event_client)),
        audit_copies=cache(lambda: _create_audit_copies(settings)),
        log=(log or _print_line) if settings.has_request_log else None,
    )


def _create_manage_weeks(
    manage_slots: ManageSlots,
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> ManageWeeks:
    from chalicelib.use_cases.manage_weeks import ManageWeeks  # noqa: PLC0415

    return ManageWeeks(manage_slots, days, doctor_cache, now, pause)


def _create_view_months(
    days: DayRepository,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> ViewMonths:
    from chalicelib.use_cases.view_months import ViewMonths  # noqa: PLC0415

    return ViewMonths(days, doctor_cache, now, pause)


def _create_change_services(
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


def _create_booking_services(
    settings: Settings,
    doctor_cache: DoctorCache,
    now: Callable[[], datetime],
    pause: Callable[[int], None],
) -> BookingServices:
    # These modules define two dozen dataclasses, which take a twentieth of a cold start.
    from chalicelib.domain.booking import BookingRules  # noqa: PLC0415
    from chalicelib.storage.booking_repository import BookingRepository  # noqa: PLC0415
    from chalicelib.use_cases.book_slots import BookSlots  # noqa: PLC0415
    from chalicelib.use_cases.override_bookings import OverrideBookings  # noqa: PLC0415

    bookings = BookingRepository()
    rules = BookingRules(
        max_holds=settings.max_holds_per_client,
        reference_retention=timedelta(days=settings.patient_reference_days),
    )
    return BookingServices(
        book_slots=BookSlots(bookings, doctor_cache, rules, now, pause),
        override_bookings=OverrideBookings(bookings, doctor_cache, rules, now, pause),
    )


def _create_publish_changes(
    settings: Settings, client: Callable[[], EventBridgeClient] | None
) -> PublishChanges:
    # Only the stream handler needs another AWS client, which slows a cold start.
    from chalicelib.events.publisher import EventPublisher, create_client  # noqa: PLC0415
    from chalicelib.use_cases.publish_changes import PublishChanges  # noqa: PLC0415

    name = settings.require_event_bus()
    return PublishChanges(EventPublisher((client or create_client)(), name))


def _create_audit_copies(settings: Settings) -> AuditCopies:
    # Only its stream handler needs this AWS client.
    from chalicelib.events.audit_copy import AuditCopies, create_client  # noqa: PLC0415

    return AuditCopies(create_client(), settings.require_audit_bucket())


def _build_local_caller(settings: Settings) -> Caller | None:
    name = settings.local_caller
    if name is None:
        return None
    roles = frozenset({Role.DOCTOR, Role.ADMIN})
    return Caller(name=name, client="local", roles=roles, doctor_id=name)


def _count_retries(pause: Callable[[int], None]) -> Callable[[int], None]:
    """Count each pause as a retry, because every retry pauses first and nothing else does."""

    def counted(attempt: int) -> None:
        request_context.current_request().metrics["ConflictsRetried"] += 1
        pause(attempt)

    return counted


def _print_line(line: str) -> None:
    # In one write, and flushed: Lambda freezes the process between two requests.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


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
    texts.set_language(settings.page_language, settings.catalogue_folder)
    return services


def get_services() -> Services:
    """Return the services of this process."""
    return _services[0]
