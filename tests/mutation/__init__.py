"""Mutants: deliberate bugs, one at a time, and the test that must fail for each."""

from __future__ import annotations

from tests.mutation.mutants import (
    booking_conditions,
    bookings,
    calendar_feeds,
    disruptions,
    doctors,
    guarantees,
    people,
    plans,
    saves,
    use_cases,
    webhooks,
)

MUTANTS = (
    *saves.MUTANTS,
    *bookings.MUTANTS,
    *booking_conditions.MUTANTS,
    *disruptions.MUTANTS,
    *doctors.MUTANTS,
    *people.MUTANTS,
    *plans.MUTANTS,
    *calendar_feeds.MUTANTS,
    *webhooks.MUTANTS,
    *use_cases.MUTANTS,
    *guarantees.MUTANTS,
)
