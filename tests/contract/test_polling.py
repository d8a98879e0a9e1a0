"""The page asks every two seconds whether its form is still what the store has."""

from __future__ import annotations

import json
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from chalicelib import bootstrap
from tests.builders import at
from tests.contract.test_page import BROWSER, HTMX, PAGE, Form, drawn, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site import Answer, Site


class Polling(HTMLParser):
    """The request that htmx makes for the page by itself, again and again."""

    def __init__(self, answer: Answer) -> None:
        """Read it out of a page or a part of one."""
        super().__init__()
        self.feed(answer.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "div" and found.get("hx-trigger") == "every 2s":
            self.url = found["hx-get"]
            self.headers = json.loads(found["hx-headers"])


def poll(site: Site, shown: Answer) -> Answer:
    """What it gets."""
    polling = Polling(shown)
    sent = {"HX-Request": "true", "Accept": "text/html", **polling.headers}
    return site.request("GET", polling.url, headers=sent)


def page(site: Site) -> Answer:
    return site.get(PAGE, **BROWSER)


def test_a_poll_of_an_unchanged_day_reads_one_item_and_gets_no_body(site: Site) -> None:
    site.save("09:00", "09:30")
    site.book("09:30")
    shown = page(site)

    with site.counting() as calls:
        answer = poll(site, shown)

    assert (answer.status, answer.text) == (304, "")
    assert calls == ["GetItem"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_settings_are_read_again_after_ten_seconds(site: Site) -> None:
    shown = page(site)
    site.clock.now += timedelta(seconds=10)

    with site.counting() as calls:
        first, second = poll(site, shown), poll(site, shown)

    assert (first.status, second.status) == (304, 304)
    assert calls == ["BatchGetItem", "GetItem"]


def another_date(site: Site) -> Answer:
    return site.get(PAGE, **HTMX)


def a_save(site: Site) -> Answer:
    return site.post_form(drawn(site).sent("09:00", "10:00"), **HTMX)


def an_unchanged_form(site: Site) -> Answer:
    return site.post_form(drawn(site).sent(), **HTMX)


def a_refused_save(site: Site) -> Answer:
    form = drawn(site)
    site.save("09:00")
    return site.post_form(form.sent("09:00", "10:00"), **HTMX)


def a_save_that_tells_what_others_did(site: Site) -> Answer:
    form = drawn(site)
    site.save("09:00")
    return site.post_form(form.sent("10:00"), **HTMX)


def a_form_that_was_saved_before(site: Site) -> Answer:
    form = drawn(site)
    site.post_form(form.sent("09:00"), **HTMX)
    return site.post_form(form.sent("10:00"), **HTMX)


def a_poll_with_news(site: Site) -> Answer:
    shown = page(site)
    site.save("09:00")
    return poll(site, shown)


@pytest.mark.parametrize(
    ("drawing", "status"),
    [
        (page, 200),
        (another_date, 200),
        (a_save, 200),
        (an_unchanged_form, 200),
        (a_refused_save, 400),
        (a_save_that_tells_what_others_did, 200),
        (a_form_that_was_saved_before, 422),
        (a_poll_with_news, 200),
    ],
)
def test_whatever_drew_the_form_the_next_poll_finds_nothing_new(
    site: Site, drawing: Callable[[Site], Answer], status: int
) -> None:
    shown = drawing(site)

    assert shown.status == status
    assert poll(site, shown).status == 304


def test_what_a_save_said_is_not_said_again_by_a_poll(site: Site) -> None:
    refused = a_refused_save(site)
    site.book("09:00")

    answer = poll(site, refused)

    assert answer.status == 200
    assert "Not saved" not in answer.text
    assert Form(answer).at_fault == []
    assert Form(answer).ticked == []


def test_a_booking_is_news_and_so_is_its_cancellation(site: Site) -> None:
    site.save("09:00", "09:30")
    shown = page(site)

    site.book("09:30")
    booked = poll(site, shown)

    assert booked.status == 200
    assert booked.text.startswith("<form")
    assert Form(booked).disabled == ["09:30"]
    assert "1 free · 1 booked · 0 held" in text(booked)

    site.cancel("09:30")

    assert Form(poll(site, booked)).ticked == ["09:00", "09:30"]


def test_a_hold_is_news_and_so_is_its_end_by_the_clock_alone(site: Site) -> None:
    site.save("09:00")
    shown = page(site)

    site.hold("09:00", seconds=30)
    held = poll(site, shown)
    assert "09:00–09:30 held" in text(held)

    site.clock.now += timedelta(seconds=29)
    assert poll(site, held).status == 304
    site.clock.now += timedelta(seconds=1)
    lapsed = poll(site, held)
    assert "09:00–09:30 free" in text(lapsed)
    assert Form(lapsed).disabled == []


def test_a_save_of_another_tab_is_news(site: Site) -> None:
    site.save("09:00")
    shown = page(site)

    site.save("10:00", withdraws=("09:00",))

    assert Form(poll(site, shown)).ticked == ["10:00"]


def test_it_is_news_that_a_box_has_begun(site: Site) -> None:
    shown = page(site)

    site.clock.now = at("09:00")

    assert Form(poll(site, shown)).disabled == ["09:00"]


def test_other_settings_are_news(site: Site) -> None:
    shown = page(site)

    site.change_length("dr-lee", minutes=60)

    assert list(Form(poll(site, shown)).boxes)[:3] == ["09:00", "10:00", "11:00"]


def test_settings_changed_by_another_process_are_news_after_ten_seconds(site: Site) -> None:
    shown = page(site)
    here = site.services
    elsewhere = bootstrap.build_services(here.settings, now=site.clock)

    bootstrap.set_services(elsewhere)
    site.change_length("dr-lee", minutes=60)
    bootstrap.set_services(here)

    assert poll(site, shown).status == 304
    site.clock.now += timedelta(seconds=10)
    assert "09:30" not in Form(poll(site, shown)).boxes


def test_what_shows_new_settings_never_goes_back_to_older_ones(site: Site) -> None:
    site.save("09:00")
    page(site)
    here = site.services
    elsewhere = bootstrap.build_services(here.settings, now=site.clock)

    bootstrap.set_services(elsewhere)
    site.configure(sessions=[{"from": "09:00", "to": "10:00"}])
    shown = page(site)
    bootstrap.set_services(here)

    assert poll(site, shown).status == 304
    site.book("09:00")
    assert list(Form(poll(site, shown)).boxes) == ["09:00", "09:30"]


def test_only_htmx_gets_the_form_alone(site: Site) -> None:
    part = f"{PAGE}&part=day"

    assert site.get(part, **HTMX).text.startswith("<form")
    assert site.get(part, **BROWSER).text.startswith("<!doctype html>")
    assert site.get(part).json["date"] == "2026-11-23"


def test_a_poll_that_cannot_be_answered_is_a_notice_beside_the_form(site: Site) -> None:
    shown = page(site)
    site.empty()
    site.clock.now += timedelta(seconds=10)

    answer = poll(site, shown)

    assert answer.status == 404
    assert answer.headers["HX-Retarget"] == "#notice"
    assert "There is no doctor dr-lee" in answer.text
