"""Pages of the change feed: what they leave out, where they end, and how much they read."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.audit_log import Actor, ChangeKind
from chalicelib.domain.change_feed import ActorNames, ChangeSearch
from chalicelib.domain.day import KeptReason, KeptSlot
from chalicelib.domain.permissions import Role
from chalicelib.storage.audit_log import AuditLog
from tests.support.change_feed import DOCTOR, add_change, get_feed, seconds_of
from tests.support.factories import MONDAY, make_doctor, make_slot
from tests.support.profile import rounds

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


TUESDAY, WEDNESDAY = (MONDAY + timedelta(days=days) for days in (1, 2))
SAM = Actor(name="sam", role=Role.DELEGATE, client="page")
PORTAL = Actor(name="portal", role=Role.BOOKING_SITE, client="portal")
NOTHING: dict[str, Any] = {"opened": ()}
ALL_DATES = ChangeSearch(doctor_id="dr-lee")
NAMES = ActorNames(doctor=make_doctor())


@pytest.mark.both_stores
@pytest.mark.parametrize("query", ["", f"date={MONDAY}", "kind=series"])
def test_change_without_content_is_left_out(client: AppClient, query: str) -> None:
    add_change(1, kind=ChangeKind.SERIES, plan_id="p")
    add_change(2, kind=ChangeKind.SERIES, plan_id="p", **NOTHING)

    assert seconds_of(get_feed(client, query)) == [1]


def test_change_that_only_kept_slots_is_listed(client: AppClient) -> None:
    kept = (KeptSlot(make_slot("09:00"), KeptReason.BOOKED),)
    add_change(1, kind=ChangeKind.SERIES, plan_id="p", kept=kept)

    (change,) = get_feed(client).json["changes"]

    assert change["kept"] == [{"start": "2026-11-23T09:00:00+00:00", "code": "booked"}]


def test_range_of_one_date_is_the_feed_of_that_date(client: AppClient) -> None:
    add_change(1)
    add_change(2, date=TUESDAY)
    add_change(3)
    cursor = get_feed(client, f"limit=1&date={MONDAY}").json["next"]

    page = get_feed(client, f"limit=1&from={MONDAY}&to={MONDAY}&cursor={cursor}")

    assert seconds_of(page) == [1]


def test_name_in_another_case_finds_the_same_changes(client: AppClient) -> None:
    add_change(1)

    assert seconds_of(get_feed(client, "by=dr%20mina%20LEE")) == [1]


# Every filter, alone and with each of the others, also such that nothing matches.
FEED = [
    (on, kind, actor)
    for on, (kind, actor) in product(
        (MONDAY, TUESDAY, WEDNESDAY),
        (
            (ChangeKind.SAVE, DOCTOR),
            (ChangeKind.SAVE, SAM),
            (ChangeKind.BOOKING, PORTAL),
            (ChangeKind.UNDO, SAM),
        ),
    )
]
dates = st.none() | st.sampled_from((MONDAY, TUESDAY, WEDNESDAY))
NAMED = {"sam": SAM, "portal": PORTAL, "Dr Mina Lee": DOCTOR}


@pytest.fixture
def feed(client: AppClient) -> AppClient:
    """The client, with a change of each date, kind and person that FEED has."""
    for second, (on, kind, actor) in enumerate(FEED):
        add_change(second, date=on, kind=kind, actor=actor)
    return client


@given(
    on=dates,
    first=dates,
    last=dates,
    kind=st.none() | st.sampled_from((ChangeKind.SAVE, ChangeKind.BOOKING)),
    by=st.none() | st.sampled_from(list(NAMED)),
    limit=st.integers(1, 13),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=rounds(daily=10, nightly=500),
)
def test_pages_of_any_search_list_each_match_once(
    feed: AppClient,
    on: date | None,
    first: date | None,
    last: date | None,
    kind: ChangeKind | None,
    by: str | None,
    limit: int,
) -> None:
    if first and last and last < first:
        first, last = last, first
    matching = [
        second
        for second, (changed, of_kind, actor) in enumerate(FEED)
        if on in (None, changed)
        and (first or date.min) <= changed <= (last or date.max)
        and kind in (None, of_kind)
        and (by is None or actor is NAMED[by])
    ]
    filters = {"date": on, "from": first, "to": last, "kind": kind, "by": by}
    query = "".join(f"&{name}={quote(str(value))}" for name, value in filters.items() if value)

    listed: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get_feed(feed, f"limit={limit}{query}{cursor and f'&cursor={cursor}'}")
        assert len(page.json["changes"]) <= limit
        listed += seconds_of(page)
        cursor = page.json["next"]

    assert listed == matching[::-1]


def list_changes(limit: int, cursor: str | None = None) -> tuple[list[str | None], str | None]:
    """Return the plans on a page that has whole plans, and the cursor of the next one."""
    page = AuditLog().list_page(ALL_DATES, NAMES, limit=limit, cursor=cursor, with_whole_plans=True)
    return [entry.plan_id for entry in page.entries], page.cursor


@pytest.mark.usefixtures("client")
def test_page_does_not_end_within_a_plan() -> None:
    add_change(0)
    for second in range(1, 7):
        add_change(second, plan_id="p", **(NOTHING if second == 3 else {}))
    add_change(7)

    plans, cursor = list_changes(2)

    assert plans == [None, *["p"] * 5]
    assert list_changes(2, cursor) == ([None], None)


@pytest.mark.usefixtures("client")
def test_two_plans_count_as_two() -> None:
    for second in range(4):
        add_change(second, plan_id=f"p{second // 2}")

    plans, cursor = list_changes(1)

    assert plans == ["p1", "p1"]
    assert list_changes(1, cursor) == (["p0", "p0"], None)


@pytest.mark.parametrize(
    ("query", "reads"),
    [("limit=2", 1), ("limit=2&kind=undo", 1), (f"limit=2&date={MONDAY}&kind=undo", 2)],
)
def test_search_reads_many_changes_at_once(client: AppClient, query: str, reads: int) -> None:
    for second in range(12):
        add_change(second, kind=ChangeKind.UNDO if second == 0 else ChangeKind.SAVE)

    with client.record_calls() as calls:
        get_feed(client, query)

    assert calls.count("Query") == reads


@pytest.mark.usefixtures("client")
def test_page_without_a_match_says_how_far_it_looked() -> None:
    for second in range(5):
        add_change(second)
    search = ChangeSearch(doctor_id="dr-lee", kind=ChangeKind.UNDO)

    page = AuditLog(max_examined=3).list_page(search, NAMES, limit=1)

    assert page.entries == ()
    assert page.reached is not None
    assert page.reached.second == 2


@pytest.mark.usefixtures("client")
def test_range_with_too_many_changes_to_sort_has_the_same_pages() -> None:
    for second in range(6):
        add_change(second, date=MONDAY + timedelta(days=second % 2))
    search = ChangeSearch.of_dates("dr-lee", first=MONDAY, last=TUESDAY)

    def seconds(max_examined: int, cursor: str | None) -> tuple[list[int], str | None]:
        page = AuditLog(max_examined).list_page(search, NAMES, limit=2, cursor=cursor)
        return [entry.at.second for entry in page.entries], page.cursor

    first, cursor = seconds(5, None)

    assert first == [5, 4]
    # The next page is the same, whether it can sort all changes or not.
    assert seconds(5, cursor) == seconds(6, cursor)
    assert seconds(6, cursor)[0] == [3, 2]
