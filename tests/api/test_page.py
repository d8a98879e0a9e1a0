"""The Manage Slots page without a browser: what it draws, and what its form does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.day_page import (
    BROWSER_HEADERS,
    DATE,
    DAY_PATH,
    HTMX_HEADERS,
    PageForm,
    load_form,
    visible_text,
)
from tests.support.factories import to_instant

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
    assert "2 free · 1 booked · 0 held" in page


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
    for said in ("09:00–09:30 Past – not booked", "09:30–10:00 free", "10:00–10:30 booked",
                 "10:30–11:00 held", "11:30–12:00 Closed"):  # fmt: skip
        assert said in visible_text(page)


def test_box_overlapping_other_slot_is_disabled_with_reason(
    client: AppClient,
) -> None:
    client.save("09:20", doctor_id="dr-twenty")
    client.set_slot_minutes("dr-twenty", minutes=30)

    page = client.get(f"/slots?doctor_id=dr-twenty&date={DATE}", **BROWSER_HEADERS)

    assert PageForm(page).disabled_starts == ["09:00", "09:30"]
    assert PageForm(page).checked_starts == ["09:20"]
    assert "09:30–10:00 Overlaps the 09:20–09:40 slot" in visible_text(page)


def test_today_is_in_doctors_time_zone(client: AppClient) -> None:
    client.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert client.get("/slots").json["date"] == "2026-11-22"
    assert client.get("/slots?doctor_id=dr-walker").json["date"] == "2026-11-23"


def test_htmx_save_returns_current_form_with_message(client: AppClient) -> None:
    form = load_form(client)

    saved = client.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "Slots saved successfully" in saved.text
    assert saved.text.startswith("<form")
    assert PageForm(saved).checked_starts == client.get_day().free_times == ["09:00", "10:00"]
    assert PageForm(saved).hidden["request_id"] != form.hidden["request_id"]


def test_plain_save_redirects_to_page_with_message_once(client: AppClient) -> None:
    saved = client.post_form(load_form(client).submission("09:00"), **BROWSER_HEADERS)

    assert saved.status == 303
    assert saved.headers["Location"] == DAY_PATH
    cookie = saved.headers["Set-Cookie"].split(";")[0]
    once = client.get(DAY_PATH, Cookie=cookie, **BROWSER_HEADERS)
    assert "Slots saved successfully" in once.text
    assert "Max-Age=0" in once.headers["Set-Cookie"]
    assert "Slots saved successfully" not in client.get(DAY_PATH, **BROWSER_HEADERS).text


def test_cookie_is_secure_over_tls(client: AppClient) -> None:
    form = load_form(client).submission("09:00")

    saved = client.post_form(form, X_Forwarded_Proto="https", **BROWSER_HEADERS)

    assert "Secure" in saved.headers["Set-Cookie"]


@pytest.mark.parametrize("cookie", ["flash=nonsense", "flash", "=", "a/b=c; flash=saved", ";;;"])
def test_malformed_cookie_is_ignored(client: AppClient, cookie: str) -> None:
    assert client.get(DAY_PATH, Cookie=cookie, **BROWSER_HEADERS).status == 200


def test_unchanged_form_is_no_error_and_writes_nothing(client: AppClient) -> None:
    client.save("09:00")
    before = client.export()

    saved = client.post_form(load_form(client).submission("09:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "No changes to save" in saved.text
    assert client.export() == before


def test_second_tab_opening_same_slot_gets_error_at_box(
    client: AppClient,
) -> None:
    first, second = load_form(client), load_form(client)
    client.post_form(first.submission("09:00", "09:30"), **HTMX_HEADERS)
    before = client.export()

    refused = client.post_form(second.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert refused.status == 400
    assert PageForm(refused).invalid_starts == ["09:00"]
    assert "Slot already exists: 09:00–09:30" in visible_text(refused)
    assert PageForm(refused).checked_starts == ["09:00", "09:30", "11:00"]
    assert client.export() == before

    again = client.post_form(
        PageForm(refused).submission("09:00", "09:30", "11:00"), **HTMX_HEADERS
    )

    assert again.status == 200
    assert client.get_day().free_times == ["09:00", "09:30", "11:00"]


def test_plain_rejected_save_returns_page_with_ticks_and_errors(
    client: AppClient,
) -> None:
    form = load_form(client)
    client.save("09:00")

    refused = client.post_form(form.submission("09:00", "11:00"), **BROWSER_HEADERS)

    assert refused.status == 400
    assert refused.text.startswith("<!doctype html>")
    assert PageForm(refused).checked_starts == ["09:00", "11:00"]
    assert PageForm(refused).invalid_starts == ["09:00"]


def test_rejected_save_keeps_unticked_boxes(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    form = load_form(client)
    client.book("10:00")

    refused = client.post_form(form.submission("09:30"), **HTMX_HEADERS)

    assert PageForm(refused).invalid_starts == ["10:00"]
    assert "is booked and can&#39;t be closed" in refused.text
    assert PageForm(refused).checked_starts == ["09:30"]
    assert client.get_day().free_times == ["09:00", "09:30"]


def test_save_reports_concurrent_changes(client: AppClient) -> None:
    client.save("09:00")
    form = load_form(client)
    client.save("10:00", closed=("09:00",))

    saved = client.post_form(form.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "Someone else opened 10:00 while you were editing" in saved.text
    assert "Someone else closed 09:00 while you were editing" in saved.text
    assert client.get_day().free_times == ["10:00", "11:00"]


def test_own_changes_are_not_reported(client: AppClient) -> None:
    client.save("09:00")
    form = load_form(client)
    client.save("10:00", "11:00", closed=("09:00",))

    refused = client.post_form(form.submission("10:00"), **HTMX_HEADERS)

    assert "Someone else opened 11:00 while you were editing<" in refused.text
    assert "Someone else closed" not in refused.text


def test_many_concurrent_changes_are_summarised(client: AppClient) -> None:
    form = load_form(client)
    client.save("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")

    saved = client.post_form(form.submission("16:30"), **HTMX_HEADERS)

    assert "Someone else opened 09:00, 09:30, 10:00, 10:30 and 2 more while" in saved.text


def test_repeated_form_has_one_effect(client: AppClient) -> None:
    form = load_form(client).submission("09:00")

    first, second = client.post_form(form, **HTMX_HEADERS), client.post_form(form, **HTMX_HEADERS)

    assert (first.status, second.status) == (200, 200)
    assert client.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_form_with_lost_response_can_be_resent_with_other_ticks(
    client: AppClient,
) -> None:
    form = load_form(client)
    client.post_form(form.submission("09:00"), **HTMX_HEADERS)

    answer = client.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)

    assert answer.status == 422
    assert "Your previous save went through." in answer.text
    assert PageForm(answer).checked_starts == ["09:00", "10:00"]
    assert (
        client.post_form(PageForm(answer).submission("09:00", "10:00"), **HTMX_HEADERS).status
        == 200
    )
    assert client.get_day().free_times == ["09:00", "10:00"]


def test_resent_form_after_lost_response_reports_earlier_save(
    client: AppClient,
) -> None:
    form = load_form(client)
    client.post_form(form.submission("09:00"), **HTMX_HEADERS)

    answer = client.post_form(form.submission(), **HTMX_HEADERS)

    assert answer.status == 422
    assert "Your previous save went through." in answer.text
    assert "Someone else" not in answer.text
    assert PageForm(answer).checked_starts == ["09:00"]
    assert client.post_form(PageForm(answer).submission(), **HTMX_HEADERS).status == 200
    assert client.get_day().free_times == []


@pytest.mark.parametrize("name", ["doctor_id", "date", "version", "request_id"])
def test_form_with_missing_field_is_rejected(client: AppClient, name: str) -> None:
    sent = load_form(client).submission("09:00")
    del sent[name]
    before = client.export()

    assert client.post_form(sent).error_codes == [(name, "required")]
    assert client.export() == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ticked": ["20261123T2000Z"]}, "ticked"),  # was not offered
        ({"ticked": ["09:00"]}, "ticked"),
        ({"offered": ["x"]}, "offered"),
        ({"shown": ["20261323T0900Z"]}, "shown"),
        ({"version": ["-1"]}, "version"),
        ({"version": ["x"]}, "version"),
        ({"request_id": ["a b"]}, "request_id"),
        ({"date": ["2026-02-30"]}, "date"),
        ({"doctor_id": ["../x"]}, "doctor_id"),
    ],
)
def test_forged_form_is_rejected_and_writes_nothing(
    client: AppClient, changed: dict[str, object], field: str
) -> None:
    sent = load_form(client).submission("09:00", **changed)
    before = client.export()

    refused = client.post_form(sent)

    assert refused.error_codes == [(field, "invalid")]
    assert client.export() == before


def test_forged_box_off_grid_is_rejected_by_rules(client: AppClient) -> None:
    stray = "20261123T2000Z"

    refused = client.post_form(load_form(client).submission(offered=[stray], ticked=[stray]))

    assert refused.error_codes == [("2026-11-23T20:00:00+00:00", "not_on_grid")]


def test_htmx_error_outside_form_is_a_notice(client: AppClient) -> None:
    refused = client.post_form({"doctor_id": ["dr-who"]}, **HTMX_HEADERS)

    assert refused.status == 400
    assert refused.headers["HX-Retarget"] == "#notice"
    assert "is missing" in refused.text


def test_browser_gets_errors_as_page(client: AppClient) -> None:
    missing = client.get("/slots?doctor_id=dr-who", **BROWSER_HEADERS)

    assert missing.status == 404
    assert missing.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "find a doctor with the ID &#34;dr-who&#34;" in missing.text


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


@pytest.mark.parametrize(("date", "missing"), [("2011-01-01", "Previous"), ("9999-12-30", "Next")])
def test_calendar_limits_have_one_day_link(client: AppClient, date: str, missing: str) -> None:
    page = client.get(f"/slots?date={date}", **BROWSER_HEADERS)

    assert page.status == 200
    assert re.search(rf'aria-disabled="true"[^>]*>{missing} day', page.text)
