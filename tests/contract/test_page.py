"""The Manage Slots page without a browser: what it draws, and what its form does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.builders import MONDAY, to_instant

if TYPE_CHECKING:
    from tests.site import AppClient, AppResponse

DATE = MONDAY.isoformat()
BROWSER_HEADERS = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HTMX_HEADERS = {"HX_Request": "true", "Accept": "text/html"}
DAY_PATH = f"/slots?doctor_id=dr-lee&date={DATE}"


class PageForm(HTMLParser):
    """What a browser would know of the page's form."""

    def __init__(self, response: AppResponse) -> None:
        """Read the form out of a page or a part of one."""
        super().__init__()
        self.hidden: dict[str, list[str]] = {}
        self.boxes: dict[str, dict[str, str | None]] = {}
        self._in_form = False
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._in_form = found.get("method") == "post"
        if tag == "input" and self._in_form:
            name, value = found.get("name") or "", found.get("value") or ""
            if found["type"] == "hidden":
                self.hidden.setdefault(name, []).append(value)
            elif found["type"] == "checkbox":
                self.boxes[value[9:11] + ":" + value[11:13]] = found

    @property
    def checked_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "checked" in box]

    @property
    def disabled_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "disabled" in box]

    @property
    def invalid_starts(self) -> list[str]:
        return [start for start, box in self.boxes.items() if "aria-invalid" in box]

    def submission(self, *checked: str, **overrides: object) -> dict[str, object]:
        """What a browser sends when just these boxes are ticked."""
        values = [self.boxes[start]["value"] for start in checked]
        return {**self.hidden, "ticked": values, **overrides}


def load_form(client: AppClient) -> PageForm:
    return PageForm(client.get(DAY_PATH, **BROWSER_HEADERS))


def visible_text(response: AppResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.text))


def test_a_browser_gets_a_page_htmx_a_part_of_it_and_a_machine_json(site: AppClient) -> None:
    page = site.get(DAY_PATH, **BROWSER_HEADERS)
    part = site.get(DAY_PATH, **HTMX_HEADERS)

    assert page.text.startswith("<!doctype html>")
    assert part.text.startswith("<title>")
    assert "<!doctype" not in part.text
    assert PageForm(page).boxes == PageForm(part).boxes
    assert site.get(DAY_PATH).json["date"] == DATE
    assert site.get(DAY_PATH, Accept="*/*").json["date"] == DATE
    assert site.get(DAY_PATH, Accept="application/json, text/html;q=0.5").json["date"] == DATE
    assert {page.headers["Vary"], part.headers["Vary"]} == {"Accept, HX-Request"}


def test_going_back_in_history_htmx_gets_the_whole_page(site: AppClient) -> None:
    page = site.get(DAY_PATH, **HTMX_HEADERS, HX_History_Restore_Request="true")

    assert page.text.startswith("<!doctype html>")


def test_a_page_has_an_etag_of_its_own_that_changes_with_what_it_shows(site: AppClient) -> None:
    site.save("09:00")
    etags = [
        site.get(DAY_PATH, **kind).headers["ETag"]
        for kind in (BROWSER_HEADERS, HTMX_HEADERS, {"Accept": "*/*"})
    ]

    assert len(set(etags)) == 3
    assert all(etag.startswith('"1.') for etag in etags)
    assert site.get(DAY_PATH, If_None_Match=etags[0], **BROWSER_HEADERS).status == 304
    site.book("09:00")
    assert site.get(DAY_PATH, If_None_Match=etags[0], **BROWSER_HEADERS).status == 200


def test_the_page_says_whose_day_it_is_and_counts_its_slots(site: AppClient) -> None:
    site.save("09:00", "09:30", "10:00")
    site.book("09:00")

    page = visible_text(site.get(DAY_PATH, **BROWSER_HEADERS))

    assert "Dr Mina Lee" in page
    assert "Europe/London" in page
    assert "Monday 23 November 2026" in page
    assert "2 free · 1 booked · 0 held" in page


def test_boxes_say_their_state_and_cannot_be_changed_where_a_save_would_refuse_it(
    site: AppClient,
) -> None:
    site.save("09:00", "09:30", "10:00", "10:30", "11:00")
    site.clock.now = to_instant("09:10")
    site.book("10:00")
    site.hold("10:30")

    page = site.get(DAY_PATH, **BROWSER_HEADERS)

    assert PageForm(page).checked_starts == ["09:00", "09:30", "11:00"]
    assert PageForm(page).disabled_starts == ["09:00", "10:00", "10:30"]
    for said in ("09:00–09:30 past, was free", "09:30–10:00 free", "10:00–10:30 booked",
                 "10:30–11:00 held", "11:30–12:00 not offered"):  # fmt: skip
        assert said in visible_text(page)


