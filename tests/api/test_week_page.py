"""The week view: its content, its polls, and saving its form, each date by itself."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS, PageForm, visible_text
from tests.support.factories import SUNDAY_NOON, date_range, to_instant
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

WEEK_PATH = "/slots/week?doctor_id=dr-lee&date=2026-11-25"
MONDAY, TUESDAY, WEDNESDAY, *_, SUNDAY = date_range(7)


def book(client: AppClient, date: str, start: str = "09:00") -> None:
    """Book a slot of a date; its booking id is new."""
    slot_id = f"dr-lee~{date.replace('-', '')}T{start.replace(':', '')}Z"
    booking = {"booking_id": slot_id.partition("~")[2], "patient_reference": "ref-1"}
    assert client.put(f"/slots/{slot_id}/booking", booking).status == 201


def load_week(client: AppClient) -> PageForm:
    return PageForm(client.get(WEEK_PATH, **BROWSER_HEADERS))


def post_week(client: AppClient, fields: dict[str, object], **headers: str) -> AppResponse:
    """Send ``POST /slots/week`` as the page does."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["Content-Type"] = "application/x-www-form-urlencoded"
    body = urlencode(fields, doseq=True).encode()
    return client.request("POST", "/slots/week", body, sent)


def free_times(client: AppClient) -> list[str]:
    """Date and start of each free slot of the week."""
    return [
        f"{date} {time}" for date in date_range(7) for time in client.get_day(date=date).free_times
    ]


def test_week_is_monday_to_sunday_of_the_date(client: AppClient) -> None:
    page = client.get(WEEK_PATH, **BROWSER_HEADERS)

    heads = parse(page.text).select("thead th")
    assert page.status == 200
    assert [text_of(title) for title in parse(page.text).select("h1")] == ["23 – 29 November 2026"]
    assert [attribute(head, "data-day") for head in heads] == [
        f"dr-lee/{on}" for on in date_range(7)
    ]
    assert {attribute(td, "data-day") for td in parse(page.text).select("td[data-day]")} == {
        f"dr-lee/{on}" for on in date_range(7)
    }


