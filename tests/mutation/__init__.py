"""Mutants: deliberate bugs, one at a time, and the test that must fail for each."""

from __future__ import annotations

from tests.mutation.mutants import bookings, doctors, guarantees, people, saves, use_cases

MUTANTS = (
    *saves.MUTANTS,
    *bookings.MUTANTS,
    *doctors.MUTANTS,
    *people.MUTANTS,
    *use_cases.MUTANTS,
    *guarantees.MUTANTS,
)
