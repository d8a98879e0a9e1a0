"""The Manage Slots page: its content, and saving its form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.day_page import (
    BROWSER_HEADERS,
    DAY_PATH,
    HTMX_HEADERS,
    PageForm,
    load_form,
    visible_text,
)

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


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

    rejected = client.post_form(second.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert rejected.status == 400
    assert PageForm(rejected).invalid_starts == ["09:00"]
    assert "Slot already exists: 09:00–09:30" in visible_text(rejected)
    assert PageForm(rejected).checked_starts == ["09:00", "09:30", "11:00"]
    assert client.export() == before

    again = client.post_form(
        PageForm(rejected).submission("09:00", "09:30", "11:00"), **HTMX_HEADERS
    )

    assert again.status == 200
    assert client.get_day().free_times == ["09:00", "09:30", "11:00"]


def test_plain_rejected_save_returns_page_with_ticks_and_errors(
    client: AppClient,
) -> None:
    form = load_form(client)
    client.save("09:00")

    rejected = client.post_form(form.submission("09:00", "11:00"), **BROWSER_HEADERS)

    assert rejected.status == 400
    assert rejected.text.startswith("<!doctype html>")
    assert PageForm(rejected).checked_starts == ["09:00", "11:00"]
    assert PageForm(rejected).invalid_starts == ["09:00"]


def test_rejected_save_keeps_unticked_boxes(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    form = load_form(client)
    client.book("10:00")

    rejected = client.post_form(form.submission("09:30"), **HTMX_HEADERS)

    assert PageForm(rejected).invalid_starts == ["10:00"]
    assert "is booked and can&#39;t be closed" in rejected.text
    assert PageForm(rejected).checked_starts == ["09:30"]
    assert client.get_day().free_times == ["09:00", "09:30"]


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

    response = client.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)

    assert response.status == 422
    assert "Your previous save went through." in response.text
    assert PageForm(response).checked_starts == ["09:00", "10:00"]
    assert (
        client.post_form(PageForm(response).submission("09:00", "10:00"), **HTMX_HEADERS).status
        == 200
    )
    assert client.get_day().free_times == ["09:00", "10:00"]


def test_resent_form_after_lost_response_reports_earlier_save(
    client: AppClient,
) -> None:
    form = load_form(client)
    client.post_form(form.submission("09:00"), **HTMX_HEADERS)

    response = client.post_form(form.submission(), **HTMX_HEADERS)

    assert response.status == 422
    assert "Your previous save went through." in response.text
    assert "Someone else" not in response.text
    assert PageForm(response).checked_starts == ["09:00"]
    assert client.post_form(PageForm(response).submission(), **HTMX_HEADERS).status == 200
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
        ({"ticked": ["20261123T2000Z"]}, "ticked"),  # not in ``offered``
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

    rejected = client.post_form(sent)

    assert rejected.error_codes == [(field, "invalid")]
    assert client.export() == before


def test_forged_box_off_grid_is_rejected_by_rules(client: AppClient) -> None:
    stray = "20261123T2000Z"

    rejected = client.post_form(load_form(client).submission(offered=[stray], ticked=[stray]))

    assert rejected.error_codes == [("2026-11-23T20:00:00+00:00", "not_on_grid")]