def test_a_box_across_a_slot_of_another_length_is_disabled_with_the_reason(site: AppClient) -> None:
    site.save("09:20", doctor_id="dr-twenty")
    site.set_slot_minutes("dr-twenty", minutes=30)

    page = site.get(f"/slots?doctor_id=dr-twenty&date={DATE}", **BROWSER_HEADERS)

    assert PageForm(page).disabled_starts == ["09:00", "09:30"]
    assert PageForm(page).checked_starts == ["09:20"]
    assert "09:30–10:00 overlaps 09:20-09:40" in visible_text(page)


def test_today_is_the_doctors_own_today(site: AppClient) -> None:
    site.clock.now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert site.get("/slots").json["date"] == "2026-11-22"
    assert site.get("/slots?doctor_id=dr-walker").json["date"] == "2026-11-23"


def test_saving_by_htmx_gives_the_form_as_it_is_now_and_says_so(site: AppClient) -> None:
    form = load_form(site)

    saved = site.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "Slots saved successfully" in saved.text
    assert saved.text.startswith("<form")
    assert PageForm(saved).checked_starts == site.get_day().free_times == ["09:00", "10:00"]
    assert PageForm(saved).hidden["request_id"] != form.hidden["request_id"]


def test_saving_without_htmx_leads_back_to_the_page_which_says_it_once(site: AppClient) -> None:
    saved = site.post_form(load_form(site).submission("09:00"), **BROWSER_HEADERS)

    assert saved.status == 303
    assert saved.headers["Location"] == DAY_PATH
    cookie = saved.headers["Set-Cookie"].split(";")[0]
    once = site.get(DAY_PATH, Cookie=cookie, **BROWSER_HEADERS)
    assert "Slots saved successfully" in once.text
    assert "Max-Age=0" in once.headers["Set-Cookie"]
    assert "Slots saved successfully" not in site.get(DAY_PATH, **BROWSER_HEADERS).text


def test_over_tls_the_cookie_is_for_tls_alone(site: AppClient) -> None:
    form = load_form(site).submission("09:00")

    saved = site.post_form(form, X_Forwarded_Proto="https", **BROWSER_HEADERS)

    assert "Secure" in saved.headers["Set-Cookie"]


@pytest.mark.parametrize("cookie", ["said=nonsense", "said", "=", "a/b=c; said=saved", ";;;"])
def test_a_strange_cookie_is_no_obstacle(site: AppClient, cookie: str) -> None:
    assert site.get(DAY_PATH, Cookie=cookie, **BROWSER_HEADERS).status == 200


