"""The change feed: which entries it lists, in which order, and with which names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from chalicelib.domain.audit_log import Actor, ChangeKind
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import SlotId, SlotStatus
from tests.support.app_client import build_services
from tests.support.change_feed import DOCTOR, add_change, get_feed, seconds_of
from tests.support.factories import MONDAY, make_slot, to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

TUESDAY = MONDAY + timedelta(days=1)
SAM = Actor(name="sam", role=Role.DELEGATE, client="page")
PORTAL = Actor(name="portal-id", role=Role.BOOKING_SITE, client="portal-id")


@pytest.mark.both_stores
def test_feed_of_all_dates_is_newest_first(client: AppClient) -> None:
    add_change(1, date=TUESDAY)
    add_change(3, date=None, kind=ChangeKind.SETTINGS)
    add_change(2, date=MONDAY)

    feed = get_feed(client)

    assert seconds_of(feed) == [3, 2, 1]
    assert [change["date"] for change in feed.json["changes"]] == [
        None,
        "2026-11-23",
        "2026-11-24",
    ]
    assert feed.json["next"] is None


def test_other_doctors_changes_are_not_listed(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-twenty")

    assert get_feed(client).json["changes"] == []


@pytest.mark.parametrize(
    ("query", "seconds"),
    [
        ("date=2026-11-23", [4, 1]),
        ("from=2026-11-24", [2]),
        ("to=2026-11-23", [4, 1]),
        ("from=2026-11-23&to=2026-11-24", [4, 2, 1]),
        ("date=2026-11-23&from=2026-11-24", []),
        ("kind=settings", [3]),
        ("kind=booking&date=2026-11-23", [4]),
        ("by=sam", [2]),
        ("by=dr-lee", [3, 1]),
        ("by=Dr%20Mina%20Lee", [3, 1]),
        ("by=4b1c", [3, 1]),
        ("by=portal-id", [4]),
        ("by=Patient%20portal", [4]),
        ("by=kim", []),
    ],
)
def test_filters_select_changes(client: AppClient, query: str, seconds: list[int]) -> None:
    name_client(client, "portal-id", "Patient portal")
    add_change(1)
    add_change(2, date=TUESDAY, actor=SAM)
    add_change(3, date=None, kind=ChangeKind.SETTINGS)
    add_change(4, kind=ChangeKind.BOOKING, actor=PORTAL)

    assert seconds_of(get_feed(client, query)) == seconds


@pytest.mark.both_stores
@pytest.mark.parametrize("query", ["limit=2", f"limit=2&date={MONDAY}", "limit=2&by=dr-lee"])
def test_pages_list_every_change_once(client: AppClient, query: str) -> None:
    for second in range(5):
        add_change(second)
    pages = []
    cursor: str | None = ""

    while cursor is not None:
        page = get_feed(client, f"{query}{f'&cursor={cursor}' if cursor else ''}")
        pages.append(seconds_of(page))
        cursor = page.json["next"]

    assert pages == [[4, 3], [2, 1], [0]]


def test_limit_is_20_by_default(client: AppClient) -> None:
    for second in range(21):
        add_change(second)

    assert len(get_feed(client).json["changes"]) == 20
    assert len(get_feed(client, "limit=100").json["changes"]) == 21


@pytest.mark.parametrize(
    "query",
    [
        "limit=1",
        "limit=1&kind=booking",
        "limit=1&by=sam",
        f"limit=1&date={TUESDAY}",
        f"limit=1&from={MONDAY}",
    ],
)
def test_cursor_of_another_search_is_rejected(client: AppClient, query: str) -> None:
    add_change(1)
    add_change(2)
    cursor = get_feed(client, f"limit=1&date={MONDAY}").json["next"]

    rejected = get_feed(client, f"{query}&cursor={cursor}")

    assert (rejected.status, rejected.error_codes) == (400, [("cursor", "invalid")])


def test_cursor_of_another_doctor_is_rejected(client: AppClient) -> None:
    add_change(1)
    add_change(2)
    cursor = get_feed(client, "limit=1").json["next"]

    rejected = client.get(f"/doctors/dr-twenty/changes?limit=1&cursor={cursor}")

    assert rejected.error_codes == [("cursor", "invalid")]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("kind=saved", "kind"),
        ("date=2026-02-30", "date"),
        ("from=monday", "from"),
        ("from=2026-11-24&to=2026-11-23", "to"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
    ],
)
def test_invalid_filter_is_rejected(client: AppClient, query: str, field: str) -> None:
    rejected = get_feed(client, query)

    assert (rejected.status, rejected.error_codes) == (400, [(field, "invalid")])


def test_unknown_doctor_has_no_feed(client: AppClient) -> None:
    assert client.get("/doctors/dr-who/changes").status == 404


def name_client(client: AppClient, client_id: str, name: str) -> None:
    """Give a booking site a display name."""
    settings = client.services.settings
    client.use_services(
        build_services(structs.replace(settings, client_names={client_id: name}), client.clock)
    )


def test_names_are_shown_instead_of_ids(client: AppClient) -> None:
    name_client(client, "portal-id", "Patient portal")
    add_change(1)
    add_change(2, actor=SAM)
    add_change(3, actor=Actor(name="alex", role=Role.ADMIN, client="page"))
    add_change(4, actor=PORTAL)
    add_change(5, actor=replace(PORTAL, client="other-id"))
    add_change(6, actor=replace(DOCTOR, client="portal-id"))

    changes = get_feed(client).json["changes"]

    assert [(change["by"], change["client"]["name"]) for change in reversed(changes)] == [
        ({"name": "Dr Mina Lee", "role": "doctor"}, "Manage Slots"),
        ({"name": "sam", "role": "delegate"}, "Manage Slots"),
        ({"name": "alex", "role": "admin"}, "Manage Slots"),
        ({"name": "Patient portal", "role": "booking-site"}, "Patient portal"),
        ({"name": "other-id", "role": "booking-site"}, "other-id"),
        ({"name": "Dr Mina Lee", "role": "doctor"}, "Patient portal"),
    ]
    assert [change["client"]["id"] for change in changes[:3]] == [
        "portal-id",
        "other-id",
        "portal-id",
    ]
    assert [change.get("on_behalf_of") for change in changes] == [*[None] * 4, "dr-lee", None]


def test_moves_and_overrides_say_where_and_why(client: AppClient) -> None:
    add_change(
        1,
        kind=ChangeKind.MOVE,
        booked=(make_slot("09:00", status=SlotStatus.BOOKED),),
        moved_from=SlotId("dr-lee", to_instant("10:00", TUESDAY)),
    )
    add_change(2, kind=ChangeKind.RELEASE, affected=(make_slot("11:00"),), reason="Emergency")

    release, move = get_feed(client).json["changes"]

    assert (release["affected"][0]["start"][11:16], release["reason"]) == ("11:00", "Emergency")
    assert move["moved_from"] == "dr-lee~20261124T1000Z"
    assert move["booked"] == [
        {
            "slot_id": "dr-lee~20261123T0900Z",
            "start": "2026-11-23T09:00:00+00:00",
            "end": "2026-11-23T09:30:00+00:00",
            "status": "busy",
        }
    ]
    assert "moved_to" not in move


@pytest.mark.both_stores
def test_change_of_a_plan_names_the_plan(client: AppClient) -> None:
    add_change(1)
    add_change(2, kind=ChangeKind.SERIES, plan_id="plan-1", opened=(make_slot("09:00"),))

    changes = get_feed(client).json["changes"]

    assert [change["plan_id"] for change in changes] == ["plan-1", None]
