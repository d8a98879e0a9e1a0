"""Polling: the page requests its form again and again, and gets it when it has changed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib import bootstrap
from tests.support.day_page import (
    BROWSER_HEADERS,
    DAY_PATH,
    HTMX_HEADERS,
    PageForm,
    load_form,
    visible_text,
)
from tests.support.factories import to_instant
from tests.support.html import attribute, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse


def send_poll(client: AppClient, displayed: AppResponse) -> AppResponse:
    """Send the request that htmx sends repeatedly for a page or partial."""
    (polling,) = parse(displayed.text).select('div[hx-trigger="poll"]')
    own_headers = json.loads(attribute(polling, "hx-headers"))
    headers = {"HX-Request": "true", "Accept": "text/html", **own_headers}
    return client.request("GET", attribute(polling, "hx-get"), headers=headers)


def full_page(client: AppClient) -> AppResponse:
    return client.get(DAY_PATH, **BROWSER_HEADERS)


def test_unchanged_poll_reads_one_item_and_has_no_body(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:30")
    displayed = full_page(client)

    with client.record_calls() as calls:
        response = send_poll(client, displayed)

    assert (response.status, response.text) == (304, "")
    assert calls == ["GetItem"]
    assert response.headers["Cache-Control"] == "no-store"


def test_settings_are_reread_after_ten_seconds(client: AppClient) -> None:
    displayed = full_page(client)
    client.clock.now += timedelta(seconds=10)

    with client.record_calls() as calls:
        first, second = send_poll(client, displayed), send_poll(client, displayed)

    assert (first.status, second.status) == (304, 304)
    assert calls == ["BatchGetItem", "GetItem"]


def other_date(client: AppClient) -> AppResponse:
    return client.get(DAY_PATH, **HTMX_HEADERS)


def save_response(client: AppClient) -> AppResponse:
    return client.post_form(load_form(client).submission("09:00", "10:00"), **HTMX_HEADERS)


def unchanged_form(client: AppClient) -> AppResponse:
    return client.post_form(load_form(client).submission(), **HTMX_HEADERS)


def rejected_save(client: AppClient) -> AppResponse:
    form = load_form(client)
    client.save("09:00")
    return client.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)


def save_with_news(client: AppClient) -> AppResponse:
    form = load_form(client)
    client.save("09:00")
    return client.post_form(form.submission("10:00"), **HTMX_HEADERS)


def repeated_save(client: AppClient) -> AppResponse:
    form = load_form(client)
    client.post_form(form.submission("09:00"), **HTMX_HEADERS)
    return client.post_form(form.submission("10:00"), **HTMX_HEADERS)


def poll_with_news(client: AppClient) -> AppResponse:
    displayed = full_page(client)
    client.save("09:00")
    return send_poll(client, displayed)


@pytest.mark.parametrize(
    ("render", "status"),
    [
        (full_page, 200),
        (other_date, 200),
        (save_response, 200),
        (unchanged_form, 200),
        (rejected_save, 400),
        (save_with_news, 200),
        (repeated_save, 422),
        (poll_with_news, 200),
    ],
)
def test_first_poll_after_any_render_has_no_news(
    client: AppClient, render: Callable[[AppClient], AppResponse], status: int
) -> None:
    displayed = render(client)

    assert displayed.status == status
    assert send_poll(client, displayed).status == 304


def test_poll_does_not_repeat_save_message(client: AppClient) -> None:
    rejected = rejected_save(client)
    client.book("09:00")

    response = send_poll(client, rejected)

    assert response.status == 200
    assert "Nothing was saved" not in response.text
    assert PageForm(response).invalid_starts == []
    assert PageForm(response).checked_starts == []


def test_booking_and_cancellation_are_news(client: AppClient) -> None:
    client.save("09:00", "09:30")
    displayed = full_page(client)

    client.book("09:30")
    booked = send_poll(client, displayed)

    assert booked.status == 200
    assert booked.text.startswith("<form")
    assert PageForm(booked).disabled_starts == ["09:30"]
    assert "1 open, 1 booked" in visible_text(booked)

    client.cancel("09:30")

    assert PageForm(send_poll(client, booked)).checked_starts == ["09:00", "09:30"]


def test_hold_and_its_expiry_are_news(client: AppClient) -> None:
    client.save("09:00")
    displayed = full_page(client)

    client.hold("09:00", seconds=30)
    held = send_poll(client, displayed)
    assert "09:00–09:30 held until 12:00" in visible_text(held)

    client.clock.now += timedelta(seconds=29)
    assert send_poll(client, held).status == 304
    client.clock.now += timedelta(seconds=1)
    expired = send_poll(client, held)
    assert "09:00–09:30 open" in visible_text(expired)
    assert PageForm(expired).disabled_starts == []


def test_save_in_another_tab_is_news(client: AppClient) -> None:
    client.save("09:00")
    displayed = full_page(client)

    client.save("10:00", closed=("09:00",))

    assert PageForm(send_poll(client, displayed)).checked_starts == ["10:00"]


def test_begun_slot_is_news(client: AppClient) -> None:
    client.clock.now = to_instant("08:58")
    displayed = full_page(client)

    client.clock.now = to_instant("08:59")
    assert send_poll(client, displayed).status == 304
    client.clock.now = to_instant("09:00")

    assert PageForm(send_poll(client, displayed)).disabled_starts == ["09:00"]


def test_changed_settings_are_news(client: AppClient) -> None:
    displayed = full_page(client)

    client.set_slot_minutes("dr-lee", minutes=60)

    assert list(PageForm(send_poll(client, displayed)).boxes)[:3] == ["09:00", "10:00", "11:00"]


def test_settings_changed_elsewhere_are_news_after_ten_seconds(client: AppClient) -> None:
    displayed = full_page(client)
    original = client.services
    other_process = bootstrap.build_services(original.settings, now=client.clock)

    bootstrap.set_services(other_process)
    client.set_slot_minutes("dr-lee", minutes=60)
    bootstrap.set_services(original)

    assert send_poll(client, displayed).status == 304
    client.clock.now += timedelta(seconds=10)
    assert "09:30" not in PageForm(send_poll(client, displayed)).boxes


def test_page_never_reverts_to_older_settings(client: AppClient) -> None:
    client.save("09:00")
    full_page(client)
    original = client.services
    other_process = bootstrap.build_services(original.settings, now=client.clock)

    bootstrap.set_services(other_process)
    client.update_doctor(sessions=[{"from": "09:00", "to": "10:00"}])
    displayed = full_page(client)
    bootstrap.set_services(original)

    assert send_poll(client, displayed).status == 304
    client.book("09:00")
    assert list(PageForm(send_poll(client, displayed)).boxes) == ["09:00", "09:30"]


def test_only_htmx_gets_the_partial(client: AppClient) -> None:
    part = f"{DAY_PATH}&part=schedule"

    assert client.get(part, **HTMX_HEADERS).text.startswith("<form")
    assert client.get(part, **BROWSER_HEADERS).text.startswith("<!doctype html>")
    assert client.get(part).json["date"] == "2026-11-23"


def test_failed_poll_shows_notice_beside_form(client: AppClient) -> None:
    displayed = full_page(client)
    client.truncate()
    client.clock.now += timedelta(seconds=10)

    response = send_poll(client, displayed)

    assert response.status == 404
    assert response.headers["HX-Retarget"] == "#notice"
    assert "find a doctor with the ID &#34;dr-lee&#34;" in response.text
