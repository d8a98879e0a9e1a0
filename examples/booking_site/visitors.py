"""The site's own data: visitors, their names and their bookings, which the API never receives."""

import secrets
from dataclasses import dataclass, field
from functools import partial

from flask import g, request

from examples.booking_site.slots_api import Json

new_id = partial(secrets.token_urlsafe, 12)


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

    @property
    def hold(self) -> Appointment | None:
        return self.last_hold if self.last_hold and self.last_hold.seconds_left else None


def neighbours_with_hold() -> int:
    """Count the other visitors of a network address who hold a time (a proxy: ``ProxyFix``)."""
    others = [other for other in list(g.visitors.values()) if other is not g.visitor]
    return sum(bool(v.hold and v.address == request.remote_addr) for v in others)
