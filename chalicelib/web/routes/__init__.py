"""Routes: parse a request, call one use case, serialize or render the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.routes import (
    account,
    auth,
    availability,
    booking_pages,
    bookings,
    calendar_feeds,
    changes,
    closures,
    doctor_pages,
    doctors,
    exports,
    fhir,
    meta,
    overrides,
    people,
    plans,
    practice,
    reports,
    sections,
    series_pages,
    slots,
    time_off,
    webhooks,
    weeks,
)

if TYPE_CHECKING:
    from chalicelib.web.routing import Router

ROUTERS: tuple[Router, ...] = (
    slots.routes,
    weeks.routes,
    practice.routes,
    reports.routes,
    changes.routes,
    plans.routes,
    exports.routes,
    time_off.routes,
    closures.routes,
    calendar_feeds.routes,
    doctor_pages.routes,
    doctors.routes,
    availability.routes,
    bookings.routes,
    webhooks.routes,
    people.routes,
    sections.routes,
    booking_pages.routes,
    series_pages.routes,
    overrides.routes,
    fhir.routes,
    meta.routes,
    auth.routes,
    account.routes,
)
"""Every router, in the order of the API reference."""
