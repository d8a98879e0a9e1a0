"""The composition root: settings -> table -> repositories -> use cases and authentication."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from chalicelib import service_factories
from chalicelib.service_factories import Foundations
from chalicelib.services import Services
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

    from chalicelib.events.publisher import EventBridgeClient
    from chalicelib.web.auth.session_keys import SecretsClient
    from chalicelib.web.auth.user_directory import CognitoClient


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
    return Services(
        base=base,
        auth=Auth(settings.oidc, local_caller, people, now, secrets_client, cognito_client),
        local_caller=local_caller,
        manage_slots=ManageSlots(base.days, base.doctor_cache, now, base.pause),
        find_slots=FindSlots(base.days, base.index, base.doctor_cache, now, base.pause),
        manage_doctors=_create_manage_doctors(base, doctors),
        manage_people=people,
        list_doctors=doctors,
        health=CheckHealth(table.check_connection, now),
        event_client=event_client,
        log=(log or service_factories.print_line) if settings.has_request_log else None,
    )


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
