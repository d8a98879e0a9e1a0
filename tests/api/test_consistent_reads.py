"""Which reads are strongly consistent."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.person import Account
from tests.support.app_client import slot_path
from tests.support.calendar_feeds import FEEDS, feed_path, post_feed
from tests.support.factories import MONDAY
from tests.support.plans import MORNING, PLANS, propose, series_json, step
from tests.support.time_off import lift, take_time_off
from tests.support.webhooks import WEBHOOK_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient


READS: dict[str, Callable[[AppClient], object]] = {
    "a day": lambda client: client.get_day(),
    "a poll of a day": lambda client: client.services.manage_slots.get_day_cached(
        client.caller, "dr-lee", MONDAY
    ),
    "the history of a date": lambda client: client.get(f"/slots/history?date={MONDAY}"),
    "the changes of a date": lambda client: client.get(f"/doctors/dr-lee/changes?date={MONDAY}"),
    "the changes of a week": lambda client: client.get(
        f"/doctors/dr-lee/changes?from={MONDAY}&to={MONDAY + timedelta(days=6)}"
    ),
    "a slot": lambda client: client.get_slot("09:00"),
    "the slots of a doctor": lambda client: client.list_available(),
    "a doctor": lambda client: client.get("/doctors/dr-lee"),
    "the doctors of a delegate": lambda client: client.services.doctors.list_for_delegate("sam"),
    "a person": lambda client: client.services.manage_people.is_token_valid(
        "dr-lee", Account("https://issuer", "x"), None
    ),
    "the days of a relocated doctor": lambda client: client.update_doctor(location="Leeds"),
}


@contextmanager
def recorded_reads(client: AppClient) -> Iterator[list[tuple[str, bool]]]:
    """Yield a list of the reads of the block, each with whether it is consistent."""
    calls: list[tuple[str, bool]] = []

    def record(request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        operation = event_name.rpartition(".")[2]
        if operation in {"GetItem", "Query", "BatchGetItem"}:
            assert isinstance(request.body, bytes)
            body: dict[str, Any] = json.loads(request.body)
            (batch,) = body.get("RequestItems", {"": body}).values()
            calls.append((operation, batch.get("ConsistentRead", False)))

    with client.before_call("*", record):
        yield calls


@pytest.mark.parametrize("is_cached", [False, True], ids=["uncached", "cached"])
@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_reads_of_doctors_time_are_consistent(
    client: AppClient, read: Callable[[AppClient], object], *, is_cached: bool
) -> None:
    client.save("09:00")
    client.clock.now += timedelta(minutes=1)
    if is_cached:
        client.get_day()

    with recorded_reads(client) as calls:
        read(client)

    assert calls
    assert [operation for operation, is_consistent in calls if not is_consistent] == []


BOOKING_READS: dict[str, Callable[[AppClient], object]] = {
    "the bookings of a doctor": lambda client: client.list_bookings(),
    "the holds of a client": lambda client: client.delete("/doctors/dr-lee/holds?client_id=x"),
    # They find other doctors in the index, which has no consistent read, unless one is enough.
    "a slot with the offer of another": lambda client: client.get(
        f"{slot_path('09:00')}/offers?limit=1"
    ),
    "a slot with its record": lambda client: client.override("revoke", "09:00"),
}


@pytest.mark.parametrize("read", BOOKING_READS.values(), ids=BOOKING_READS)
def test_reads_of_bookings_are_consistent(
    client: AppClient, read: Callable[[AppClient], object]
) -> None:
    client.save("09:00", "09:30")

    with recorded_reads(client) as calls:
        read(client)

    assert calls
    assert [operation for operation, is_consistent in calls if not is_consistent] == []


def test_reads_of_plans_are_consistent(client: AppClient) -> None:
    plan = propose(client, series_json({"mon": MORNING}, last=MONDAY)).json

    with recorded_reads(client) as calls:
        step(client, plan)
        client.delete(f"{PLANS}/{plan['plan_id']}")
        client.get(PLANS)
        client.get("/doctors/dr-lee/series")
        client.get("/doctors/dr-lee/time-off")
        client.get("/closures")
        client.get("/closures/c-1")
        created = post_feed(client)
        client.get(feed_path(created))
        client.post(f"{FEEDS}/{created.json['feed_id']}/renew", {})
        lift(client, take_time_off(client)["time_off_id"])
        doctor = client.services.doctors.get("dr-lee")
        client.services.changes.list_changes.find_settings_authors(client.caller, doctor, 0)

    assert calls
    assert [operation for operation, is_consistent in calls if not is_consistent] == []


def test_reads_of_webhooks_are_consistent(client: AppClient) -> None:
    with recorded_reads(client) as calls:
        for operation in WEBHOOK_OPERATIONS.values():
            assert operation(client).status < 300

    assert calls
    assert [operation for operation, is_consistent in calls if not is_consistent] == []
