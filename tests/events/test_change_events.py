"""Published events: what a subscriber receives after saves and bookings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from jsonschema_rs import Draft202012Validator
from msgspec import structs

from chalicelib import bootstrap
from chalicelib.events.schema import SlotsChangedDetail
from chalicelib.settings import SettingsError
from tests.support.app_client import make_slot_id

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.stream_and_queue import Stream, Subscriber

SCHEMA_PATH = Path(__file__).parents[2] / "docs" / "reference" / "events.schema.json"
NO_FAILURES: dict[str, list[str]] = {"batchItemFailures": []}


def invoke_handler(client: AppClient, stream: Stream) -> dict[str, Any]:
    """Call the function with the new records of the stream, as Lambda does."""
    response: dict[str, Any] = client.chalice_client.lambda_.invoke(
        "slots_changed", stream.read_event()
    ).payload
    return response


def slot_changes(events: list[dict[str, Any]]) -> list[list[tuple[str, str, str]]]:
    """Return the local start, previous status and status of each slot of each event."""
    return [
        [
            (slot["start"][11:16], slot["previous_status"], slot["status"])
            for slot in event["detail"]["slots"]
        ]
        for event in events
    ]


def sorted_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort events by day and revision, because a queue does not keep their order."""
    return sorted(events, key=lambda event: (event["detail"]["id"], event["detail"]["revision"]))


