"""Calendar feeds: their addresses, and what calendar programs read there."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from icalendar import Calendar

from tests.support.app_client import make_slot_id
from tests.support.calendar_feeds import FEEDS, feed_path, post_feed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse


def create_feed(client: AppClient, name: str = "Phone", *, doctor_id: str = "dr-lee") -> str:
    """Create a feed and return the path of its URL."""
    created = post_feed(client, name, doctor_id=doctor_id)
    assert created.status == 201
    return feed_path(created)


def read_events(response: AppResponse) -> list[tuple[datetime, datetime, str, str]]:
    """Return start, end, summary and transparency of each event."""
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return [
        (
            event.decoded("dtstart"),
            event.decoded("dtend"),
            str(event["summary"]),
            str(event["transp"]),
        )
        for event in Calendar.from_ical(response.text).walk("vevent")
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_feed_has_open_and_booked_slots_in_utc_and_no_held_ones(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.hold("09:30", "hannah")
    client.book("10:00", "b-1")

    events = read_events(client.get(create_feed(client)))

    assert events == [
        (at("2026-11-23T09:00"), at("2026-11-23T09:30"), "Open", "TRANSPARENT"),
        (at("2026-11-23T10:00"), at("2026-11-23T10:30"), "Booked", "OPAQUE"),
    ]


def test_name_of_the_calendar_is_escaped(client: AppClient) -> None:
    client.update_doctor(name="Lee, Mina; \\n")

    feed = client.get(create_feed(client))

    assert r"X-WR-CALNAME:Lee\, Mina\; \\n" in feed.text.splitlines()


@pytest.mark.usefixtures("open_slots")
def test_event_keeps_its_uid_and_its_sequence_grows(client: AppClient) -> None:
    path = create_feed(client)

    def first_event() -> Any:  # noqa: ANN401  the package has no types
        return Calendar.from_ical(client.get(path).text).walk("vevent")[0]

    before = first_event()
    client.book("09:00", "b-1")
    after = first_event()

    assert before["uid"] == after["uid"] == f"{make_slot_id('09:00')}@medilink-slots"
    assert int(after["sequence"]) > int(before["sequence"])


@pytest.mark.usefixtures("open_slots")
def test_unchanged_feed_is_304_with_one_read(client: AppClient) -> None:
    path = create_feed(client)
    etag = client.get(path).headers["ETag"]

    with client.record_calls() as calls:
        response = client.get(path, If_None_Match=etag)

    assert (response.status, response.text) == (304, "")
    assert calls == ["Query"]
    client.book("09:00", "b-1")
    assert client.get(path, If_None_Match=etag).status == 200


@pytest.mark.parametrize(
    ("zone_doctor", "on"), [("dr-lee", "2027-03-28"), ("dr-walker", "2027-04-04")]
)
def test_times_are_right_across_a_clock_change_for_two_readers(
    client: AppClient, zone_doctor: str, on: str
) -> None:
    """Lord Howe's clock moves by half an hour."""
    start = "11:00"
    dates = [str(date.fromisoformat(on) + timedelta(days=days)) for days in (-1, 0, 1)]
    opened = [
        client.post_slots(
            {"doctor_id": zone_doctor, "date": each, "slots": [{"start": start, "status": "free"}]}
        ).json
        for each in dates
    ]
    starts = [
        datetime.fromisoformat(slot["start"])
        for day in opened
        for slot in day["slots"]
        if slot["status"] == "free"
    ]

    text = client.get(create_feed(client, doctor_id=zone_doctor)).text

    assert [event.decoded("dtstart") for event in Calendar.from_ical(text).walk("vevent")] == starts
    other = vobject.readOne(text)
    assert [event.dtstart.value for event in other.vevent_list] == starts
    assert {each.strftime("%H:%M") for each in starts} == {start}


def test_feed_reaches_from_30_days_ago_to_end_of_booking_window(client: AppClient) -> None:
    for on in ("2026-11-23", "2027-11-22", "2027-11-23"):
        slots = [{"start": "09:00", "status": "free"}]
        client.post_slots({"doctor_id": "dr-lee", "date": on, "slots": slots})
    path = create_feed(client)

    assert [start.date().isoformat() for start, *_ in read_events(client.get(path))] == [
        "2026-11-23",
        "2027-11-22",
    ]
    client.clock.now += timedelta(days=31)
    assert len(read_events(client.get(path))) == 3
    client.clock.now += timedelta(days=2)
    assert len(read_events(client.get(path))) == 2


