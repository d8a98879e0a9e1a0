"""Import the starts of many slots by a plan: JSON and CSV."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.imports import MAX_STARTS
from tests.support.factories import MONDAY
from tests.support.plans import PLANS, apply, open_times, undo_plan

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

TUESDAY = MONDAY + timedelta(days=1)
DAYS = [
    {"date": str(MONDAY), "slots": ["09:00", "10:00"]},
    {"date": str(TUESDAY), "slots": ["2026-11-24T09:30:00Z"]},
]


def send(client: AppClient, days: list[dict[str, Any]]) -> AppResponse:
    return client.post(PLANS, {"kind": "import", "days": days})


def send_csv(client: AppClient, text: str | bytes) -> AppResponse:
    body = text if isinstance(text, bytes) else text.encode()
    return client.request("POST", PLANS, body, {"Content-Type": "text/csv"})


def codes_of(response: AppResponse) -> list[str]:
    return [error["code"] for error in response.json["errors"]]


def test_import_opens_the_slots_of_each_date(client: AppClient) -> None:
    response = send(client, DAYS)
    assert (response.status, response.json["kind"], response.json["opens"]) == (201, "import", 3)

    apply(client, response.json)

    assert open_times(client, MONDAY) == ["09:00", "10:00"]
    assert open_times(client, TUESDAY) == ["09:30"]
    (change,) = client.get(f"/doctors/dr-lee/changes?date={TUESDAY}").json["changes"]
    assert (change["kind"], change["plan_id"]) == ("import", response.json["plan_id"])


def test_imported_slots_count_as_opened_by_hand(client: AppClient) -> None:
    apply(client, send(client, DAYS).json)
    slots = [slot for slot in client.get_day().json["slots"] if "origin" in slot]
    assert {slot["origin"]["series_id"] for slot in slots} == {None}


def test_import_of_csv_opens_the_same_slots(client: AppClient) -> None:
    text = "date,start\r\n2026-11-23,09:00\r\n2026-11-23,10:00\r\n\r\n2026-11-24,09:30\r\n"
    plan = send_csv(client, f"\ufeff{text}").json
    apply(client, plan)
    assert open_times(client, MONDAY) == ["09:00", "10:00"]
    assert open_times(client, TUESDAY) == ["09:30"]


def test_import_leaves_what_is_there_alone(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    plan = apply(client, send(client, DAYS).json)
    assert plan["opens"] == 2
    assert plan["days"][0]["kept"] == [
        {"start": "2026-11-23T09:00:00+00:00", "code": "opened_by_hand"}
    ]
    assert client.get_slot("09:00").json["status"] == "busy"


def test_import_can_be_undone(client: AppClient) -> None:
    plan = apply(client, send(client, DAYS).json)
    assert undo_plan(client, plan)["closes"] == 3
    assert open_times(client, MONDAY) == []


def test_applied_import_does_not_reopen_slots_closed_meanwhile(client: AppClient) -> None:
    plan = send(client, DAYS).json
    client.post(f"{PLANS}/{plan['plan_id']}/steps", {})
    client.save(closed=("09:00",))
    client.post(f"{PLANS}/{plan['plan_id']}/steps", {})
    assert open_times(client, MONDAY) == ["10:00"]


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ([], ["nothing_to_save"]),
        ([{"date": "2026-11-23", "slots": []}], ["nothing_to_save"]),
        ([{"date": "2026-11-23", "slots": ["09:10"]}], ["not_on_grid"]),
        ([{"date": "2026-11-23", "slots": ["nine"]}], ["invalid"]),
        ([{"date": "2026-11-23", "slots": ["09:00", "09:00"]}], ["repeated"]),
        ([{"date": "2026-11-31", "slots": ["09:00"]}], ["invalid"]),
        ([*DAYS, DAYS[0]], ["invalid"]),
        ([{"date": "2028-11-23", "slots": ["09:00"]}], ["not_bookable"]),
        ([{"date": "2026-11-22", "slots": ["09:00"]}], ["in_past"]),
        (
            [
                {"date": "2026-11-23", "slots": ["09:10"]},
                {"date": "2026-11-24", "slots": ["08:00", "x"]},
            ],
            ["not_on_grid", "not_on_grid", "invalid"],
        ),
    ],
)
def test_invalid_import_is_rejected_with_every_reason(
    client: AppClient, days: list[dict[str, Any]], codes: list[str]
) -> None:
    response = send(client, days)
    assert (response.status, codes_of(response)) == (400, codes)


def test_import_of_what_is_open_already_is_rejected(client: AppClient) -> None:
    client.save("09:00")
    response = send(client, [{"date": str(MONDAY), "slots": ["09:00"]}])
    assert (response.status, codes_of(response)) == (400, ["slot_exists"])


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "body"),
        ("start,date\n09:00,2026-11-23\n", "body"),
        (b"date,start\n\xff\n", "body"),
        ('date,start\n"2026-11-23,09:00\n', "line 2"),
        ("date,start,status\n2026-11-23,09:00\n", "line 2"),
        ("date,start\n2026-11-23\n", "line 2"),
        ("date,start\n2026-11-23,09:00\n23.11.2026,09:30\n", "line 3"),
        ("date,start\n", "days"),
    ],
)
def test_invalid_csv_is_rejected_with_its_line(
    client: AppClient, text: str | bytes, field: str
) -> None:
    response = send_csv(client, text)
    assert response.status == 400
    assert [error["field"] for error in response.json["errors"]] == [field]


def test_invalid_csv_is_rejected_with_each_line_and_its_reason(client: AppClient) -> None:
    lines = [
        "date,start",
        "2026-11-24,09:30",
        "2026-11-23",
        "",
        "2026-11-23,09:10",
        "23.11.2026,09:30",
        "2026-11-23,nine",
        "2028-11-23,09:00",
        "2026-11-24,09:30",
    ]

    response = send_csv(client, "\n".join(lines))

    assert response.error_codes == [
        ("line 3", "invalid"),
        ("line 5", "not_on_grid"),
        ("line 6", "invalid"),
        ("line 7", "invalid"),
        ("line 8", "not_bookable"),
        ("line 9", "repeated"),
    ]
    reason = "Line 5: 2026-11-23 09:10 is not one of this day's slots"
    assert response.json["errors"][1]["detail"] == reason
    assert client.get(PLANS).json["plans"] == []


def test_hundred_invalid_lines_are_listed_and_all_are_counted(client: AppClient) -> None:
    response = send_csv(client, "date,start\n" + "2026-11-23,09:10\n" * 150)

    assert response.json["errors_total"] == 150
    assert [error["field"] for error in response.json["errors"]] == [
        f"line {n}" for n in range(2, 102)
    ]


def test_import_larger_than_any_export_is_rejected_at_once(client: AppClient) -> None:
    text = "date,start\n" + "2026-11-23,09:00\n" * (MAX_STARTS + 1)
    days = [{"date": str(MONDAY), "slots": ["09:00"] * (MAX_STARTS + 1)}]

    for rejected in (send_csv(client, text), send(client, days)):
        assert (rejected.status, rejected.error_codes) == (400, [("days", "too_many")])


def test_columns_for_people_have_no_effect(client: AppClient) -> None:
    plan = send_csv(client, "date,start,end,status\n2026-11-23,09:00,12:00,busy\n").json
    apply(client, plan)
    assert open_times(client, MONDAY) == ["09:00"]
    assert client.get_slot("09:00").json["status"] == "free"


def test_csv_with_every_slot_of_a_year_is_not_too_large(client: AppClient) -> None:
    dates = [MONDAY + timedelta(days=n) for n in range(360)]
    lines = [f"{on},09:10,09:40,free" for on in dates for _ in range(96)]

    response = send_csv(client, "\r\n".join(["date,start,end,status", *lines]))

    assert (response.status, response.json["errors_total"]) == (400, len(lines))


def test_start_of_another_date_is_rejected_with_its_own_date(client: AppClient) -> None:
    response = send(client, [{"date": "2026-11-23", "slots": ["2026-11-24T09:00:00+00:00"]}])
    assert codes_of(response) == ["not_on_grid"]
    assert response.json["detail"].startswith("2026-11-24 09:00")


def test_import_finds_boxes_of_repeated_hour_by_offset(client: AppClient) -> None:
    def import_starts(*starts: str) -> AppResponse:
        days = [{"date": "2027-04-04", "slots": starts}]
        return client.post("/doctors/dr-walker/plans", {"kind": "import", "days": days})

    assert codes_of(import_starts("01:30")) == ["ambiguous_time"]
    assert import_starts("2027-04-04T01:30:00+11:00").json["opens"] == 1
