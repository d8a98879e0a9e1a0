"""The site's own data: visitors, their names and their bookings, which the API never receives.

It is kept in memory, to keep the example short. A real site has a database, and saves a booking
there before it sends the request, so that it can retry if the response gets lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, cast

from flask import current_app, request, session

if TYPE_CHECKING:
    from datetime import datetime

    from examples.booking_site.api_types import Doctor, Slot
    from examples.booking_site.slots_api import SlotsApi

new_id = partial(secrets.token_urlsafe, 12)


@dataclass(frozen=True, kw_only=True)
class Booking:
    """``changes`` counts how often it has moved."""

    booking_id: str
    doctor: Doctor
    slot: Slot
    patient_name: str
    changes: int = 0


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A reserved slot; ``moves`` is the booking that gets this time, if it is not a new one."""

    booking_id: str
    doctor: Doctor
    slot: Slot
    until: datetime
    moves: Booking | None
    address: str

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.until - now()).total_seconds()))


@dataclass(kw_only=True)
class Visitor:
    """A patient. The API receives only ``reference``; ``booking_to_move`` waits for its new time.

    ``last_hold`` may have expired.
    """

    holder: str
    reference: str = field(default_factory=lambda: secrets.token_hex(6).upper())
    last_hold: Hold | None = None
    booking_to_move: Booking | None = None
    bookings: dict[str, Booking] = field(default_factory=dict)

    @property
    def hold(self) -> Hold | None:
        return self.last_hold if self.last_hold and self.last_hold.seconds_left else None


def visitor() -> Visitor:
    """Return the visitor of the signed session cookie, or a new one."""
    holder = session.setdefault("holder", new_id())
    visitors: dict[str, Visitor] = current_app.config["VISITORS"]
    return visitors.setdefault(holder, Visitor(holder=holder))


def holds_of_neighbours() -> int:
    """Count the holds of other visitors with the same network address.

    A visitor without cookies is a new visitor in every request, but keeps the address. Behind a
    proxy, the proxy must be configured to pass it on (werkzeug's ``ProxyFix``).
    """
    others = [
        other for other in list(current_app.config["VISITORS"].values()) if other is not visitor()
    ]
    return sum(bool(v.hold and v.hold.address == request.remote_addr) for v in others)


def now() -> datetime:
    return cast("datetime", current_app.config["NOW"]())


def slots_api() -> SlotsApi:
    return cast("SlotsApi", current_app.config["API"])
