"""The site's own data: visitors, their names and their bookings, which the API never receives."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from flask import g, request

from examples.booking_site.slots_api import Json

new_id = partial(secrets.token_urlsafe, 12)
_count = Lock()


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """A held or booked slot; ``moves`` is the booking that gets this time, if it is not new."""

    booking_id: str
    doctor: Json
    slot: Json
    moves: "Appointment | None" = None
    patient_name: str = ""
    changes: int = 0

    @property
    def seconds_left(self) -> int:
        """The rest of the hold."""
        return max(0, int((self.slot["held_until"] - g.now).total_seconds()))


@dataclass(kw_only=True)
class Visitor:
    """A patient; ``last_hold`` may have expired, ``booking_to_move`` waits for its new time."""

    holder: str
    address: str = ""
    reference: str = field(default_factory=lambda: secrets.token_hex(6).upper())
    last_hold: Appointment | None = None
    booking_to_move: Appointment | None = None
    bookings: dict[str, Appointment] = field(default_factory=dict)
    is_requesting: bool = False
    lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def hold(self) -> Appointment | None:
        return self.last_hold if self.last_hold and self.last_hold.seconds_left else None


@contextmanager
def room_for_hold(limit: int) -> Iterator[bool]:
    """Reserve one of the holds of the visitor's address for the block; False if there is none left.

    Requests at the same time would all find room otherwise. Those of one visitor wait for each
    other, because each replaces the hold of the one before. Behind a proxy, the site needs
    werkzeug's ``ProxyFix`` to know the address.
    """
    visitor, address = g.visitor, request.remote_addr or ""
    with visitor.lock:
        with _count:
            has_room = _neighbours_with_hold(address) < limit
            if has_room:
                visitor.address, visitor.is_requesting = address, True
        try:
            yield has_room
        finally:
            visitor.is_requesting = False


def _neighbours_with_hold(address: str) -> int:
    others = [other for other in list(g.visitors.values()) if other is not g.visitor]
    return sum((v.is_requesting or bool(v.hold)) and v.address == address for v in others)
