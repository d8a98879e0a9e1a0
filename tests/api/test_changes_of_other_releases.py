"""The change feed with items of other releases: saves before the audit log, and odd entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.change_feed import add_change, get_feed, seconds_of
from tests.support.factories import MONDAY
from tests.support.unreadable_items import is_clear_error

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem
    from tests.support.request_log import RequestLog


def legacy_save(version: int, start: str, **attributes: str) -> RawItem:
    """Make the record of a save as release 2ba8767 wrote it; an empty text removes an attribute."""
    texts = {
        "PK": "DOCTOR#dr-lee",
        "SK": f"CHANGE#{MONDAY}#legacy-{version}",
        "type": "change",
        "request_id": f"legacy-{version}",
        "fingerprint": "f",
        "at": f"2026-11-20T12:00:0{version}Z",
        "by": "sam",
        "role": "delegate",
        "client": "page",
    }
    slots = {f"{MONDAY}T{start}Z": {"M": {"minutes": {"N": "30"}, "status": {"S": "free"}}}}
    return {
        **{name: {"S": text} for name, text in (texts | attributes).items() if text},
        "version": {"N": str(version)},
        "opened": {"M": slots},
        "withdrawn": {"M": {}},
    }


def put_item(client: AppClient, item: RawItem) -> None:
    client.dynamodb.put_item(TableName=client.services.settings.table_name, Item=item)


def test_history_of_date_ends_with_saves_of_former_release(client: AppClient) -> None:
    put_item(client, legacy_save(1, "09:00"))
    put_item(client, legacy_save(2, "09:30"))
    client.save("10:00")

    history = client.get(f"/slots/history?date={MONDAY}").json["changes"]

    assert [slot["start"][11:16] for change in history for slot in change["opened"]] == [
        "10:00",
        "09:30",
        "09:00",
    ]
    assert history[1]["by"] == {"name": "sam", "role": "delegate"}


def test_pages_continue_through_saves_of_the_former_release(client: AppClient) -> None:
    for version in (1, 2, 3):
        put_item(client, legacy_save(version, "09:00"))
    add_change(9)
    seconds = []
    cursor: str | None = ""

    while cursor is not None:
        page = get_feed(client, f"limit=1&date={MONDAY}&cursor={cursor}")
        seconds += seconds_of(page)
        cursor = page.json["next"]

    assert seconds == [9, 3, 2, 1]


@pytest.mark.parametrize("missing", ["by", "role", "client", "at"])
def test_save_from_before_sign_in_is_left_out(client: AppClient, missing: str) -> None:
    put_item(client, legacy_save(1, "09:00", **{missing: ""}))
    put_item(client, legacy_save(2, "09:30"))

    history = client.get(f"/slots/history?date={MONDAY}")

    assert (history.status, seconds_of(history)) == (200, [2])


@pytest.mark.parametrize("at", ["", "yesterday"])
def test_undo_of_unreadable_former_save_is_clear_error(client: AppClient, at: str) -> None:
    put_item(client, legacy_save(1, "09:00", at=at))

    response = client.post(
        "/slots/undo", {"change_id": f"dr-lee~{MONDAY}~20261120T120001000000Z~legacy-1"}
    )

    assert is_clear_error(response)


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": {"S": "of a later release"}},
        {"role": {"S": "robot"}},
        {"at": {"N": "5"}},
        {"opened": {"S": "?"}},
        {"type": {"S": "audit2"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("query", ["", f"date={MONDAY}"])
def test_odd_entry_is_left_out_and_counted(
    app_log: RequestLog, odd: dict[str, Any], query: str
) -> None:
    client = app_log.client
    add_change(1)
    (item,) = (item for item in client.export() if item["SK"]["S"].endswith("#s"))
    app_log.raw_lines.clear()
    put_item(client, item | odd)
    add_change(2)

    feed = get_feed(client, query)

    assert (feed.status, seconds_of(feed)) == (200, [2, 0])  # 0 is the fixture's save
    if "type" not in odd:  # PynamoDB does not even return items of other types
        assert app_log.entry_for(feed)["UnreadableItems"] == 1


def test_records_of_saves_are_not_counted_as_unreadable(app_log: RequestLog) -> None:
    app_log.client.save("09:00")
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.get(f"/slots/history?date={MONDAY}"))

    assert "UnreadableItems" not in entry
