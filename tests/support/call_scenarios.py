"""Scenarios of requests whose calls of DynamoDB are counted, and changes of their circumstances."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY, to_instant
from tests.support.page_form import HtmlForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse

    Send = Callable[[], AppResponse]
    # Prepares a request, and returns the function that sends it.
    Scenario = Callable[[AppClient], Send]


def at_time(time: str, send: Scenario, **changes: object) -> Scenario:
    """Make a scenario at another time of Monday, with changed settings of Dr Lee."""

    def prepare(client: AppClient) -> Send:
        client.clock.now = to_instant(time)
        client.update_doctor("dr-lee", **changes)
        return send(client)

    return prepare


def other_length(send: Scenario) -> Scenario:
    """Make a scenario after a change of Dr Lee's slot length."""

    def prepare(client: AppClient) -> Send:
        client.set_slot_minutes("dr-lee", minutes=60)
        return send(client)

    return prepare


def uncached(send: Scenario) -> Scenario:
    """Make a scenario in which the cached doctors have expired."""

    def prepare(client: AppClient) -> Send:
        sending = send(client)
        client.clock.now += timedelta(seconds=10)
        return sending

    return prepare


def conflicting_saves(client: AppClient) -> Send:
    """A save, and another one between its read and its write."""

    def send() -> AppResponse:
        with client.with_concurrent_save("11:00"):
            return client.save("11:30")

    return send


def date_after(days: int) -> str:
    """Return the date a number of days after Monday."""
    return (MONDAY + timedelta(days=days)).isoformat()


def settings(client: AppClient, **changes: object) -> Send:
    """Prepare a change of Dr Lee's settings."""
    body = client.get("/doctors/dr-lee").json | changes
    return lambda: client.put(f"/doctors/{body['doctor_id']}", body)


def save_again(client: AppClient) -> Send:
    """A save that was carried out before."""
    client.save("11:00", Idempotency_Key="once")
    return lambda: client.save("11:00", Idempotency_Key="once")


def settings_redraw(client: AppClient) -> Send:
    """Send the form of the settings as htmx does after a change of a field."""
    form = HtmlForm(client.get("/settings?doctor_id=dr-lee", Accept="text/html"))
    form.set(slot_minutes="20", act="show")
    return lambda: form.send(client, HX_Request="true")


def relocation(client: AppClient) -> Send:
    """Another location of a doctor with 25 coming days."""
    for days in range(1, 25):
        client.save("11:00", date=date_after(days))
    return settings(client, location="Leeds")


def practice_day(client: AppClient) -> Send:
    """Read a date of two doctors."""
    query = f"doctor_id=dr-lee&doctor_id=dr-twenty&date={MONDAY}"
    return lambda: client.get(f"/practice?{query}")


def practice_save(client: AppClient) -> Send:
    """Save a date of two doctors."""
    slots = [{"start": "11:00", "status": "free"}]
    doctors = [{"doctor_id": doctor_id, "slots": slots} for doctor_id in ("dr-lee", "dr-twenty")]
    return lambda: client.post("/practice", {"date": MONDAY.isoformat(), "doctors": doctors})