@pytest.mark.usefixtures("open_slots")
def test_time_off_hides_what_it_keeps_from_being_booked(client: AppClient) -> None:
    path = create_feed(client)
    plan = client.post(
        "/doctors/dr-lee/plans",
        {
            "kind": "time_off",
            "from": "2026-11-23",
            "to": "2026-11-23",
            "name": "Conference",
            "act": "stop",
        },
    ).json
    client.post(f"/doctors/dr-lee/plans/{plan['plan_id']}/steps", {})

    assert read_events(client.get(path)) == []


def test_only_a_hash_of_the_secret_is_stored(client: AppClient) -> None:
    path = create_feed(client)
    secret = path.removesuffix(".ics").rpartition("~")[2]

    assert len(secret) == 43
    assert secret not in json.dumps(client.export())
    assert secret not in client.get(FEEDS).text


def test_revoked_feed_is_not_found(client: AppClient) -> None:
    path = create_feed(client)
    (feed,) = client.get(FEEDS).json["calendar_feeds"]

    assert client.delete(f"{FEEDS}/{feed['feed_id']}").status == 204

    assert client.get(path).status == 404
    assert client.get(FEEDS).json == {"calendar_feeds": []}
    assert client.delete(f"{FEEDS}/{feed['feed_id']}").status == 404


def test_renewed_feed_is_found_at_its_new_address_alone(client: AppClient) -> None:
    old = create_feed(client)
    (feed,) = client.get(FEEDS).json["calendar_feeds"]

    renewed = client.post(f"{FEEDS}/{feed['feed_id']}/renew", {})

    assert renewed.status == 200
    assert client.get(feed_path(renewed)).status == 200
    assert client.get(old).status == 404
    assert client.get(FEEDS).json["calendar_feeds"] == [feed]


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.removesuffix(".ics"),
        lambda path: path.replace("dr-lee", "dr-okafor"),
        lambda path: path.replace("dr-lee", "dr-who"),
        lambda path: f"{path[:-5]}{'A' if path[-5] != 'A' else 'B'}.ics",
        lambda path: path.replace("~", "-"),
        lambda _: "/calendar/.ics",
    ],
)
def test_wrong_address_is_not_found(client: AppClient, change: Callable[[str], str]) -> None:
    assert client.get(change(create_feed(client))).status == 404


def test_head_has_status_and_headers_of_get(client: AppClient) -> None:
    path = create_feed(client)

    get, head = (client.request(method, path) for method in ("GET", "HEAD"))

    assert (head.status, head.headers) == (200, get.headers)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 101])
def test_invalid_name_is_rejected(client: AppClient, name: str) -> None:
    response = client.post(FEEDS, {"name": name})

    assert response.status == 400
    assert [error["field"] for error in response.json["errors"]] == ["name"]


def test_doctor_has_at_most_20_feeds(client: AppClient) -> None:
    for number in range(20):
        create_feed(client, f"Feed {number}")

    response = client.post(FEEDS, {"name": "One more"})

    assert response.status == 400
    assert [error["code"] for error in response.json["errors"]] == ["too_many"]


def test_feeds_are_on_record_without_their_addresses(client: AppClient) -> None:
    path = create_feed(client)
    (feed,) = client.get(FEEDS).json["calendar_feeds"]
    client.delete(f"{FEEDS}/{feed['feed_id']}")

    revoked, created = client.get("/doctors/dr-lee/changes").json["changes"]

    assert (created["kind"], revoked["kind"]) == ("settings", "settings")
    assert path.rpartition("~")[2] not in json.dumps([created, revoked])


def test_feeds_of_another_doctor_are_forbidden(sign_in: SignIn) -> None:
    for caller in ("other", "unnamed", "slots/read", "slots/book"):
        client = sign_in(caller)
        assert client.get(FEEDS).status == 403
        assert client.post(FEEDS, {"name": "Phone"}).status == 403
    for caller in ("own", "named", "admin"):
        assert sign_in(caller).get(FEEDS).status == 200


def test_two_renewals_at_once_make_two_urls(client: AppClient) -> None:
    """The one that commits last has the URL that is valid."""
    renewal = f"{FEEDS}/{post_feed(client).json['feed_id']}/renew"
    first = []

    with client.before_commit(lambda: first.append(client.post(renewal, {}))):
        last = client.post(renewal, {})

    assert (first[0].status, last.status) == (200, 200)
    assert client.get(feed_path(first[0])).status == 404
    assert client.get(feed_path(last)).status == 200


def test_renewal_of_a_feed_that_is_revoked_meanwhile_is_404(client: AppClient) -> None:
    path = f"{FEEDS}/{post_feed(client).json['feed_id']}"

    with client.before_commit(lambda: client.delete(path)):
        renewed = client.post(f"{path}/renew", {})

    assert renewed.status == 404
    assert client.get(FEEDS).json["calendar_feeds"] == []
