"""What the site itself keeps: names and bookings, which are no business of the API.

In memory, to keep the example short: a real site has a database here, and writes a booking into it
before it asks the API, so as to ask again if the answer gets lost.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from examples.booking_site.slots_api import Doctor, Slot

new_id = partial(secrets.token_urlsafe, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    booking_id: str
    doctor: Doctor
    slot: Slot
    patient_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A slot that waits for the visitor to book it, or to move a booking to it."""

    booking_id: str
    doctor: Doctor
    slot: Slot
    until: datetime
    moves: Booking | None


@dataclass(slots=True, kw_only=True)
class Visitor:
    """A patient with her bookings by id; ``reference`` is all that the API is told of her."""

    holder: str = field(default_factory=new_id)
    reference: str = field(default_factory=new_id)
    hold: Hold | None = None
    moving: Booking | None = None
    bookings: dict[str, Booking] = field(default_factory=dict)