def test_save_publishes_one_event_with_all_changes(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00", "09:30")

    assert invoke_handler(client, stream) == NO_FAILURES

    (event,) = subscriber.receive(1)
    assert (event["source"], event["detail-type"]) == ("medilink.slots", "SlotsChanged")
    assert event["detail"]["id"] == "dr-lee~2026-11-23~1"
    assert [slot["slot_id"] for slot in event["detail"]["slots"]] == [
        make_slot_id("09:00"),
        make_slot_id("09:30"),
    ]
    assert slot_changes([event]) == [
        [("09:00", "busy-unavailable", "free"), ("09:30", "busy-unavailable", "free")]
    ]


def test_booking_event_has_no_patient_data(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00")
    client.hold("09:00", "holder-secret")
    client.book("09:00", "booking-secret", holder="holder-secret")

    invoke_handler(client, stream)

    events = sorted_events(subscriber.receive(3))
    assert slot_changes(events)[1:] == [
        [("09:00", "free", "busy-tentative")],
        [("09:00", "busy-tentative", "busy")],
    ]
    assert "held_until" in events[1]["detail"]["slots"][0]
    assert "held_until" not in events[2]["detail"]["slots"][0]
    for secret in ("holder-secret", "booking-secret", "ref-1"):
        assert secret not in json.dumps(events)


def test_move_publishes_one_event_per_day(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00", "10:00")
    client.save("09:00", doctor_id="dr-walker", date="2026-11-23")
    client.book("09:00", "b-1")
    client.book("10:00", "b-1", moves=make_slot_id("09:00"))

    invoke_handler(client, stream)

    *_, moved = sorted_events(
        [e for e in subscriber.receive(4) if e["detail"]["doctor_id"] == "dr-lee"]
    )
    assert slot_changes([moved]) == [[("09:00", "busy", "free"), ("10:00", "free", "busy")]]


def test_subscriber_reaches_api_state_by_revision(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00", "b-1")
    client.hold("09:30")
    client.release("09:30")
    client.save("11:00", closed=("10:00",))
    client.cancel("09:00", "b-1")
    client.book("11:00", "b-2")
    invoke_handler(client, stream)

    known: dict[str, str] = {}
    events = sorted_events(subscriber.receive(7))
    for event in events:
        known |= {slot["slot_id"]: slot["status"] for slot in event["detail"]["slots"]}

    assert [event["detail"]["revision"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    stored = {slot["slot_id"]: slot["status"] for slot in client.get_day().json["slots"]}
    assert known == {name: stored[name] for name in known}
    assert {status for name, status in stored.items() if name not in known} == {"busy-unavailable"}


def test_settings_and_reindexing_publish_nothing(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00")
    invoke_handler(client, stream)
    subscriber.receive(1)

    assert client.update_doctor(location="Leeds", specialty="surgery").status == 200
    event = stream.read_event()

    assert any(r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#") for r in event["Records"])
    assert client.chalice_client.lambda_.invoke("slots_changed", event).payload == NO_FAILURES
    assert subscriber.receive(0) == []


def test_deleted_days_publish_nothing(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00")
    invoke_handler(client, stream)
    subscriber.receive(1)

    client.truncate()

    assert invoke_handler(client, stream) == NO_FAILURES
    assert subscriber.receive(0) == []


def test_repeated_batch_has_same_event_ids(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00")
    client.book("09:00")
    event = stream.read_event()

    for _ in range(2):
        client.chalice_client.lambda_.invoke("slots_changed", event)

    first, again, second, once_more = sorted_events(subscriber.receive(4))
    assert (first["detail"], second["detail"]) == (again["detail"], once_more["detail"])


class RejectingEventBridge:
    """A fake EventBridge that accepts only the first events."""

    def __init__(self, accepted_count: int) -> None:
        self.remaining = accepted_count

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        if self.remaining == 0:
            raise ClientError({"Error": {"Code": "InternalException"}}, "PutEvents")
        accepted = Entries[: self.remaining]
        self.remaining -= len(accepted)
        rejected = [{"ErrorCode": "InternalException"}] * (len(Entries) - len(accepted))
        return {
            "FailedEntryCount": len(rejected),
            "Entries": [{"EventId": "1"} for _ in accepted] + rejected,
        }


@pytest.mark.parametrize("accepted_count", [0, 1, 2])
def test_partial_batch_failure_reports_first_failed_record(
    client: AppClient, stream: Stream, accepted_count: int
) -> None:
    event_bus = RejectingEventBridge(accepted_count)
    settings = client.services.settings
    bootstrap.set_services(
        bootstrap.build_services(settings, now=client.clock, event_client=lambda: event_bus)
    )
    client.save("09:00")
    client.save("09:00", doctor_id="dr-okafor", date="2026-11-23")
    client.book("09:00")
    event = stream.read_event()
    days = [r for r in event["Records"] if r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#")]

    response = client.chalice_client.lambda_.invoke("slots_changed", event).payload

    failed = days[accepted_count]["dynamodb"]["SequenceNumber"]
    assert response == {"batchItemFailures": [{"itemIdentifier": failed}]}


@pytest.mark.parametrize(("accepted_count", "level"), [(9, "INFO"), (1, "ERROR")])
def test_each_batch_logs_its_progress(
    client: AppClient, stream: Stream, accepted_count: int, level: str
) -> None:
    lines: list[str] = []
    event_bus = RejectingEventBridge(accepted_count)
    settings = structs.replace(client.services.settings, stage="prod", has_request_log=True)
    bootstrap.set_services(
        bootstrap.build_services(
            settings, now=client.clock, event_client=lambda: event_bus, log=lines.append
        )
    )
    client.save("09:00")
    client.book("09:00", "booking-secret")
    lines.clear()

    response = invoke_handler(client, stream)

    (line,) = map(json.loads, lines)
    assert (line["level"], line["records"], line["events"]) == (level, 8, min(accepted_count, 2))
    failed = [failure["itemIdentifier"] for failure in response["batchItemFailures"]]
    assert [line["retry_from"]] == (failed or [None])
    assert line["error"] == ("InternalException" if failed else None)
    assert "secret" not in lines[0]


def test_missing_bus_fails_and_names_setting(client: AppClient, stream: Stream) -> None:
    settings = structs.replace(client.services.settings, event_bus_name=None)
    bootstrap.set_services(bootstrap.build_services(settings, now=client.clock))
    client.save("09:00")

    with pytest.raises(SettingsError, match="EVENT_BUS_NAME is not set"):
        invoke_handler(client, stream)


def test_published_events_match_schema(
    client: AppClient, stream: Stream, subscriber: Subscriber
) -> None:
    client.save("09:00", "09:30")
    client.hold("09:00")
    client.book("09:30", "b-1")
    client.save(closed=("09:00",))
    client.release("09:00")
    client.save(closed=("09:00",))
    invoke_handler(client, stream)
    # The schema allows further members; the test does not, to find leaked data.
    strict = Draft202012Validator(_forbid_extra_properties(json.loads(SCHEMA_PATH.read_text())))

    for event in subscriber.receive(5):
        strict.validate(event["detail"])


def _forbid_extra_properties(schema: Any) -> Any:  # noqa: ANN401  JSON
    if isinstance(schema, list):
        return [_forbid_extra_properties(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _forbid_extra_properties(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


def test_documented_schema_equals_code() -> None:
    assert json.loads(SCHEMA_PATH.read_text()) == msgspec.json.schema(SlotsChangedDetail) | {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }
