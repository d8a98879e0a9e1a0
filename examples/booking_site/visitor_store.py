"""The site's own data: visitors, their names and their bookings, which the API never receives.

It is kept in memory, to keep the example short. A real site has a database, and saves a booking
there before it sends the request, so that it can retry if the response gets lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from examples.booking_site.api_models import Doctor, Slot

new_id = partial(secrets.token_urlsafe, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    booking_id: str
    doctor: Doctor
    slot: Slot
    patient_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A slot that is reserved while the visitor fills in the form.

    ``moves`` is the booking that gets this time, if it is not a new one. ``address`` is the network
    address of the visitor.
    """

    booking_id: str
    doctor: Doctor
    slot: Slot
    until: datetime
    moves: Booking | None
    address: str


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A patient and their bookings by id.

    ``reference`` is the only thing that the API receives about them; ``booking_to_move`` waits for
    its new time.
    """

    holder: str
    reference: str = field(default_factory=new_id)
    hold: Hold | None = None
    booking_to_move: Booking | None = None
    bookings: dict[str, Booking] = field(default_factory=dict)


class VisitorStore:
    """All visitors by their ``holder``."""

    def __init__(self) -> None:
        self._visitors: dict[str, Visitor] = {}

    def get_or_create(self, holder: str) -> Visitor:
        return self._visitors.setdefault(holder, Visitor(holder=holder))

    def count_holds(self, address: str, now: datetime, *, besides: Visitor) -> int:
        """Count the current holds of all other visitors with this network address."""
        return sum(
            visitor.hold is not None
            and visitor.hold.address == address
            and now < visitor.hold.until
            for visitor in self._visitors.values()
            if visitor is not besides
        )
