"""Somebody who follows along: a save or a booking here, an event there."""

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
from tests.site import make_slot_id

if TYPE_CHECKING:
    from tests.events.following import Stream, Subscriber
    from tests.site import AppClient

SCHEMA_PATH = Path(__file__).parents[2] / "docs" / "events.schema.json"
NO_FAILURES: dict[str, list[str]] = {"batchItemFailures": []}


def invoke_handler(client: AppClient, stream: Stream) -> dict[str, Any]:
    """What Lambda does: call the function with what has come by the stream."""
    answer: dict[str, Any] = client.chalice_client.lambda_.invoke(
        "slots_changed", stream.read_event()
    ).payload
    return answer


def slot_changes(events: list[dict[str, Any]]) -> list[list[tuple[str, str, str]]]:
    """Of each event: each slot's wall time on Monday in London, what it was, what it is."""
    return [
        [
            (slot["start"][11:16], slot["previous_status"], slot["status"])
            for slot in event["detail"]["slots"]
        ]
        for event in events
    ]


def sorted_events(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As a follower puts them: a queue may mix them up."""
    return sorted(events, key=lambda event: (event["detail"]["id"], event["detail"]["revision"]))


def test_a_save_is_told_once_with_all_that_it_changed(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00", "09:30")

    assert invoke_handler(site, stream) == NO_FAILURES

    (event,) = follower.receive(1)
    assert (event["source"], event["detail-type"]) == ("medilink.slots", "SlotsChanged")
    assert event["detail"]["id"] == "dr-lee~2026-11-23~1"
    assert [slot["slot_id"] for slot in event["detail"]["slots"]] == [
        make_slot_id("09:00"),
        make_slot_id("09:30"),
    ]
    assert slot_changes([event]) == [
        [("09:00", "busy-unavailable", "free"), ("09:30", "busy-unavailable", "free")]
    ]


def test_a_booking_is_told_and_nothing_of_the_patient(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00")
    site.hold("09:00", "holder-secret")
    site.book("09:00", "booking-secret", holder="holder-secret")

    invoke_handler(site, stream)

    events = sorted_events(follower.receive(3))
    assert slot_changes(events)[1:] == [
        [("09:00", "free", "busy-tentative")],
        [("09:00", "busy-tentative", "busy")],
    ]
    assert "held_until" in events[1]["detail"]["slots"][0]
    assert "held_until" not in events[2]["detail"]["slots"][0]
    for secret in ("holder-secret", "booking-secret", "ref-1"):
        assert secret not in json.dumps(events)


def test_a_move_is_one_event_where_it_stays_within_the_day_and_two_where_it_does_not(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00", "10:00")
    site.save("09:00", doctor_id="dr-walker", date="2026-11-23")
    site.book("09:00", "b-1")
    site.book("10:00", "b-1", moves=make_slot_id("09:00"))

    invoke_handler(site, stream)

    *_, moved = sorted_events(
        [e for e in follower.receive(4) if e["detail"]["doctor_id"] == "dr-lee"]
    )
    assert slot_changes([moved]) == [[("09:00", "busy", "free"), ("10:00", "free", "busy")]]


def test_who_takes_over_all_events_by_revision_knows_what_the_api_says(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00", "09:30", "10:00")
    site.book("09:00", "b-1")
    site.hold("09:30")
    site.release("09:30")
    site.save("11:00", withdrawn=("10:00",))
    site.cancel("09:00", "b-1")
    site.book("11:00", "b-2")
    invoke_handler(site, stream)

    known: dict[str, str] = {}
    events = sorted_events(follower.receive(7))
    for event in events:
        known |= {slot["slot_id"]: slot["status"] for slot in event["detail"]["slots"]}

    assert [event["detail"]["revision"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    stored = {slot["slot_id"]: slot["status"] for slot in site.get_day().json["slots"]}
    assert known == {name: stored[name] for name in known}
    assert {status for name, status in stored.items() if name not in known} == {"busy-unavailable"}


def test_settings_of_a_doctor_and_days_that_are_only_searched_for_elsewhere_are_no_news(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00")
    invoke_handler(site, stream)
    follower.receive(1)

    assert site.update_doctor(location="Leeds", specialty="surgery").status == 200
    event = stream.read_event()

    assert any(r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#") for r in event["Records"])
    assert site.chalice_client.lambda_.invoke("slots_changed", event).payload == NO_FAILURES
    assert follower.receive(0) == []


def test_days_that_are_deleted_are_no_news(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00")
    invoke_handler(site, stream)
    follower.receive(1)

    site.truncate()

    assert invoke_handler(site, stream) == NO_FAILURES
    assert follower.receive(0) == []


def test_the_same_batch_again_is_the_same_events_with_the_same_ids(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00")
    site.book("09:00")
    event = stream.read_event()

    for _ in range(2):
        site.chalice_client.lambda_.invoke("slots_changed", event)

    first, again, second, once_more = sorted_events(follower.receive(4))
    assert (first["detail"], second["detail"]) == (again["detail"], once_more["detail"])
    assert first["time"] == again["time"]


class RejectingEventBridge:
    """EventBridge that takes the first so many events, one a call as it were."""

    def __init__(self, accepted_count: int) -> None:
        self.takes = accepted_count

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803  AWS's
        """As botocore's client."""
        if self.takes == 0:
            raise ClientError({"Error": {"Code": "InternalException"}}, "PutEvents")
        taken = Entries[: self.takes]
        self.takes -= len(taken)
        refused = [{"ErrorCode": "InternalException"}] * (len(Entries) - len(taken))
        return {
            "FailedEntryCount": len(refused),
            "Entries": [{"EventId": "1"} for _ in taken] + refused,
        }


@pytest.mark.parametrize("takes", [0, 1, 2])
def test_what_eventbridge_does_not_take_is_named_by_the_record_where_lambda_must_go_on(
    site: AppClient, stream: Stream, takes: int
) -> None:
    refusing = RejectingEventBridge(takes)
    settings = site.services.settings
    bootstrap.set_services(
        bootstrap.build_services(settings, now=site.clock, event_client=lambda: refusing)
    )
    site.save("09:00")
    site.save("09:00", doctor_id="dr-okafor", date="2026-11-23")
    site.book("09:00")
    event = stream.read_event()
    days = [r for r in event["Records"] if r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#")]

    answer = site.chalice_client.lambda_.invoke("slots_changed", event).payload

    failed = days[takes]["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}


@pytest.mark.parametrize(("takes", "level"), [(9, "INFO"), (1, "ERROR")])
def test_each_batch_leaves_a_line_that_says_how_far_it_came(
    site: AppClient, stream: Stream, takes: int, level: str
) -> None:
    lines: list[str] = []
    refusing = RejectingEventBridge(takes)
    settings = structs.replace(site.services.settings, stage="prod", has_request_log=True)
    bootstrap.set_services(
        bootstrap.build_services(
            settings, now=site.clock, event_client=lambda: refusing, log=lines.append
        )
    )
    site.save("09:00")
    site.book("09:00", "booking-secret")
    lines.clear()

    answer = invoke_handler(site, stream)

    (line,) = map(json.loads, lines)
    assert (line["level"], line["records"], line["events"]) == (level, 5, min(takes, 2))
    failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert [line["goes_on_at"]] == (failed or [None])
    assert line["error"] == ("InternalException" if failed else None)
    assert "secret" not in lines[0]


def test_without_a_bus_it_refuses_and_names_the_setting(site: AppClient, stream: Stream) -> None:
    settings = structs.replace(site.services.settings, event_bus_name=None)
    bootstrap.set_services(bootstrap.build_services(settings, now=site.clock))
    site.save("09:00")

    with pytest.raises(SettingsError, match="EVENT_BUS_NAME is not set"):
        invoke_handler(site, stream)


def test_real_events_are_as_their_schema_says(
    site: AppClient, stream: Stream, follower: Subscriber
) -> None:
    site.save("09:00", "09:30")
    site.hold("09:00")
    site.book("09:30", "b-1")
    site.save(withdrawn=("09:00",))
    site.release("09:00")
    site.save(withdrawn=("09:00",))
    invoke_handler(site, stream)
    # Nothing that it does not name: a member that leaks would not be noticed otherwise.
    strict = Draft202012Validator(_forbid_extra_properties(json.loads(SCHEMA_PATH.read_text())))

    for event in follower.receive(5):
        strict.validate(event["detail"])


def _forbid_extra_properties(schema: Any) -> Any:  # noqa: ANN401
    if isinstance(schema, list):
        return [_forbid_extra_properties(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _forbid_extra_properties(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


def test_the_schema_in_the_documentation_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA_PATH.read_text()) == msgspec.json.schema(SlotsChangedDetail) | {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }
