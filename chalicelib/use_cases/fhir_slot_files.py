"""Divide the slots of all doctors into files that one response can have."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.domain.doctor import Doctor
    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

MAX_FILE_DOCTORS = 25
"""The most doctors of a file of slots."""
# As many as the hours of its doctors make. Slots of former hours come on top: a response has room
# for half as many again (``search_fhir_slots.MAX_FILE_SLOTS``).
_SLOTS_PER_FILE = 8_000
_DAYS_OF_WEEK = 7


class SlotFile(Struct, frozen=True, kw_only=True):
    """The slots of some doctors, by FHIR id; ``days`` of them from ``first_day`` on, or all.

    Days are counted from each doctor's today, which is 0.
    """

    fhir_ids: tuple[str, ...]
    first_day: int = 0
    days: int | None = None


def divide_into_slot_files(owners: Iterable[FhirDoctor]) -> Iterator[SlotFile]:
    """Yield the files that have the booking windows of all doctors."""
    ids: list[str] = []
    total = 0
    for owner in owners:
        count = _count_slots(owner.doctor)
        if count > _SLOTS_PER_FILE:
            yield from _split(owner)
            continue
        if ids and (total + count > _SLOTS_PER_FILE or len(ids) == MAX_FILE_DOCTORS):
            yield SlotFile(fhir_ids=tuple(ids))
            ids, total = [], 0
        ids.append(owner.fhir_id)
        total += count
    if ids:
        yield SlotFile(fhir_ids=tuple(ids))


def _count_slots(doctor: Doctor) -> int:
    """Return how many slots the doctor's hours make in the booking window, at most."""
    return ceil(_window_days(doctor) / _DAYS_OF_WEEK) * doctor.grid.slots_per_week


def _split(owner: FhirDoctor) -> Iterator[SlotFile]:
    days = _SLOTS_PER_FILE // owner.doctor.grid.max_slots_per_day
    for first_day in range(0, _window_days(owner.doctor), days):
        yield SlotFile(fhir_ids=(owner.fhir_id,), first_day=first_day, days=days)


def _window_days(doctor: Doctor) -> int:
    return doctor.booking_window.days + 1
