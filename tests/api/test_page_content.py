"""The content of the Manage Slots page, its headers and its error pages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.day_page import (
    BROWSER_HEADERS,
    DATE,
    DAY_PATH,
    HTMX_HEADERS,
    PageForm,
    visible_text,
)
from tests.support.dynamodb_responses import dynamodb_response
from tests.support.factories import to_instant
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def test_get_slots_returns_page_partial_or_json(client: AppClient) -> None:
    page = client.get(DAY_PATH, **BROWSER_HEADERS)
    part = client.get(DAY_PATH, **HTMX_HEADERS)

    assert page.text.startswith("<!doctype html>")
    assert part.text.startswith("<title>")
    assert "<!doctype" not in part.text
    assert PageForm(page).boxes == PageForm(part).boxes
    assert client.get(DAY_PATH).json["date"] == DATE
    assert client.get(DAY_PATH, Accept="*/*").json["date"] == DATE
    assert client.get(DAY_PATH, Accept="application/json, text/html;q=0.5").json["date"] == DATE
    assert {page.headers["Vary"], part.headers["Vary"]} == {"Accept, HX-Request"}


def test_htmx_history_restore_gets_full_page(client: AppClient) -> None:
    page = client.get(DAY_PATH, **HTMX_HEADERS, HX_History_Restore_Request="true")

    assert page.text.startswith("<!doctype html>")


def test_page_etag_changes_with_content(client: AppClient) -> None:
    client.save("09:00")
    etags = [
        client.get(DAY_PATH, **kind).headers["ETag"]
        for kind in (BROWSER_HEADERS, HTMX_HEADERS, {"Accept": "*/*"})
    ]

    assert len(set(etags)) == 3
    assert all(etag.startswith('"1.') for etag in etags)
    assert client.get(DAY_PATH, If_None_Match=etags[0], **BROWSER_HEADERS).status == 304
    client.book("09:00")
    assert client.get(DAY_PATH, If_None_Match=etags[0], **BROWSER_HEADERS).status == 200


def test_page_shows_doctor_and_slot_counts(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")

    page = visible_text(client.get(DAY_PATH, **BROWSER_HEADERS))

    assert "Dr Mina Lee" in page
    assert "London time" in page
    assert "Monday 23 November 2026" in page
    assert "2 open, 1 booked" in page


@pytest.mark.parametrize(
    ("location", "place"), [("London", "London time"), ("Leeds", "Leeds · London time")]
)
def test_page_names_a_place_once(client: AppClient, location: str, place: str) -> None:
    client.put("/doctors/dr-lee", client.get("/doctors/dr-lee").json | {"location": location})

    page = parse(client.get(DAY_PATH, **BROWSER_HEADERS).text)

    assert text_of(page.select("aside .doctor")[0]) == f"Dr Mina Lee Cardiology · {place}"


@pytest.mark.parametrize(
    "path",
    [
        DAY_PATH,
        "/slots/week?doctor_id=dr-lee&date=2026-11-25",
        "/practice?date=2026-11-23",
        "/time-off?doctor_id=dr-lee",
        "/series/new?doctor_id=dr-lee&week=2026-11-23",
        "/import?doctor_id=dr-lee",
    ],
)
def test_date_field_is_described_by_its_date_in_words(client: AppClient, path: str) -> None:
    """A browser shows the field in the order of its own language: 12/01 may be January."""
    page = parse(client.get(path, **BROWSER_HEADERS).text)

    fields = [field for field in page.select("input[type=date]") if attribute(field, "value")]
    assert fields
    for field in fields:
        on = date.fromisoformat(attribute(field, "value"))
        words, *_rest = attribute(field, "aria-describedby").split()
        assert text_of(page.select(f"#{words}")[0]) == f"{on:%A} {on.day} {on:%B %Y}"


def test_invalid_date_has_no_words(client: AppClient) -> None:
    form = HtmlForm(client.get("/time-off?doctor_id=dr-lee", **BROWSER_HEADERS))

    page = parse(form.set(from_="soon", to="2026-11-25").send(client).text)

    assert text_of(page.select("#to-words")[0]) == "Wednesday 25 November 2026"
    assert not page.select("#from-words")
    assert attribute(page.select("#from")[0], "aria-describedby") == "from-error"


def test_boxes_show_state_and_are_disabled_where_not_editable(
    client: AppClient,
) -> None:
    client.save("09:00", "09:30", "10:00", "10:30", "11:00")
    client.clock.now = to_instant("09:10")
    client.book("10:00")
    client.hold("10:30")

    page = client.get(DAY_PATH, **BROWSER_HEADERS)

    assert PageForm(page).checked_starts == ["09:00", "09:30", "11:00"]
    assert PageForm(page).disabled_starts == ["09:00", "10:00", "10:30"]
    for text in ("09:00–09:30 past – not booked", "09:30–10:00 open", "10:00–10:30 booked",
                 "10:30–11:00 held until 09:15", "11:30–12:00 closed"):  # fmt: skip
        assert text in visible_text(page)


def test_box_overlapping_other_slot_is_disabled_with_reason(
    client: AppClient,
) -> None:
    client.save("09:20", doctor_id="dr-twenty")
    client.set_slot_minutes("dr-twenty", minutes=30)

    page = client.get(f"/slots?doctor_id=dr-twenty&date={DATE}", **BROWSER_HEADERS)

    assert PageForm(page).disabled_starts == ["09:00", "09:30"]
    assert PageForm(page).checked_starts == ["09:20"]
    assert "09:30–10:00 overlaps the 09:20–09:40 slot" in visible_text(page)


def test_today_is_in_doctors_time_zone(client: AppClient) -> None:
    client.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert client.get("/slots").json["date"] == "2026-11-22"
    assert client.get("/slots?doctor_id=dr-walker").json["date"] == "2026-11-23"


def test_link_to_today_is_right_after_midnight(client: AppClient) -> None:
    client.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    today = parse(client.get("/slots", **BROWSER_HEADERS).text).select_one("#today")
    assert today is not None
    client.clock.now = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)

    followed = client.get(attribute(today, "href"))

    assert followed.json["date"] == "2026-11-23"


def test_names_cannot_change_direction_of_other_text(client: AppClient) -> None:
    client.update_doctor("dr-lee", name="د. لي", specialty="قلب", location="لندن")

    texts = {bdi.get_text() for bdi in parse(client.get(DAY_PATH, **BROWSER_HEADERS).text)("bdi")}

    assert texts >= {"د. لي", "قلب", "لندن"}


def test_htmx_error_outside_form_is_a_notice(client: AppClient) -> None:
    rejected = client.post_form({"doctor_id": ["dr-who"]}, **HTMX_HEADERS)

    assert rejected.status == 400
    assert rejected.headers["HX-Retarget"] == "#notice"
    assert "is missing" in rejected.text


def test_browser_gets_errors_as_page(client: AppClient) -> None:
    missing = client.get("/slots?doctor_id=dr-who", **BROWSER_HEADERS)

    assert missing.status == 404
    assert missing.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "find a doctor with the ID &#34;dr-who&#34;" in missing.text
    assert "<h1>Page not found</h1>" in missing.text


def test_heading_of_error_page_is_plain_english(client: AppClient) -> None:
    malformed = client.get("/slots?date=2026-02-31", **BROWSER_HEADERS)

    assert malformed.status == 400
    assert "<h1>There is a problem</h1>" in malformed.text
    assert "That isn&#39;t a real date" in malformed.text


def test_stored_names_are_escaped(client: AppClient) -> None:
    client.rename_doctor("dr-lee", '<script>alert(1)</script>"&')

    page = client.get(DAY_PATH, **BROWSER_HEADERS)

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&amp;" in page.text


def test_pages_are_not_stored_and_have_no_inline_scripts(client: AppClient) -> None:
    headers = client.get(DAY_PATH, **BROWSER_HEADERS).headers

    assert headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_error_page_of_a_bug_says_that_the_service_is_at_fault(client: AppClient) -> None:
    bug = dynamodb_response("ValidationException", message="secret inside")
    with client.inject_responses("BatchGetItem", bug):
        broken = client.get(DAY_PATH, **BROWSER_HEADERS)

    assert broken.status == 500
    assert "<h1>Sorry, there is a problem with the service</h1>" in broken.text
    assert "secret" not in broken.text


@pytest.mark.parametrize(("date", "missing"), [("2011-01-01", "Previous"), ("9999-12-30", "Next")])
def test_calendar_limits_have_one_day_link(client: AppClient, date: str, missing: str) -> None:
    page = client.get(f"/slots?date={date}", **BROWSER_HEADERS)

    assert page.status == 200
    assert re.search(rf'aria-disabled="true"[^>]*>{missing} day', page.text)
