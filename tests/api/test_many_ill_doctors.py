"""A seeded morning of a practice: doctors are ill, and all their patients rebook at once."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.app_client import slot_path
from tests.support.factories import DOCTOR_SETTINGS, date_range
from tests.support.profile import rounds

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

# With more, a transaction on moto takes seconds: it copies the table for each item.
ILL_DOCTORS = rounds(daily=2, nightly=8)
STARTS = ("09:00", "09:30", "10:00")
LIMIT = 3
SETTINGS = DOCTOR_SETTINGS | {"specialty": "simulated"}
DATES = date_range(3)


def open_practice(client: AppClient) -> dict[str, str]:
    """Make ill doctors with patients, and others with as many free slots; return the bookings.

    They are slot paths by booking id.
    """
    bookings = {}
    for number in range(ILL_DOCTORS):
        ill, well = f"ill-{number}", f"well-{number}"
        for doctor_id in (ill, well):
            assert client.put(f"/doctors/{doctor_id}", SETTINGS).status == 201
        client.save(*STARTS, doctor_id=ill)
        client.save(*STARTS, doctor_id=well, date=DATES[number % len(DATES)])
        for start in STARTS:
            booking_id = f"{ill}-{start[:2]}{start[3:]}"
            assert client.book(start, booking_id, ill).status == 201
            bookings[booking_id] = slot_path(start, ill)
    client.clock.now += timedelta(seconds=1)
    for path in bookings.values():
        assert client.post(f"{path}/disrupt", {"reason": "ill"}).status == 200
    return bookings


def offers(client: AppClient, path: str) -> list[str]:
    found = client.get(f"{path}/offers?limit={LIMIT}").json["offers"]
    return [offer["slot_id"] for offer in found]


def test_every_patient_of_ill_doctors_rebooks(client: AppClient) -> None:
    bookings = open_practice(client)

    # At first, all look at the same time.
    offered = Counter(slot for path in bookings.values() for slot in offers(client, path))
    assert max(offered.values()) <= LIMIT
    assert len(offered) == len(bookings)

    # Then they choose, each one after the other in some order, until none is left.
    chooser = random.Random(20261128)
    waiting = list(bookings)
    chooser.shuffle(waiting)
    rebooked: list[str] = []
    for booking_id in waiting:
        path = bookings[booking_id]
        chosen = chooser.choice(offers(client, path))
        body = {
            "booking_id": booking_id,
            "patient_reference": "ref-1",
            "moves": path.removeprefix("/slots/"),
        }
        assert client.put(f"/slots/{chosen}/booking", body).status == 201
        rebooked.append(chosen)
        client.clock.now += timedelta(seconds=1)

    assert len(set(rebooked)) == len(bookings)
    assert all(client.get(path).status == 404 for path in bookings.values())
