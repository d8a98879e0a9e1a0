"""The requests of time off, closures and overrides whose capacity is calculated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.booking import Booking
from chalicelib.domain.permissions import Caller, Role
from chalicelib.domain.slot import SlotId
from chalicelib.use_cases.manage_closures import ClosureRequest
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.capacity import CapacityRecorder
    from chalicelib.domain.slot import Slot
    from tests.support.app_client import AppClient, AppResponse

_PLANS = "/doctors/dr-lee/plans"
_FIVE_MINUTES = timedelta(minutes=5)
_SITE = Caller(name="a-site", client="a-site", roles=frozenset({Role.BOOKING_SITE}))
# Dates on which the requests before have left all slots open.
_AWAY, _CLOSED = (MONDAY + timedelta(days=n) for n in (3, 5))


def measure_time_off(
    client: AppClient, measure: CapacityRecorder, slots_of_hours: Sequence[Slot]
) -> None:
    """Measure time off of a date with all slots open, a closure of one, and overrides."""
    away = {"kind": "time_off", "name": "Away", "act": "stop"}
    of_date = {**away, "from": str(_AWAY), "to": str(_AWAY)}
    time_off_id = _measure_plan(client, measure, "time off, one date", of_date)
    lifting = {"kind": "lift_time_off", "time_off_id": time_off_id}
    _measure_plan(client, measure, "lifting of time off, one date", lifting)
    _measure_closure(client, measure)
    first, second, third = slots_of_hours
    hours = {**away, "from": first.start.isoformat(), "to": first.end.isoformat()}
    plan = client.post(_PLANS, hours).json
    client.post(f"{_PLANS}/{plan['plan_id']}/steps", {})
    _measure_bookings(client, measure, second, third)


def _measure_plan(
    client: AppClient, measure: CapacityRecorder, title: str, request: dict[str, str]
) -> str:
    """Return the id of the time off."""
    proposed: list[AppResponse] = []
    measure(f"proposal of {title}", lambda: proposed.append(client.post(_PLANS, request)))
    plan = proposed[0].json
    measure(f"step of {title}", lambda: client.post(f"{_PLANS}/{plan['plan_id']}/steps", {}))
    return str(plan["time_off_id"])


def _measure_closure(client: AppClient, measure: CapacityRecorder) -> None:
    closures, admin = client.services.closures, client.caller
    request = ClosureRequest(name="Holiday", first=_CLOSED, last=_CLOSED)
    (closure,) = closures.manage.create(admin, [request])

    def apply() -> None:
        closures.apply.apply(closure.closure_id, "dr-lee")

    measure("closure of one date, for a doctor", apply)
    closures.manage.lift(admin, closure.closure_id)
    measure("lifting of a closure, for a doctor", apply)


def _measure_bookings(
    client: AppClient, measure: CapacityRecorder, held: Slot, booked: Slot
) -> None:
    services = client.services.bookings
    site, overrides = services.book_slots, services.override_bookings
    slot_id, other = (SlotId("dr-lee", slot.start) for slot in (held, booked))
    measure(
        "hold on a day with time off", lambda: site.hold(_SITE, slot_id, "hannah", _FIVE_MINUTES)
    )
    site.book(_SITE, other, Booking(booking_id="b-9", patient_reference="ref-1"))
    measure("release by the practice", lambda: overrides.release(client.caller, slot_id, "r"))
    measure("mark of a booking", lambda: overrides.disrupt(client.caller, other, "ill"))
    client.clock.now += timedelta(minutes=11)
    client.get_day()  # fills the cache of doctors, which has expired
    announce = client.services.announce_disruptions.announce_all
    measure("announcement of one mark", announce)
    measure("revocation", lambda: overrides.revoke(client.caller, other, "by mistake"))
