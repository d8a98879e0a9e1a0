"""New time zone data moves the local times of stored slots, in this case across midnight.

A doctor in Vancouver opens slots with the rules of tzdata 2025.2, by which the clock shows 23:00
where it shows 00:00 of the next date by the rules of the pinned release.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from cloud import zones
from tests.support.app_client import make_slot_id
from tests.support.day_page import BROWSER_HEADERS, PageForm
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.tzdata import TZDATA_2025_2, use_tzdata

if TYPE_CHECKING:
    from tests.api.conftest import ItemsAfter
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.raw_table import RawItem


DATE, NEXT_DATE = "2027-01-11", "2027-01-12"
EVENING = {
    "name": "Dr Vera Van",
    "specialty": "tz",
    "location": "Vancouver",
    "time_zone": "America/Vancouver",
    "slot_minutes": 30,
    "sessions": [{"from": "09:00", "to": "12:00"}, {"from": "20:00", "to": "24:00"}],
}
NIGHT = EVENING | {"slot_minutes": 45, "sessions": [{"from": "00:00", "to": "09:00"}]}
FIRST, SECOND = "dr-van~20270112T0700Z", "dr-van~20270112T0730Z"
"""The slots that were 23:00 and 23:30 of the 11th, and are 00:00 and 00:30 of the 12th."""
NEXT_MORNING = "dr-van~20270112T1600Z"


@pytest.fixture(scope="module")
def items_from_before(items_after: ItemsAfter) -> list[RawItem]:
    """The items after slots were opened with the earlier time zone data."""

    def send(client: AppClient) -> None:
        with use_tzdata(TZDATA_2025_2):
            assert client.put("/doctors/dr-van", EVENING).status == 201
            opened = client.save("09:00", "23:00", "23:30", doctor_id="dr-van", date=DATE)
            assert opened.free_times == ["09:00", "23:00", "23:30"]
        client.restart()

    return items_after(send)


@pytest.fixture(params=["new", "old"])
def moved(
    client: AppClient,
    doctor_items: list[RawItem],
    items_from_before: list[RawItem],
    request: pytest.FixtureRequest,
) -> AppClient:
    """The app with the pinned time zone data and slots from before.

    Slot items of the first releases, "old", do not have the date of their day.
    """
    is_old = request.param == "old"
    items = [
        {name: value for name, value in item.items() if name != "date"}
        if is_old and item["type"]["S"] == "slot"
        else item
        for item in items_from_before
    ]
    client.restore(items, current=doctor_items)
    return client


def claim(client: AppClient, slot_id: str, **fields: str) -> AppResponse:
    """Book a slot as ``b-1``."""
    body = {"booking_id": "b-1", "patient_reference": "p", **fields}
    return client.put(f"/slots/{slot_id}/booking", body)


def listed_starts(client: AppClient) -> list[str]:
    """Return the starts of the bookable slots of the date under which they are stored."""
    response = client.get(f"/doctors/dr-van/slots?from={DATE}&to={DATE}")
    return [slot["start"] for slot in response.json["slots"]]


def close(client: AppClient, start: str, date: str = DATE) -> AppResponse:
    slots = [{"start": start, "status": "busy-unavailable"}]
    return client.post_slots({"doctor_id": "dr-van", "date": date, "slots": slots})


def test_stored_slots_keep_their_date(moved: AppClient) -> None:
    assert listed_starts(moved) == [
        "2027-01-11T10:00:00-07:00",
        "2027-01-12T00:00:00-07:00",
        "2027-01-12T00:30:00-07:00",
    ]
    assert moved.search(f"specialty=tz&from={DATE}&to={DATE}")[0][2] == 3


def test_listed_slot_is_held_and_released(moved: AppClient) -> None:
    held = moved.put(f"/slots/{SECOND}/hold", {"holder": "h", "seconds": 60})

    assert (held.status, len(listed_starts(moved))) == (200, 2)
    assert moved.delete(f"/slots/{SECOND}/hold?holder=h").status == 204
    assert len(listed_starts(moved)) == 3


def test_listed_slot_is_booked_and_cancelled(moved: AppClient) -> None:
    assert claim(moved, FIRST).status == 201
    assert claim(moved, FIRST).status == 200
    assert len(listed_starts(moved)) == 2
    assert moved.delete(f"/slots/{FIRST}/booking?booking_id=b-1").status == 204
    assert len(listed_starts(moved)) == 3


def test_booking_moves_from_and_to_listed_slots(moved: AppClient) -> None:
    moved.save("09:00")
    assert claim(moved, FIRST).status == 201

    assert claim(moved, SECOND, moves=FIRST).status == 201
    assert claim(moved, make_slot_id("09:00"), moves=SECOND).status == 201
    assert len(listed_starts(moved)) == 3


def test_listed_slot_is_booked_if_there_is_a_day_of_its_new_date(moved: AppClient) -> None:
    moved.save("09:00", doctor_id="dr-van", date=NEXT_DATE)

    assert claim(moved, FIRST).status == 201
    assert len(listed_starts(moved)) == 2


def test_booking_moves_between_listed_slot_and_slot_of_new_date(moved: AppClient) -> None:
    moved.save("09:00", doctor_id="dr-van", date=NEXT_DATE)
    assert claim(moved, FIRST).status == 201

    assert claim(moved, NEXT_MORNING, moves=FIRST).status == 201
    assert len(listed_starts(moved)) == 3
    assert claim(moved, FIRST, moves=NEXT_MORNING).status == 201
    assert len(listed_starts(moved)) == 2


def test_claim_of_moved_slot_costs_one_read_and_one_more_write(moved: AppClient) -> None:
    moved.clock.now += timedelta(seconds=1)
    moved.get(f"/slots/{FIRST}")

    with moved.record_calls() as calls:
        assert claim(moved, FIRST).status == 201

    assert calls == [TRANSACT_WRITE, "BatchGetItem", TRANSACT_WRITE]


def test_acts_are_in_the_feed_of_the_stored_date(moved: AppClient) -> None:
    claim(moved, FIRST)
    claim(moved, SECOND, moves=FIRST)
    moved.delete(f"/slots/{SECOND}/booking?booking_id=b-1")

    changes = moved.get(f"/doctors/dr-van/changes?date={DATE}").json["changes"]
    assert [change["kind"] for change in changes[:3]] == ["cancellation", "move", "desk"]


def test_bookings_of_the_stored_date_are_listed(moved: AppClient) -> None:
    claim(moved, SECOND)

    listed = moved.get(f"/doctors/dr-van/bookings?from={DATE}&to={DATE}").json["bookings"]

    assert [booking["slot_id"] for booking in listed] == [SECOND]


def test_listed_slot_is_closed_by_its_instant(moved: AppClient) -> None:
    assert close(moved, "2027-01-12T00:30:00-07:00").status == 200
    assert len(listed_starts(moved)) == 2


def test_listed_slot_is_closed_on_the_page(moved: AppClient) -> None:
    path = f"/slots?doctor_id=dr-van&date={DATE}"
    form = PageForm(moved.get(path, **BROWSER_HEADERS))
    assert len(form.checked_starts) == 3

    saved = moved.post_form(form.submission(*form.checked_starts[1:]))

    assert saved.status == 303
    assert len(listed_starts(moved)) == 2


def test_booked_slot_is_not_closed(moved: AppClient) -> None:
    claim(moved, SECOND)

    assert close(moved, "2027-01-12T00:30:00-07:00").error_codes[0][1] == "slot_taken"


@pytest.mark.parametrize(
    ("start", "code"),
    [("00:00", "slot_exists"), ("00:45", "overlaps"), ("2027-01-12T07:45:00Z", "overlaps")],
)
def test_overlap_with_slot_of_date_before_is_rejected(
    moved: AppClient, start: str, code: str
) -> None:
    moved.update_doctor("dr-van", **NIGHT)

    rejected = moved.save(start, doctor_id="dr-van", date=NEXT_DATE)

    assert rejected.status == 400
    assert [found for _, found in rejected.error_codes] == [code]


def test_overlap_with_slot_of_date_after_is_rejected(moved: AppClient) -> None:
    """The reverse: a process with the older data opens the same hours."""
    moved.update_doctor("dr-van", **NIGHT)
    moved.save("02:15", doctor_id="dr-van", date=NEXT_DATE)
    assert close(moved, "2027-01-12T00:00:00-07:00").status == 200
    assert close(moved, "2027-01-12T00:30:00-07:00").status == 200
    assert moved.save("00:00", doctor_id="dr-van", date=NEXT_DATE).status == 200
    moved.update_doctor("dr-van", **EVENING)

    with use_tzdata(TZDATA_2025_2):
        moved.restart()
        rejected = moved.save("23:00", "23:30", doctor_id="dr-van", date=DATE)

    assert [code for _, code in rejected.error_codes] == ["slot_exists", "overlaps"]


def test_save_near_midnight_is_still_two_calls(moved: AppClient) -> None:
    with moved.record_calls() as calls:
        assert moved.save("20:00", doctor_id="dr-van", date=NEXT_DATE).status == 200

    assert calls == ["BatchGetItem", TRANSACT_WRITE]


def test_operator_sees_whose_slots_new_data_moves(
    moved: AppClient, capsys: pytest.CaptureFixture[str]
) -> None:
    claim(moved, FIRST)
    moved.save("09:00")
    command = ["--table", moved.services.settings.table_name, "--tzdata", str(TZDATA_2025_2)]

    doctor = moved.services.doctors.get("dr-van")
    report = zones.report_on(doctor, TZDATA_2025_2, moved.clock.now)

    assert report == (
        "dr-van (America/Vancouver): 3 slots move, 1 of them booked; "
        "the first from 2027-01-11 10:00 to 2027-01-11 09:00"
    )
    assert zones.main(command) == 2  # that folder has no other zone
    assert "Europe/London" in capsys.readouterr().err


def test_report_on_one_slot_says_so(moved: AppClient) -> None:
    moved.update_doctor("dr-van", active=False)
    doctor = moved.services.doctors.get("dr-van")

    report = zones.report_on(doctor, TZDATA_2025_2, datetime(2027, 1, 12, 7, tzinfo=UTC))

    assert report == (
        "dr-van (America/Vancouver): 1 slot moves, 0 of them booked; "
        "the first from 2027-01-12 00:30 to 2027-01-11 23:30"
    )


def test_operator_sees_that_pinned_data_moves_no_slot(
    moved: AppClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with resources.as_file(resources.files("tzdata")) as package:
        folder = package.parent
    status = zones.main(["--table", moved.services.settings.table_name, "--tzdata", str(folder)])

    assert (status, capsys.readouterr().out) == (
        0, "No coming slot changes its wall-clock time.\n"
    )  # fmt: skip
