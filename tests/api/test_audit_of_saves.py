"""What a save adds to the audit log, in its own transaction."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.storage import keys
from chalicelib.storage.models import SlotItem
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import MONDAY, SUNDAY_NOON, to_instant

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.raw_table import RawItem


MICROSECOND = timedelta(microseconds=1)


def get_changes(client: AppClient, query: str = f"date={MONDAY}") -> list[dict[str, Any]]:
    """Return the changes of Dr Lee, by default of Monday."""
    changes: list[dict[str, Any]] = client.get(f"/doctors/dr-lee/changes?{query}").json["changes"]
    return changes


def items_of_type(client: AppClient, name: str) -> list[RawItem]:
    return [item for item in client.export() if item["type"]["S"] == name]


def slot_item(start: str) -> SlotItem:
    return SlotItem.get(keys.doctor_pk("dr-lee"), keys.slot_sk(to_instant(start)))


def starts(slots: list[dict[str, str]]) -> list[str]:
    return [slot["start"][11:16] for slot in slots]


def test_save_is_recorded_with_author_and_slots(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.save("10:00", closed=("09:00",))

    newest, oldest = get_changes(client)

    assert (newest["kind"], newest["date"]) == ("save", MONDAY.isoformat())
    assert newest["by"] == {"name": "Dr Mina Lee", "role": "doctor"}
    assert (starts(newest["opened"]), starts(newest["closed"])) == (["10:00"], ["09:00"])
    assert (starts(oldest["opened"]), starts(oldest["closed"])) == (["09:00", "09:30"], [])


def test_rejected_save_is_not_recorded(client: AppClient) -> None:
    client.save("09:00")

    assert client.save("09:00").status == 400

    assert len(get_changes(client)) == 1


def test_repeated_save_is_recorded_once(client: AppClient) -> None:
    client.save("09:00", Idempotency_Key="twice")

    client.save("09:00", Idempotency_Key="twice")

    assert len(get_changes(client)) == 1


def test_record_of_save_names_its_change_and_no_slots(client: AppClient) -> None:
    client.save("09:00", Idempotency_Key="once")

    (record,) = items_of_type(client, "change")
    (change,) = get_changes(client)

    assert record["change_id"] == {"S": change["change_id"]}
    assert not {"opened", "withdrawn", "by", "at"} & record.keys()


def test_first_save_of_whole_day_is_a_transaction_of_100_actions(client: AppClient) -> None:
    quarters = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 15)]
    action_counts: list[int] = []

    def count(request: AWSPreparedRequest, **_: object) -> None:
        assert isinstance(request.body, bytes)
        action_counts.append(len(json.loads(request.body)["TransactItems"]))

    with client.before_call(TRANSACT_WRITE, count):
        saved = client.save(*quarters, doctor_id="dr-quarter")

    assert (saved.status, len(saved.free_times), action_counts) == (200, 96, [100])


def test_saves_of_one_instant_are_recorded_in_their_order(client: AppClient) -> None:
    for start in ("09:00", "09:30", "10:00"):
        client.save(start)

    changes = get_changes(client)

    assert [starts(change["opened"]) for change in changes] == [["10:00"], ["09:30"], ["09:00"]]
    assert [datetime.fromisoformat(change["at"]) - SUNDAY_NOON for change in changes] == [
        2 * MICROSECOND,
        MICROSECOND,
        timedelta(0),
    ]


def test_opened_slots_have_the_instant_of_their_entry(client: AppClient) -> None:
    client.save("09:00")

    (entry,) = items_of_type(client, "audit")
    (day,) = items_of_type(client, "day")

    assert entry["at"] == day["changed_at"] == {"S": slot_item("09:00").changed_at}


def close_after_act_at(client: AppClient, changed_at: str | None) -> AppResponse:
    """Close a slot whose last act has that instant, by a clock that may be ahead of ours."""
    client.save("09:00", "09:30")
    slot_item("09:00").update([SlotItem.changed_at.set(changed_at)] if changed_at else [
        SlotItem.changed_at.remove()])  # fmt: skip
    return client.save(closed=("09:00",))


def test_close_is_recorded_after_the_slots_last_act(client: AppClient) -> None:
    closed = close_after_act_at(client, "2026-11-22T12:07:00.000000Z")

    assert (closed.status, closed.free_times) == (200, ["09:30"])
    assert get_changes(client)[0]["at"] == "2026-11-22T12:07:00.000001+00:00"


def test_slot_without_instant_can_be_closed(client: AppClient) -> None:
    assert close_after_act_at(client, None).free_times == ["09:30"]


def test_taken_slot_with_later_act_is_still_reported(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")

    closed = client.save(closed=("09:00",))

    assert closed.error_codes == [("2026-11-23T09:00:00+00:00", "slot_taken")]