def test_an_unchanged_form_is_no_error_and_stores_nothing(site: AppClient) -> None:
    site.save("09:00")
    before = site.export()

    saved = site.post_form(load_form(site).submission("09:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "Nothing has changed" in saved.text
    assert site.export() == before


def test_of_two_tabs_that_tick_the_same_box_the_second_is_told_at_that_box(site: AppClient) -> None:
    first, second = load_form(site), load_form(site)
    site.post_form(first.submission("09:00", "09:30"), **HTMX_HEADERS)
    before = site.export()

    refused = site.post_form(second.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert refused.status == 400
    assert PageForm(refused).invalid_starts == ["09:00"]
    assert "Slot already exists: 09:00-09:30" in refused.text
    assert PageForm(refused).checked_starts == ["09:00", "09:30", "11:00"]
    assert site.export() == before

    again = site.post_form(PageForm(refused).submission("09:00", "09:30", "11:00"), **HTMX_HEADERS)

    assert again.status == 200
    assert site.get_day().free_times == ["09:00", "09:30", "11:00"]


def test_without_htmx_a_refused_save_is_the_page_with_its_ticks_and_reasons(
    site: AppClient,
) -> None:
    form = load_form(site)
    site.save("09:00")

    refused = site.post_form(form.submission("09:00", "11:00"), **BROWSER_HEADERS)

    assert refused.status == 400
    assert refused.text.startswith("<!doctype html>")
    assert PageForm(refused).checked_starts == ["09:00", "11:00"]
    assert PageForm(refused).invalid_starts == ["09:00"]


def test_a_refused_save_keeps_unticks_too(site: AppClient) -> None:
    site.save("09:00", "09:30", "10:00")
    form = load_form(site)
    site.book("10:00")

    refused = site.post_form(form.submission("09:30"), **HTMX_HEADERS)

    assert PageForm(refused).invalid_starts == ["10:00"]
    assert "booked and stays" in refused.text
    assert PageForm(refused).checked_starts == ["09:30"]
    assert site.get_day().free_times == ["09:00", "09:30"]


def test_a_save_says_what_others_changed_meanwhile(site: AppClient) -> None:
    site.save("09:00")
    form = load_form(site)
    site.save("10:00", withdrawn=("09:00",))

    saved = site.post_form(form.submission("09:00", "11:00"), **HTMX_HEADERS)

    assert saved.status == 200
    assert "New, by someone else: 10:00" in saved.text
    assert "No longer free, by someone else: 09:00" in saved.text
    assert site.get_day().free_times == ["10:00", "11:00"]


def test_what_she_changed_herself_is_no_news(site: AppClient) -> None:
    site.save("09:00")
    form = load_form(site)
    site.save("10:00", "11:00", withdrawn=("09:00",))

    refused = site.post_form(form.submission("10:00"), **HTMX_HEADERS)

    assert "New, by someone else: 11:00<" in refused.text
    assert "No longer free" not in refused.text


def test_of_much_that_others_changed_it_names_some_and_counts_the_rest(site: AppClient) -> None:
    form = load_form(site)
    site.save("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")

    saved = site.post_form(form.submission("16:30"), **HTMX_HEADERS)

    assert "New, by someone else: 09:00, 09:30, 10:00, 10:30 and 2 more" in saved.text


def test_sending_the_same_form_twice_has_one_effect(site: AppClient) -> None:
    form = load_form(site).submission("09:00")

    first, second = site.post_form(form, **HTMX_HEADERS), site.post_form(form, **HTMX_HEADERS)

    assert (first.status, second.status) == (200, 200)
    assert site.item_types() == {"day": 1, "slot": 1, "change": 1}


def test_a_form_whose_first_answer_was_lost_can_be_sent_again_with_other_ticks(
    site: AppClient,
) -> None:
    form = load_form(site)
    site.post_form(form.submission("09:00"), **HTMX_HEADERS)

    answer = site.post_form(form.submission("09:00", "10:00"), **HTMX_HEADERS)

    assert answer.status == 422
    assert "An earlier save of this page got through" in answer.text
    assert PageForm(answer).checked_starts == ["09:00", "10:00"]
    assert (
        site.post_form(PageForm(answer).submission("09:00", "10:00"), **HTMX_HEADERS).status == 200
    )
    assert site.get_day().free_times == ["09:00", "10:00"]


def test_a_form_whose_first_answer_was_lost_is_never_said_to_have_changed_nothing(
    site: AppClient,
) -> None:
    form = load_form(site)
    site.post_form(form.submission("09:00"), **HTMX_HEADERS)

    answer = site.post_form(form.submission(), **HTMX_HEADERS)

    assert answer.status == 422
    assert "An earlier save of this page got through" in answer.text
    assert "by someone else" not in answer.text
    assert PageForm(answer).checked_starts == ["09:00"]
    assert site.post_form(PageForm(answer).submission(), **HTMX_HEADERS).status == 200
    assert site.get_day().free_times == []


@pytest.mark.parametrize("name", ["doctor_id", "date", "version", "request_id"])
def test_a_form_without_one_of_its_fields_is_refused(site: AppClient, name: str) -> None:
    sent = load_form(site).submission("09:00")
    del sent[name]
    before = site.export()

    assert site.post_form(sent).error_codes == [(name, "required")]
    assert site.export() == before


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
def test_a_forged_form_is_refused_and_stores_nothing(
    site: AppClient, changed: dict[str, object], field: str
) -> None:
    sent = load_form(site).submission("09:00", **changed)
    before = site.export()

    refused = site.post_form(sent)

    assert refused.error_codes == [(field, "invalid")]
    assert site.export() == before


def test_a_forged_box_off_the_grid_is_refused_by_the_rules(site: AppClient) -> None:
    stray = "20261123T2000Z"

    refused = site.post_form(load_form(site).submission(offered=[stray], ticked=[stray]))

    assert refused.error_codes == [("2026-11-23T20:00:00+00:00", "not_on_grid")]


def test_what_htmx_cannot_put_into_the_form_is_a_notice_beside_it(site: AppClient) -> None:
    refused = site.post_form({"doctor_id": ["dr-who"]}, **HTMX_HEADERS)

    assert refused.status == 400
    assert refused.headers["HX-Retarget"] == "#notice"
    assert "is missing" in refused.text


def test_a_browser_gets_errors_as_a_page(site: AppClient) -> None:
    missing = site.get("/slots?doctor_id=dr-who", **BROWSER_HEADERS)

    assert missing.status == 404
    assert missing.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "There is no doctor dr-who" in missing.text


def test_names_from_the_store_are_shown_as_text(site: AppClient) -> None:
    site.rename_doctor("dr-lee", '<script>alert(1)</script>"&')

    page = site.get(DAY_PATH, **BROWSER_HEADERS)

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&amp;" in page.text


def test_pages_are_kept_by_nobody_and_run_no_inline_script(site: AppClient) -> None:
    headers = site.get(DAY_PATH, **BROWSER_HEADERS).headers

    assert headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("date", "missing"), [("2011-01-01", "Previous"), ("9999-12-30", "Next")])
def test_at_the_ends_of_the_calendar_one_link_leads_nowhere(
    site: AppClient, date: str, missing: str
) -> None:
    page = site.get(f"/slots?date={date}", **BROWSER_HEADERS)

    assert page.status == 200
    assert re.search(rf'aria-disabled="true"[^>]*>{missing} day', page.text)
