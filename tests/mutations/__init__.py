"""Deliberate breaches of what is promised, one at a time, and the test that each must fail."""

from __future__ import annotations

from tests.mutations import of_bookings, of_doctors, of_promises, of_saves, of_use_cases

MUTANTS = (
    *of_saves.MUTANTS,
    *of_bookings.MUTANTS,
    *of_doctors.MUTANTS,
    *of_use_cases.MUTANTS,
    *of_promises.MUTANTS,
)
