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
from chalicelib.events.detail import SlotsChangedDetail
from chalicelib.settings import SettingsError
from tests.site import id_of

if TYPE_CHECKING:
    from tests.events.following import Follower, Stream
    from tests.site import Site

SCHEMA = Path(__file__).parents[2] / "docs" / "events.schema.json"
NOTHING_FAILED: dict[str, list[str]] = {"batchItemFailures": []}


def hand_on(site: Site, stream: Stream) -> dict[str, Any]:
    """What Lambda does: call the function with what has come by the stream."""
    answer: dict[str, Any] = site.client.lambda_.invoke("slots_changed", stream.event()).payload
    return answer


def told(events: list[dict[str, Any]]) -> list[list[tuple[str, str, str]]]:
    """Of each event: each slot's wall time on Monday in London, what it was, what it is."""
    return [
        [
            (slot["start"][11:16], slot["previous_status"], slot["status"])
            for slot in event["detail"]["slots"]
        ]
        for event in events
    ]


def in_order(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As a follower puts them: a queue may mix them up."""
    return sorted(events, key=lambda event: (event["detail"]["id"], event["detail"]["revision"]))


def test_a_save_is_told_once_with_all_that_it_changed(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00", "09:30")

    assert hand_on(site, stream) == NOTHING_FAILED

    (event,) = follower.received(1)
    assert (event["source"], event["detail-type"]) == ("medilink.slots", "SlotsChanged")
    assert event["detail"]["id"] == "dr-lee~2026-11-23~1"
    assert [slot["slot_id"] for slot in event["detail"]["slots"]] == [
        id_of("09:00"),
        id_of("09:30"),
    ]
    assert told([event]) == [
        [("09:00", "busy-unavailable", "free"), ("09:30", "busy-unavailable", "free")]
    ]


def test_a_booking_is_told_and_nothing_of_the_patient(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00")
    site.hold("09:00", "holder-secret")
    site.book("09:00", "booking-secret", holder="holder-secret")

    hand_on(site, stream)

    events = in_order(follower.received(3))
    assert told(events)[1:] == [
        [("09:00", "free", "busy-tentative")],
        [("09:00", "busy-tentative", "busy")],
    ]
    assert "held_until" in events[1]["detail"]["slots"][0]
    assert "held_until" not in events[2]["detail"]["slots"][0]
    for secret in ("holder-secret", "booking-secret", "ref-1"):
        assert secret not in json.dumps(events)


def test_a_move_is_one_event_where_it_stays_within_the_day_and_two_where_it_does_not(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00", "10:00")
    site.save("09:00", doctor_id="dr-walker", date="2026-11-23")
    site.book("09:00", "b-1")
    site.book("10:00", "b-1", moves=id_of("09:00"))

    hand_on(site, stream)

    *_, moved = in_order([e for e in follower.received(4) if e["detail"]["doctor_id"] == "dr-lee"])
    assert told([moved]) == [[("09:00", "busy", "free"), ("10:00", "free", "busy")]]


def test_who_takes_over_all_events_by_revision_knows_what_the_api_says(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00", "09:30", "10:00")
    site.book("09:00", "b-1")
    site.hold("09:30")
    site.release("09:30")
    site.save("11:00", withdraws=("10:00",))
    site.cancel("09:00", "b-1")
    site.book("11:00", "b-2")
    hand_on(site, stream)

    known: dict[str, str] = {}
    events = in_order(follower.received(7))
    for event in events:
        known |= {slot["slot_id"]: slot["status"] for slot in event["detail"]["slots"]}

    assert [event["detail"]["revision"] for event in events] == [1, 2, 3, 4, 5, 6, 7]
    stored = {slot["slot_id"]: slot["status"] for slot in site.day().json["slots"]}
    assert known == {name: stored[name] for name in known}
    assert {status for name, status in stored.items() if name not in known} == {"busy-unavailable"}


def test_settings_of_a_doctor_and_days_that_are_only_searched_for_elsewhere_are_no_news(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00")
    hand_on(site, stream)
    follower.received(1)

    assert site.configure(location="Leeds", specialty="surgery").status == 200
    event = stream.event()

    assert any(r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#") for r in event["Records"])
    assert site.client.lambda_.invoke("slots_changed", event).payload == NOTHING_FAILED
    assert follower.received(0) == []


def test_days_that_are_deleted_are_no_news(site: Site, stream: Stream, follower: Follower) -> None:
    site.save("09:00")
    hand_on(site, stream)
    follower.received(1)

    site.empty()

    assert hand_on(site, stream) == NOTHING_FAILED
    assert follower.received(0) == []


def test_the_same_batch_again_is_the_same_events_with_the_same_ids(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00")
    site.book("09:00")
    event = stream.event()

    for _ in range(2):
        site.client.lambda_.invoke("slots_changed", event)

    first, again, second, once_more = in_order(follower.received(4))
    assert (first["detail"], second["detail"]) == (again["detail"], once_more["detail"])
    assert first["time"] == again["time"]


class Refusing:
    """EventBridge that takes the first so many events, one a call as it were."""

    def __init__(self, takes: int) -> None:
        self.takes = takes

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
    site: Site, stream: Stream, takes: int
) -> None:
    refusing = Refusing(takes)
    settings = site.services.settings
    bootstrap.run(bootstrap.assemble(settings, now=site.clock, event_client=lambda: refusing))
    site.save("09:00")
    site.save("09:00", doctor_id="dr-okafor", date="2026-11-23")
    site.book("09:00")
    event = stream.event()
    days = [r for r in event["Records"] if r["dynamodb"]["Keys"]["SK"]["S"].startswith("DAY#")]

    answer = site.client.lambda_.invoke("slots_changed", event).payload

    failed = days[takes]["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}


@pytest.mark.parametrize(("takes", "level"), [(9, "INFO"), (1, "ERROR")])
def test_each_batch_leaves_a_line_that_says_how_far_it_came(
    site: Site, stream: Stream, takes: int, level: str
) -> None:
    lines: list[str] = []
    refusing = Refusing(takes)
    settings = structs.replace(site.services.settings, stage="prod", logs_requests=True)
    bootstrap.run(
        bootstrap.assemble(
            settings, now=site.clock, event_client=lambda: refusing, log=lines.append
        )
    )
    site.save("09:00")
    site.book("09:00", "booking-secret")
    lines.clear()

    answer = hand_on(site, stream)

    (line,) = map(json.loads, lines)
    assert (line["level"], line["records"], line["events"]) == (level, 5, min(takes, 2))
    failed = [one["itemIdentifier"] for one in answer["batchItemFailures"]]
    assert [line["goes_on_at"]] == (failed or [None])
    assert line["error"] == ("InternalException" if failed else None)
    assert "secret" not in lines[0]


def test_without_a_bus_it_refuses_and_names_the_setting(site: Site, stream: Stream) -> None:
    settings = structs.replace(site.services.settings, event_bus_name=None)
    bootstrap.run(bootstrap.assemble(settings, now=site.clock))
    site.save("09:00")

    with pytest.raises(SettingsError, match="EVENT_BUS_NAME is not set"):
        hand_on(site, stream)


def test_real_events_are_as_their_schema_says(
    site: Site, stream: Stream, follower: Follower
) -> None:
    site.save("09:00", "09:30")
    site.hold("09:00")
    site.book("09:30", "b-1")
    site.save(withdraws=("09:00",))
    site.release("09:00")
    site.save(withdraws=("09:00",))
    hand_on(site, stream)
    # Nothing that it does not name: a member that leaks would not be noticed otherwise.
    strict = Draft202012Validator(_closed(json.loads(SCHEMA.read_text())))

    for event in follower.received(5):
        strict.validate(event["detail"])


def _closed(schema: Any) -> Any:  # noqa: ANN401
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


def test_the_schema_in_the_documentation_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text()) == msgspec.json.schema(SlotsChangedDetail) | {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }
