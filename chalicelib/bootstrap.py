"""Settings -> table -> repositories -> use cases, put together once per process."""

from __future__ import annotations

import os
import random
import sys
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib import observation
from chalicelib.domain.caller import Caller, Role
from chalicelib.settings import Settings
from chalicelib.storage import table
from chalicelib.storage.bookings import BookingRepository
from chalicelib.storage.days import DayRepository
from chalicelib.storage.doctors import DoctorRepository
from chalicelib.storage.recent_doctors import DoctorCache
from chalicelib.storage.search_index import AvailabilityIndex
from chalicelib.use_cases.book_slots import BookSlots
from chalicelib.use_cases.find_slots import FindSlots
from chalicelib.use_cases.keep_doctors import KeepDoctors
from chalicelib.use_cases.manage_slots import ManageSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.events import bus
    from chalicelib.use_cases.tell_followers import TellFollowers

_SHORTEST_PAUSE = 0.02
_LONGEST_PAUSE = 0.5


class Services(Struct, frozen=True, kw_only=True):
    """What the web layer calls.

    ``followers`` connects to the event bus when it is called first, and raises ``SettingsError``
    where none is named. ``log`` takes a line; None where none is wanted.
    """

    settings: Settings
    manage_slots: ManageSlots
    find_slots: FindSlots
    book_slots: BookSlots
    keep_doctors: KeepDoctors
    doctors: DoctorRepository
    now: Callable[[], datetime]
    local_caller: Caller | None
    followers: Callable[[], TellFollowers]
    log: Callable[[str], None] | None


def assemble(
    settings: Settings,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[int], None] | None = None,
    event_client: Callable[[], bus.EventBridgeClient] | None = None,
    log: Callable[[str], None] | None = None,
) -> Services:
    """Build everything upon the table that is connected; tests pass what is their own."""
    doctors = DoctorRepository()
    recent = DoctorCache(doctors, now)
    days = DayRepository()
    index = AvailabilityIndex()
    pause = _noted(pause or pause_after)

    return Services(
        settings=settings,
        manage_slots=ManageSlots(days, recent, now, pause),
        find_slots=FindSlots(days, index, recent, now, pause),
        book_slots=BookSlots(BookingRepository(), recent, now, pause),
        keep_doctors=KeepDoctors(doctors, recent, index, now, pause),
        doctors=doctors,
        now=now,
        local_caller=_local_caller(settings),
        followers=cache(lambda: _followers(settings, event_client)),
        log=(log or _print) if settings.logs_requests else None,
    )


def _followers(
    settings: Settings, client: Callable[[], bus.EventBridgeClient] | None
) -> TellFollowers:
    # No request needs another AWS client: only the function that listens to the stream.
    from chalicelib.events import bus  # noqa: PLC0415
    from chalicelib.use_cases.tell_followers import TellFollowers  # noqa: PLC0415

    name = settings.require_event_bus()
    return TellFollowers(bus.EventPublisher((client or bus.create_client)(), name))


def _local_caller(settings: Settings) -> Caller | None:
    name = settings.local_caller
    if name is None:
        return None
    roles = frozenset({Role.DOCTOR, Role.ADMIN})
    return Caller(name=name, client="local", roles=roles, doctor_id=name)


def _noted(pause: Callable[[int], None]) -> Callable[[int], None]:
    """There is a pause before each further attempt, and only there."""

    def noted(attempt: int) -> None:
        observation.current().counts["ConflictsRetried"] += 1
        pause(attempt)

    return noted


def _print(line: str) -> None:
    # In one piece, and at once: Lambda freezes the process between two requests.
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def pause_after(attempt: int) -> None:
    """Full jitter: those who lost a race together must not come back together."""
    longest = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2**attempt)
    time.sleep(random.uniform(0, longest))  # noqa: S311  # nosec B311  no secret


_running: list[Services] = []


def start() -> Services:
    """Connect to the table that the environment names, and run what it asks for.

    Raises ``SettingsError`` where the process must not start.
    """
    settings = Settings.of(os.environ)
    table.connect(settings.table_name, track_capacity=settings.logs_requests)
    return run(assemble(settings))


def run(services: Services) -> Services:
    """Make these the services of the process."""
    _running[:] = [services]
    return services


def services() -> Services:
    """What ``start`` put together."""
    return _running[0]
