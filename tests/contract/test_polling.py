"""The page asks every two seconds whether its form is still what the store has."""

from __future__ import annotations

import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from chalicelib import bootstrap
from tests.builders import to_instant
from tests.contract.test_page import (
    BROWSER_HEADERS,
    DAY_PATH,
    HTMX_HEADERS,
    PageForm,
    load_form,
    visible_text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site import AppClient, AppResponse


class PollRequest(HTMLParser):
    """The request that htmx makes for the page by itself, again and again."""

    def __init__(self, response: AppResponse) -> None:
        """Read it out of a page or a part of one."""
        super().__init__()
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "div" and found.get("hx-trigger") == "every 2s":
            self.url = found["hx-get"]
            self.headers = json.loads(found["hx-headers"])


def send_poll(client: AppClient, displayed: AppResponse) -> AppResponse:
    """What it gets."""
    polling = PollRequest(displayed)
    sent = {"HX-Request": "true", "Accept": "text/html", **polling.headers}
    return client.request("GET", polling.url, headers=sent)


def full_page(client: AppClient) -> AppResponse:
    return client.get(DAY_PATH, **BROWSER_HEADERS)


def test_a_poll_of_an_unchanged_day_reads_one_item_and_gets_no_body(site: AppClient) -> None:
    site.save("09:00", "09:30")
    site.book("09:30")
    shown = full_page(site)

    with site.record_calls() as calls:
        answer = send_poll(site, shown)

    assert (answer.status, answer.text) == (304, "")
    assert calls == ["GetItem"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_settings_are_read_again_after_ten_seconds(site: AppClient) -> None:
    shown = full_page(site)
    site.clock.now += timedelta(seconds=10)

    with site.record_calls() as calls:
        first, second = send_poll(site, shown), send_poll(site, shown)

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
    shown = full_page(client)
    client.save("09:00")
    return send_poll(client, shown)


@pytest.mark.parametrize(
    ("drawing", "status"),
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
def test_whatever_drew_the_form_the_next_poll_finds_nothing_new(
    site: AppClient, drawing: Callable[[AppClient], AppResponse], status: int
) -> None:
    shown = drawing(site)

    assert shown.status == status
    assert send_poll(site, shown).status == 304


def test_what_a_save_said_is_not_said_again_by_a_poll(site: AppClient) -> None:
    refused = rejected_save(site)
    site.book("09:00")

    answer = send_poll(site, refused)

    assert answer.status == 200
    assert "Not saved" not in answer.text
    assert PageForm(answer).invalid_starts == []
    assert PageForm(answer).checked_starts == []


def test_a_booking_is_news_and_so_is_its_cancellation(site: AppClient) -> None:
    site.save("09:00", "09:30")
    shown = full_page(site)

    site.book("09:30")
    booked = send_poll(site, shown)

    assert booked.status == 200
    assert booked.text.startswith("<form")
    assert PageForm(booked).disabled_starts == ["09:30"]
    assert "1 free · 1 booked · 0 held" in visible_text(booked)

    site.cancel("09:30")

    assert PageForm(send_poll(site, booked)).checked_starts == ["09:00", "09:30"]


def test_a_hold_is_news_and_so_is_its_end_by_the_clock_alone(site: AppClient) -> None:
    site.save("09:00")
    shown = full_page(site)

    site.hold("09:00", seconds=30)
    held = send_poll(site, shown)
    assert "09:00–09:30 held" in visible_text(held)

    site.clock.now += timedelta(seconds=29)
    assert send_poll(site, held).status == 304
    site.clock.now += timedelta(seconds=1)
    lapsed = send_poll(site, held)
    assert "09:00–09:30 free" in visible_text(lapsed)
    assert PageForm(lapsed).disabled_starts == []


def test_a_save_of_another_tab_is_news(site: AppClient) -> None:
    site.save("09:00")
    shown = full_page(site)

    site.save("10:00", withdrawn=("09:00",))

    assert PageForm(send_poll(site, shown)).checked_starts == ["10:00"]


def test_it_is_news_that_a_box_has_begun(site: AppClient) -> None:
    shown = full_page(site)

    site.clock.now = to_instant("09:00")

    assert PageForm(send_poll(site, shown)).disabled_starts == ["09:00"]


def test_other_settings_are_news(site: AppClient) -> None:
    shown = full_page(site)

    site.set_slot_minutes("dr-lee", minutes=60)

    assert list(PageForm(send_poll(site, shown)).boxes)[:3] == ["09:00", "10:00", "11:00"]


def test_settings_changed_by_another_process_are_news_after_ten_seconds(site: AppClient) -> None:
    shown = full_page(site)
    here = site.services
    elsewhere = bootstrap.build_services(here.settings, now=site.clock)

    bootstrap.set_services(elsewhere)
    site.set_slot_minutes("dr-lee", minutes=60)
    bootstrap.set_services(here)

    assert send_poll(site, shown).status == 304
    site.clock.now += timedelta(seconds=10)
    assert "09:30" not in PageForm(send_poll(site, shown)).boxes


def test_what_shows_new_settings_never_goes_back_to_older_ones(site: AppClient) -> None:
    site.save("09:00")
    full_page(site)
    here = site.services
    elsewhere = bootstrap.build_services(here.settings, now=site.clock)

    bootstrap.set_services(elsewhere)
    site.update_doctor(sessions=[{"from": "09:00", "to": "10:00"}])
    shown = full_page(site)
    bootstrap.set_services(here)

    assert send_poll(site, shown).status == 304
    site.book("09:00")
    assert list(PageForm(send_poll(site, shown)).boxes) == ["09:00", "09:30"]


def test_only_htmx_gets_the_form_alone(site: AppClient) -> None:
    part = f"{DAY_PATH}&part=day"

    assert site.get(part, **HTMX_HEADERS).text.startswith("<form")
    assert site.get(part, **BROWSER_HEADERS).text.startswith("<!doctype html>")
    assert site.get(part).json["date"] == "2026-11-23"


def test_a_poll_that_cannot_be_answered_is_a_notice_beside_the_form(site: AppClient) -> None:
    shown = full_page(site)
    site.truncate()
    site.clock.now += timedelta(seconds=10)

    answer = send_poll(site, shown)

    assert answer.status == 404
    assert answer.headers["HX-Retarget"] == "#notice"
    assert "There is no doctor dr-lee" in answer.text
