"""The cache of doctors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.storage.doctor_cache import TTL, DoctorCache
from chalicelib.storage.doctor_repository import DoctorRepository
from tests.support.clock import Clock
from tests.support.factories import SUNDAY_NOON, make_doctor

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor


def make_version(number: int) -> Doctor:
    return replace(make_doctor(), version=number)


def test_doctor_is_cached_for_less_than_ten_seconds() -> None:
    clock = Clock()
    recent = DoctorCache(DoctorRepository(), clock)
    recent.put(make_version(1), SUNDAY_NOON)

    clock.now = SUNDAY_NOON + TTL - timedelta(microseconds=1)
    assert recent.peek("dr-lee") == make_version(1)
    clock.now = SUNDAY_NOON + TTL
    assert recent.peek("dr-lee") is None


def test_late_read_does_not_replace_newer_version() -> None:
    recent = DoctorCache(DoctorRepository(), Clock())
    recent.put(make_version(2), SUNDAY_NOON)

    assert recent.put(make_version(1), SUNDAY_NOON) == make_version(1)

    assert recent.peek("dr-lee") == make_version(2)


def test_restored_older_version_is_used_after_ten_seconds() -> None:
    clock = Clock()
    recent = DoctorCache(DoctorRepository(), clock)
    recent.put(make_version(2), SUNDAY_NOON)
    clock.now += TTL

    recent.put(make_version(1), clock.now)

    assert recent.peek("dr-lee") == make_version(1)


def test_clock_set_back_does_not_extend_entries() -> None:
    clock = Clock()
    recent = DoctorCache(DoctorRepository(), clock)
    recent.put(make_version(1), SUNDAY_NOON)

    clock.now -= timedelta(seconds=1)

    assert recent.peek("dr-lee") is None


def test_time_zone_is_cached_forever() -> None:
    clock = Clock()
    recent = DoctorCache(DoctorRepository(), clock)
    recent.put(make_version(1), SUNDAY_NOON)
    clock.now += timedelta(days=365)

    assert recent.get_zone("dr-lee").key == "Europe/London"


def test_cache_size_is_limited() -> None:
    recent = DoctorCache(DoctorRepository(), Clock())
    for number in range(5_000):
        recent.put(make_doctor(f"dr-{number}"), SUNDAY_NOON)

    known = [number for number in range(5_000) if recent.peek(f"dr-{number}")]
    assert known == list(range(5_000 - 4_096, 5_000))
