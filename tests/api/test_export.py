"""Export slots as CSV and JSON, and import them again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.plans import PLANS, apply, open_times

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

EXPORT = "/doctors/dr-lee/export"
CSV = "text/csv"
NIGHT = date(2027, 4, 4)  # In Lord Howe, the clock goes back by half an hour.


def import_csv(client: AppClient, text: str, doctor_id: str = "dr-lee") -> AppResponse:
    path = f"/doctors/{doctor_id}/plans"
    return client.request("POST", path, text.encode(), {"Content-Type": CSV})


def test_export_has_open_held_and_booked_slots_without_patients(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.hold("09:30")
    client.book("10:00", "b-1")

    response = client.get(EXPORT)

    assert response.text == (
        "date,start,end,status\r\n"
        "2026-11-23,09:00,09:30,free\r\n"
        "2026-11-23,09:30,10:00,busy-tentative\r\n"
        "2026-11-23,10:00,10:30,busy\r\n"
    )
    assert response.headers["Content-Type"].startswith(CSV)
    name = "slots-dr-lee-2026-11-22-2027-11-22.csv"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_export_as_json_is_the_request_of_an_import(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.save("10:00", date=str(MONDAY + timedelta(days=1)))

    response = client.get(f"{EXPORT}?format=json&to={MONDAY}")

    days = [{"date": "2026-11-23", "slots": ["09:00", "09:30"]}]
    assert response.json == {"kind": "import", "days": days}
    assert "attachment" in response.headers["Content-Disposition"]


def test_import_of_an_export_changes_nothing(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00", "b-1")
    before = client.get_day().json["version"]
    exported = client.get(f"{EXPORT}?format=json").json

    responses = [import_csv(client, client.get(EXPORT).text), client.post(PLANS, exported)]

    assert [response.error_codes[0][1] for response in responses] == ["slot_exists"] * 2
    assert client.get_day().json["version"] == before


def test_import_of_an_export_of_former_hours_changes_nothing(client: AppClient) -> None:
    client.save("09:00", "09:30")
    exported = client.get(EXPORT).text
    client.update_doctor(slot_minutes=60, window_days=1)
    client.update_doctor(sessions=[{"from": "10:00", "to": "12:00"}])

    response = import_csv(client, exported)

    assert response.error_codes == [("days", "nothing_to_save")]
    assert client.get(EXPORT).text == exported


def test_slot_of_a_former_length_is_open_already(client: AppClient) -> None:
    client.save("09:00", "09:30")
    exported = client.get(EXPORT).text
    client.update_doctor(slot_minutes=15)

    response = import_csv(client, exported)

    assert {code for _, code in response.error_codes} == {"slot_exists"}
    assert client.get(EXPORT).text == exported


def test_export_of_former_hours_opens_what_the_hours_still_have(client: AppClient) -> None:
    client.save("09:30", "10:00", "11:00")
    exported = client.get(EXPORT).text
    client.update_doctor(slot_minutes=60)
    client.save(closed=("11:00",))

    apply(client, import_csv(client, exported).json)

    assert open_times(client, MONDAY) == ["09:30", "10:00", "11:00"]


def test_export_tells_the_repeated_times_of_a_night_apart(client: AppClient) -> None:
    starts = ("2027-04-04T01:30:00+11:00", "2027-04-04T01:30:00+10:30", "02:00")
    client.save(*starts, doctor_id="dr-walker", date=str(NIGHT))

    exported = client.get(f"/doctors/dr-walker/export?from={NIGHT}&to={NIGHT}")

    assert [line.split(",")[1] for line in exported.text.splitlines()[1:]] == [*starts]
    assert import_csv(client, exported.text, "dr-walker").error_codes[0][1] == "slot_exists"


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("from=2026-11-31&to=x", [("from", "invalid"), ("to", "invalid")]),
        ("from=2026-11-23&to=2026-11-22", [("to", "invalid")]),
        ("from=2026-11-23&to=2028-11-23", [("to", "too_many")]),
        ("from=2020-11-23", [("to", "too_many")]),
        ("format=pdf", [("format", "invalid")]),
    ],
)
def test_invalid_export_is_rejected(
    client: AppClient, query: str, errors: list[tuple[str, str]]
) -> None:
    response = client.get(f"{EXPORT}?{query}")

    assert (response.status, response.error_codes) == (400, errors)


def test_export_of_two_years_is_allowed(client: AppClient) -> None:
    assert client.get(f"{EXPORT}?from=2026-11-23&to=2028-11-22").status == 200