def test_heads_say_how_many_slots_are_open_and_booked(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.save("09:00", date=TUESDAY)
    book(client, TUESDAY)

    heads = [
        text_of(head, " ")
        for head in parse(client.get(WEEK_PATH, **BROWSER_HEADERS).text).select("thead th")
    ]

    assert heads[:3] == [
        "Mon 23 Nov 2 open, 1 booked All None",
        "Tue 24 Nov Full , 1 booked All None",
        "Wed 25 Nov Closed All None",
    ]


def test_boxes_are_named_by_weekday_time_and_state(client: AppClient) -> None:
    client.save("09:00", date=TUESDAY)

    labels = [
        text_of(label)
        for label in parse(client.get(WEEK_PATH, **BROWSER_HEADERS).text).select(".box label")
    ]

    assert labels[:3] == [
        "Mon 09:00–09:30 closed",
        "Tue 09:00–09:30 open",
        "Wed 09:00–09:30 closed",
    ]


def test_boxes_of_three_dates_are_saved(client: AppClient) -> None:
    ticked = [f"{MONDAY} 09:00", f"{MONDAY} 09:30", f"{WEDNESDAY} 10:00", f"{SUNDAY} 11:30"]

    saved = post_week(client, load_week(client).submission(*ticked), **HTMX_HEADERS)

    assert saved.status == 200
    assert saved.text.startswith("<form")
    assert "Slots saved successfully" in saved.text
    assert sorted(PageForm(saved).checked_starts) == free_times(client) == ticked


def test_plain_save_of_week_redirects_with_message_once(client: AppClient) -> None:
    saved = post_week(client, load_week(client).submission(f"{MONDAY} 09:00"), **BROWSER_HEADERS)

    assert saved.status == 303
    assert saved.headers["Location"] == WEEK_PATH
    cookie = saved.headers["Set-Cookie"].split(";")[0]
    assert (
        "Slots saved successfully" in client.get(WEEK_PATH, Cookie=cookie, **BROWSER_HEADERS).text
    )


def test_unchanged_week_is_no_error_and_writes_nothing(client: AppClient) -> None:
    client.save("09:00")
    before = client.export()

    saved = post_week(client, load_week(client).submission(f"{MONDAY} 09:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "No changes to save" in saved.text
    assert client.export() == before


def test_one_rejected_date_leaves_the_others_saved(client: AppClient) -> None:
    form = load_week(client)
    client.save("10:00", date=TUESDAY)
    book(client, TUESDAY, "10:00")
    ticked = [f"{MONDAY} 09:00", f"{TUESDAY} 09:00", f"{TUESDAY} 10:00", f"{TUESDAY} 11:00"]

    rejected = post_week(client, form.submission(*ticked), **HTMX_HEADERS)

    assert rejected.status == 207
    assert (
        "Saved: Mon. Tue wasn't saved: You booked 10:00–10:30 in another window at 12:00. "
        "Save again to save your other 2 changes." in text_of(parse(rejected.text))
    )
    assert PageForm(rejected).invalid_starts == [f"{TUESDAY} 10:00"]
    assert free_times(client) == [f"{MONDAY} 09:00"]

    kept = PageForm(rejected).checked_starts
    again = post_week(client, PageForm(rejected).submission(*kept), **HTMX_HEADERS)

    assert again.status == 200
    assert free_times(client) == [f"{MONDAY} 09:00", f"{TUESDAY} 09:00", f"{TUESDAY} 11:00"]


def test_week_of_which_no_date_was_saved_is_400(client: AppClient) -> None:
    form = load_week(client)
    client.save("09:00")

    rejected = post_week(client, form.submission(f"{MONDAY} 09:00"), **BROWSER_HEADERS)

    assert rejected.status == 400
    assert rejected.text.startswith("<!doctype html>")
    assert "Mon wasn't saved: You opened 09:00–09:30 in another window" in text_of(
        parse(rejected.text)
    )
    assert PageForm(rejected).checked_starts == [f"{MONDAY} 09:00"]


def test_repeated_form_of_week_has_one_effect(client: AppClient) -> None:
    fields = load_week(client).submission(f"{MONDAY} 09:00", f"{TUESDAY} 09:00")

    first, second = (post_week(client, fields, **HTMX_HEADERS) for _ in range(2))

    assert (first.status, second.status) == (200, 200)
    assert client.item_types() == {"day": 2, "slot": 2, "change": 2}


def test_changes_of_others_are_reported_with_their_date(client: AppClient) -> None:
    form = load_week(client)
    client.save("10:00", date=TUESDAY)

    saved = post_week(client, form.submission(f"{MONDAY} 09:00"), **HTMX_HEADERS)

    assert "Tue: You opened 10:00 in another window" in saved.text
    assert f"{TUESDAY} 10:00" in PageForm(saved).checked_starts


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ticked": ["2026-11-30/20261130T0900Z-30"]}, "ticked"),
        ({"ticked": ["20261123T0900Z-30"]}, "ticked"),
        ({"offered": ["2026-11-23/x"]}, "offered"),
        ({"version": ["2026-11-23/0", "2026-11-30/0"]}, "version"),
        ({"version": ["0"]}, "version"),
        ({"version": ["2026-11-23/x"]}, "version"),
        ({"date": ["2026-02-30"]}, "date"),
    ],
)
def test_forged_form_of_week_is_rejected(
    client: AppClient, changed: dict[str, object], field: str
) -> None:
    fields = load_week(client).submission(f"{MONDAY} 09:00", **changed)
    before = client.export()

    rejected = post_week(client, fields)

    assert rejected.error_codes == [(field, "invalid")]
    assert client.export() == before


def send_poll(client: AppClient, displayed: AppResponse) -> AppResponse:
    (polling,) = parse(displayed.text).select("#poll")
    headers = {**HTMX_HEADERS, **json.loads(attribute(polling, "hx-headers"))}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request("GET", attribute(polling, "hx-get"), headers=headers)


def test_unchanged_poll_of_week_is_one_read_without_a_body(client: AppClient) -> None:
    client.save("09:00")
    displayed = client.get(WEEK_PATH, **BROWSER_HEADERS)

    with client.record_calls() as calls:
        response = send_poll(client, displayed)

    assert (response.status, response.text, calls) == (304, "", ["Query"])


def test_booking_is_news_for_the_week(client: AppClient) -> None:
    client.save("09:00", date=SUNDAY)
    displayed = client.get(WEEK_PATH, **BROWSER_HEADERS)
    book(client, SUNDAY)

    news = send_poll(client, displayed)

    assert news.status == 200
    assert PageForm(news).disabled_starts == [f"{SUNDAY} 09:00"]
    assert send_poll(client, news).status == 304


def test_dates_are_read_in_one_call_and_saved_in_one_each(client: AppClient) -> None:
    form = load_week(client)

    with client.record_calls() as calls:
        post_week(client, form.submission(f"{MONDAY} 09:00", f"{TUESDAY} 09:00"), **HTMX_HEADERS)

    assert calls[:3] == ["BatchGetItem", "TransactWriteItems", "TransactWriteItems"]
    assert len(calls) <= 5


def test_page_of_week_has_at_most_9_kb_compressed(client: AppClient) -> None:
    for date in date_range(7):
        client.save("09:00", "09:30", "14:00", date=date)

    page = client.get(WEEK_PATH, **BROWSER_HEADERS).text.encode()

    assert page.count(b'class="box"') == 7 * 14
    assert len(gzip.compress(page, 6)) <= 9_000


@pytest.mark.parametrize(
    ("query", "now", "title"),
    [
        ("", "12:00", "16 – 22 November 2026"),
        ("", "17:00", "23 – 29 November 2026"),  # nothing more can happen in the week of today
        ("&show=today", "17:00", "16 – 22 November 2026"),
    ],
)
def test_week_without_date_has_slots_to_come(
    client: AppClient, query: str, now: str, title: str
) -> None:
    client.clock.now = to_instant(now, SUNDAY_NOON.date())

    page = client.get(f"/slots/week?doctor_id=dr-lee{query}", **BROWSER_HEADERS)

    assert title in visible_text(page)
