"""Events about disrupted bookings: from the schedule through the stream to a subscriber."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jsonschema_rs import Draft202012Validator

from chalicelib.events.disruption_events import DisruptionDetail
from local.schedules import announce_disruptions
from tests.support.app_client import make_slot_id, slot_path
from tests.support.scheduled_event import SCHEDULED_EVENT

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.stream_and_queue import Stream, Subscriber

SCHEMA_PATH = Path(__file__).parents[2] / "docs" / "reference" / "disruptions.schema.json"
STARTS = [f"{hour:02}:{minute}" for hour in range(9, 17) for minute in ("00", "30")][:11]


def publish(client: AppClient, stream: Stream, after: timedelta) -> None:
    """Let time pass, run the schedule, and hand the records of the stream to their function."""
    client.clock.now += after
    client.chalice_client.lambda_.invoke("announce_disruptions", SCHEDULED_EVENT)
    client.chalice_client.lambda_.invoke("slots_changed", stream.read_event())


def disruption_events(subscriber: Subscriber, count: int) -> list[dict[str, Any]]:
    """Return the events that are not about changed slots, of so many."""
    return [e for e in subscriber.receive(count) if e["detail-type"] != "SlotsChanged"]


def ill_with_patients(client: AppClient) -> None:
    """Dr Lee has eleven patients on Monday, and all have to be rebooked."""
    sessions = [{"from": "09:00", "to": "17:00"}]
    assert client.update_doctor(sessions=sessions).status == 200
    client.save(*STARTS)
    for number, start in enumerate(STARTS):
        assert client.book(start, f"b-{number}").status == 201
    client.clock.now += timedelta(seconds=1)
    for start in STARTS:
        assert client.override("disrupt", start, "ill").status == 200


def test_follower_gets_one_event_with_all_patients(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    ill_with_patients(client)
    publish(client, stream, timedelta(minutes=9))
    assert disruption_events(subscriber, 23) == []

    publish(client, stream, timedelta(minutes=1))

    (event,) = disruption_events(subscriber, 1)
    assert event["detail-type"] == "BookingsDisrupted"
    detail = event["detail"]
    assert [slot["slot_id"] for slot in detail["slots"]] == [*map(make_slot_id, STARTS)]
    Draft202012Validator(json.loads(SCHEMA_PATH.read_text())).validate(detail)
    publish(client, stream, timedelta(minutes=10))
    assert subscriber.receive(0) == []


def test_disruption_lifted_within_grace_period_is_not_published(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    ill_with_patients(client)
    client.clock.now += timedelta(seconds=1)
    for start in STARTS:
        client.delete(f"{slot_path(start)}/disrupt")

    publish(client, stream, timedelta(minutes=11))

    events = subscriber.receive(34)
    assert {event["detail-type"] for event in events} == {"SlotsChanged"}
    assert all(slot["status"] != "x" for event in events for slot in event["detail"]["slots"])


def test_batch_that_is_sent_again_has_the_same_event(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00")
    client.book("09:00")
    client.clock.now += timedelta(seconds=1)
    client.override("disrupt", "09:00")
    client.clock.now += timedelta(minutes=10)
    announce_disruptions(threading.Event())
    records = stream.read_event()

    for _ in range(2):
        client.chalice_client.lambda_.invoke("slots_changed", records)

    first, again = disruption_events(subscriber, 8)
    assert first["detail"] == again["detail"]


def test_documented_schema_equals_code() -> None:
    assert json.loads(SCHEMA_PATH.read_text()) == msgspec.json.schema(DisruptionDetail) | {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }
