"""Sessions that apply on some weekdays: settings, the day, saves, and what older items mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.web.api.fields import WEEKDAYS
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import date_range
from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

MORNINGS: dict[str, Any] = {"days_of_week": ["fri", "mon"], "from": "09:00", "to": "10:00"}
TUESDAY = {"days_of_week": ["tue"], "from": "09:00", "to": "12:00"}


def count_boxes(client: AppClient, date: str) -> int:
    """Return the number of boxes of Dr Lee's day."""
    return len(client.get(f"/slots?doctor_id=dr-lee&date={date}").json["slots"])


def test_sessions_apply_on_their_weekdays(client: AppClient) -> None:
    changed = client.update_doctor(sessions=[MORNINGS, TUESDAY])

    assert changed.status == 200
    assert [count_boxes(client, date) for date in date_range(7)] == [2, 6, 0, 0, 2, 0, 0]


def test_page_of_a_day_without_hours_leads_to_the_settings(client: AppClient) -> None:
    client.update_doctor(sessions=[TUESDAY])

    page = parse(client.get("/slots?doctor_id=dr-lee&date=2026-11-25", **BROWSER_HEADERS).text)

    links = page.select("#schedule > p a")
    assert [attribute(link, "href") for link in links] == ["/settings?doctor_id=dr-lee"]


def test_weekdays_are_returned_monday_first(client: AppClient) -> None:
    changed = client.update_doctor(sessions=[MORNINGS])

    assert changed.json["sessions"] == [{**MORNINGS, "days_of_week": ["mon", "fri"]}]
    assert client.get("/doctors/dr-lee").json == changed.json


def test_session_without_weekdays_applies_every_day(client: AppClient) -> None:
    changed = client.update_doctor(sessions=[{"from": "09:00", "to": "10:00"}])

    assert changed.json["sessions"][0]["days_of_week"] == list(WEEKDAYS)


def test_sessions_of_different_weekdays_may_overlap(client: AppClient) -> None:
    assert client.update_doctor(sessions=[MORNINGS, TUESDAY]).status == 200

    rejected = client.update_doctor(sessions=[MORNINGS, {**TUESDAY, "days_of_week": ["mon"]}])

    assert (rejected.status, rejected.error_codes) == (400, [("sessions", "invalid")])
    assert rejected.json["detail"] == "Mon, Fri 09:00–10:00 and Mon 09:00–12:00 overlap"


@pytest.mark.parametrize("codes", [[], ["mon", "mon"], ["Mon"], ["monday"], ["mon", 1], "mon"])
def test_malformed_weekdays_are_rejected(client: AppClient, codes: object) -> None:
    rejected = client.update_doctor(sessions=[{**MORNINGS, "days_of_week": codes}])

    ((field, code),) = rejected.error_codes
    assert (rejected.status, code) == (400, "invalid")
    assert field.startswith("sessions[0].days_of_week")


def test_longest_weekday_counts_for_the_limit(client: AppClient) -> None:
    whole_day = {"from": "00:00", "to": "24:00"}
    longest = {**whole_day, "days_of_week": ["wed"]}
    others = {**MORNINGS, "days_of_week": ["mon"]}

    rejected = client.update_doctor(slot_minutes=15, sessions=[others, longest])

    assert rejected.json["detail"] == (
        "A day can have at most 92 slots in a time zone whose clocks change "
        "(these sessions make 96)"
    )


def test_each_weekday_can_have_sessions_of_its_own(client: AppClient) -> None:
    sessions = [
        {"days_of_week": [day], "from": f"{hour:02}:00", "to": f"{hour:02}:30"}
        for day in WEEKDAYS
        for hour in range(24)
    ]

    changed = client.update_doctor(sessions=sessions)

    assert (changed.status, len(changed.json["sessions"])) == (200, 168)
    assert [count_boxes(client, date) for date in date_range(7)] == [24] * 7


def test_slot_outside_the_weekday_cannot_be_opened(client: AppClient) -> None:
    client.update_doctor(sessions=[TUESDAY])

    rejected = client.save("09:00")

    assert (rejected.status, [code for _, code in rejected.error_codes]) == (400, ["not_on_grid"])


def test_audit_log_names_weekdays(client: AppClient) -> None:
    client.update_doctor(sessions=[MORNINGS])

    change = client.get("/doctors/dr-lee/changes").json["changes"][0]

    (sessions,) = change["settings"]
    assert sessions["after"] == ["Mon, Fri 09:00–10:00"]
