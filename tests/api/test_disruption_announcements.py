"""Events about disrupted bookings: stored once, after the grace, and only if still true."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from chalicelib.domain.errors import DayModifiedError
from chalicelib.storage import keys
from chalicelib.storage.disruption_models import DisruptionsItem
from chalicelib.storage.disruption_repository import DisruptionRepository, EventToPublish
from chalicelib.storage.mapping import format_microsecond, format_timestamp
from chalicelib.storage.models import DayItem
from tests.support.app_client import make_slot_id, slot_path
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY, date_range

if TYPE_CHECKING:
    from chalicelib.storage.disruption_repository import Disruptions
    from tests.support.app_client import AppClient

TUESDAY = date_range(2)[1]
GRACE = timedelta(minutes=10)
TUESDAY_PATH = f"/slots/dr-lee~{TUESDAY.replace('-', '')}T0900Z"


@pytest.fixture(autouse=True)
def _bookings(client: AppClient) -> None:
    """09:00 and 09:30 of Monday and 09:00 of Tuesday are booked."""
    client.save("09:00", "09:30")
    client.save("09:00", date=TUESDAY)
    client.book("09:00", "b-1")
    client.book("09:30", "b-2")
    client.put(f"{TUESDAY_PATH}/booking", {"booking_id": "b-3", "patient_reference": "p"})
    client.clock.now += timedelta(seconds=1)


def disrupt_all(client: AppClient) -> None:
    for path in (slot_path("09:00"), slot_path("09:30"), TUESDAY_PATH):
        assert client.post(f"{path}/disrupt", {"reason": "ill"}).status == 200


def lift(client: AppClient, start: str) -> None:
    client.clock.now += timedelta(seconds=1)
    assert client.delete(f"{slot_path(start)}/disrupt").status == 200


def announce(client: AppClient, after: timedelta = timedelta(minutes=1)) -> list[dict[str, Any]]:
    """Let time pass and announce; return the new events, with their type."""
    before = {item["SK"]["S"] for item in client.find_items("event")}
    client.clock.now += after
    client.services.announce_disruptions.announce_all()
    return [
        {"type": item["detail_type"]["S"], **json.loads(item["detail"]["S"])}
        for item in client.find_items("event")
        if item["SK"]["S"] not in before
    ]


def slot_ids(event: dict[str, Any]) -> list[str]:
    return [slot["slot_id"] for slot in event["slots"]]


def test_one_event_has_all_slots_after_the_grace(client: AppClient) -> None:
    disrupt_all(client)
    assert announce(client) == []

    (event,) = announce(client, GRACE)

    assert (event["type"], event["doctor_id"]) == ("BookingsDisrupted", "dr-lee")
    assert slot_ids(event) == [
        make_slot_id("09:00"), make_slot_id("09:30"), TUESDAY_PATH.removeprefix("/slots/"),
    ]  # fmt: skip
    assert event["slots"][0]["since"] == "2026-11-22T12:00:01Z"
    assert announce(client, GRACE) == []
    assert client.find_items("disruptions") == []


def test_mark_that_is_taken_back_within_the_grace_makes_no_event(client: AppClient) -> None:
    client.override("disrupt", "09:00")
    lift(client, "09:00")

    assert announce(client) == []
    assert announce(client, GRACE) == []
    assert client.find_items("disruptions") == []


def test_mark_that_is_taken_back_later_makes_another_event(client: AppClient) -> None:
    disrupt_all(client)
    announce(client, GRACE)
    lift(client, "09:00")

    (event,) = announce(client)

    assert (event["type"], slot_ids(event)) == ("DisruptionLifted", [make_slot_id("09:00")])
    assert "since" not in event["slots"][0]
    assert announce(client, GRACE) == []


def test_booking_that_moved_within_the_grace_is_not_announced(client: AppClient) -> None:
    client.save("11:00")
    disrupt_all(client)
    client.book("11:00", "b-1", moves=make_slot_id("09:00"))

    (event,) = announce(client, GRACE)

    assert make_slot_id("09:00") not in slot_ids(event)


def test_mark_lifted_during_its_announcement_makes_both_events(client: AppClient) -> None:
    """The process stops between the event and what would follow: the next run knows of it."""
    client.override("disrupt", "09:00")
    announce(client, GRACE)
    lift(client, "09:00")
    client.override("disrupt", "09:00", "again")
    lift(client, "09:00")

    assert [event["type"] for event in announce(client, GRACE)] == ["DisruptionLifted"]


def test_change_between_read_and_commit_is_taken_into_account(client: AppClient) -> None:
    disrupt_all(client)
    client.clock.now += GRACE

    with client.before_commit(lambda: client.delete(f"{slot_path('09:00')}/disrupt")):
        (event,) = announce(client)

    assert make_slot_id("09:00") not in slot_ids(event)


def test_event_is_stored_with_its_announcement_or_not_at_all(client: AppClient) -> None:
    disrupt_all(client)
    client.clock.now += GRACE

    def stop(**_: object) -> None:
        raise KeyboardInterrupt

    with client.before_call(TRANSACT_WRITE, stop), pytest.raises(KeyboardInterrupt):
        client.services.announce_disruptions.announce_all()
    assert client.find_items("event") == []

    assert [event["type"] for event in announce(client)] == ["BookingsDisrupted"]


def read_due(client: AppClient) -> tuple[DisruptionRepository, Disruptions]:
    client.override("disrupt", "09:00")
    repository = DisruptionRepository()
    found = repository.get("dr-lee", client.clock.now)
    assert found is not None
    return repository, found


@pytest.mark.parametrize("is_booked_meanwhile", [True, False])
def test_announcement_fails_if_something_changed(
    client: AppClient, *, is_booked_meanwhile: bool
) -> None:
    repository, found = read_due(client)
    if is_booked_meanwhile:
        client.cancel("09:30", "b-2")  # changes the revision of the day
    else:
        found = replace_version(found)

    with pytest.raises(DayModifiedError):
        repository.announce(
            found, [EventToPublish(detail_type="x", detail="{}")],
            next_check=None, at=client.clock.now,
        )  # fmt: skip
    assert client.find_items("event") == []


def replace_version(found: Disruptions) -> Disruptions:

    return structs.replace(found, version=found.version + 1)


def test_announcement_of_one_instant_is_stored_once(client: AppClient) -> None:
    repository, found = read_due(client)
    event = EventToPublish(detail_type="x", detail="{}")
    later = client.clock.now + GRACE
    repository.announce(found, [event], next_check=later, at=client.clock.now)
    again = repository.get("dr-lee", client.clock.now)
    assert again is not None

    with pytest.raises(DayModifiedError):
        repository.announce(again, [event], next_check=later, at=client.clock.now)


def store_many_marks(client: AppClient, days: int) -> None:
    """Store days of 96 bookings that were all marked at noon, as time off of weeks makes them."""
    since = format_timestamp(client.clock.now)
    dates = date_range(days, MONDAY + timedelta(days=7))
    for on in dates:
        first = datetime.fromisoformat(f"{on}T00:00Z")
        slots = {
            keys.format_instant(first + n * timedelta(minutes=15)): {
                "M": {
                    "minutes": {"N": "15"},
                    "status": {"S": "busy"},
                    "disrupted": {"S": since},
                }
            }
            for n in range(96)
        }
        DayItem("DOCTOR#dr-quarter", f"DAY#{on}", version=1, revision=1, slots=slots).save()
    DisruptionsItem(
        "DOCTOR#dr-quarter",
        keys.DISRUPTIONS_SK,
        version=1,
        dates=set(dates),
        gsi1_pk=keys.DISRUPTIONS_PK,
        gsi1_sk=format_microsecond(client.clock.now),
    ).save()


def test_many_disrupted_bookings_make_several_events(client: AppClient) -> None:
    store_many_marks(client, days=12)

    events = announce(client, GRACE) + announce(client)

    assert [len(event["slots"]) for event in events] == [960, 192]
    assert all(len(json.dumps(event)) < 250_000 for event in events)
    assert announce(client) == []
    assert client.find_items("disruptions") == []


def disrupt_another_doctor(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-twenty")
    client.book("09:00", "b-4", "dr-twenty")
    client.clock.now += timedelta(seconds=1)
    client.post(f"{slot_path('09:00', 'dr-twenty')}/disrupt", {"reason": "ill"})


@pytest.mark.parametrize(
    ("sk", "name", "value"),
    [
        (f"DAY#{MONDAY}", "slots", {"S": "garbage"}),
        (f"DAY#{MONDAY}", "revision", None),
        (keys.DISRUPTIONS_SK, "dates", {"SS": ["soon"]}),
        (keys.DISRUPTIONS_SK, "dates", {"S": "garbage"}),
        (keys.DISRUPTIONS_SK, "version", None),
    ],
    ids=str,
)
def test_unreadable_item_delays_its_doctor_only(
    client: AppClient, sk: str, name: str, value: dict[str, Any] | None
) -> None:
    client.override("disrupt", "09:00")
    disrupt_another_doctor(client)
    whole = client.get_item("DOCTOR#dr-lee", sk)[name]
    client.set_attribute("DOCTOR#dr-lee", sk, name, value)

    before = announce(client, GRACE)
    client.set_attribute("DOCTOR#dr-lee", sk, name, whole)
    after = announce(client)

    assert [event["doctor_id"] for event in before] == ["dr-twenty"]
    assert [event["doctor_id"] for event in after] == ["dr-lee"]
