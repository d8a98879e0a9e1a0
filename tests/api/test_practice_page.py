"""The practice day as a page: its content, filters and polls."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS, PageForm
from tests.support.factories import DOCTOR_SETTINGS, MONDAY
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

PATH = f"/practice?date={MONDAY}"
PAIR = f"{PATH}&doctor_id=dr-lee&doctor_id=dr-hale"
MAX_KILOBYTES = 14
UNDONE = "Change undone"


@pytest.fixture(autouse=True)
def colleague(client: AppClient) -> None:
    """Dr Hale has the hours of Dr Lee."""
    settings = DOCTOR_SETTINGS | {"name": "Dr Ann Hale", "specialty": "surgery"}
    assert client.put("/doctors/dr-hale", settings).status == 201


def load(client: AppClient, path: str = PAIR) -> AppResponse:
    return client.get(path, **BROWSER_HEADERS)


def page_of(response: AppResponse) -> BeautifulSoup:
    assert response.status == 200, response.text
    return parse(response.text)


def test_columns_are_doctors_and_boxes_name_doctor_then_time(client: AppClient) -> None:
    client.save("09:00", doctor_id="dr-hale")
    page = page_of(load(client))

    heads = page.select("thead th")
    assert [text_of(head.select("a")[0]) for head in heads] == ["Dr Ann Hale", "Dr Mina Lee"]
    assert [attribute(head, "data-day") for head in heads] == [
        f"dr-hale/{MONDAY}",
        f"dr-lee/{MONDAY}",
    ]
    assert "1 open" in text_of(heads[0])
    assert "Closed" in text_of(heads[1])
    first = page.select("tbody td label")[0]
    assert text_of(first).startswith("Dr Ann Hale 09:00–09:30")
    assert [text_of(row).split()[0] for row in page.select("tr.session")] == [
        "Morning",
        "Afternoon",
    ]


def test_time_zones_are_named_where_they_differ(client: AppClient) -> None:
    settings = DOCTOR_SETTINGS | {"time_zone": "America/New_York"}
    client.put("/doctors/dr-york", settings)

    page = page_of(load(client, f"{PATH}&doctor_id=dr-lee&doctor_id=dr-york"))

    zones = [text_of(head.select("small")[0]) for head in page.select("thead th")]
    assert zones == ["London time", "New York time"]
    assert len(page.select("tbody tr:not(.session)")) == len(
        page_of(load(client)).select("tbody tr:not(.session)")
    )
    assert "London time" not in text_of(page_of(load(client)).select("thead")[0])


def test_slots_of_other_lengths_share_the_row_of_their_hour(client: AppClient) -> None:
    page = page_of(load(client, f"{PATH}&doctor_id=dr-lee&doctor_id=dr-twenty"))

    (table,) = page.select("table")
    assert attribute(table, "data-shared") == "3"
    row = page.select("tbody tr:not(.session)")[1]
    assert sorted(len(cell.select(".box")) for cell in row.select("td")) == [2, 3]


def test_filters_offer_what_the_doctors_have_and_keep_the_choice(client: AppClient) -> None:
    page = page_of(load(client, f"{PATH}&specialty=surgery"))

    (chosen,) = page.select("#specialty option[selected]")
    assert attribute(chosen, "value") == "surgery"
    assert {attribute(option, "value") for option in page.select("#specialty option")} >= {
        "",
        "cardiology",
        "surgery",
    }
    assert len(page.select("thead th")) == 1
    assert page.select("input[name=doctor_id][value=dr-lee][type=checkbox]")
    for link in page.select("#previous, #next, #today"):
        assert "specialty=surgery" in attribute(link, "href")


def test_no_match_says_so(client: AppClient) -> None:
    page = page_of(load(client, f"{PATH}&specialty=none"))

    assert "No doctor matches these filters" in text_of(page)
    assert not page.select("#save")


def test_page_of_a_long_list_links_to_the_others(client: AppClient) -> None:
    for number in range(22):
        settings = DOCTOR_SETTINGS | {"name": f"Dr No {number:02}", "specialty": "urology"}
        client.put(f"/doctors/dr-no-{number:02}", settings)
    response = load(client, f"{PATH}&specialty=urology")
    page = page_of(response)

    assert len(page.select("thead th")) == 20
    assert len(gzip.compress(response.text.encode())) < MAX_KILOBYTES * 1024
    (following,) = page.select("nav.pages a")
    rest = page_of(load(client, attribute(following, "href")))
    assert len(rest.select("thead th")) == 2
    assert text_of(rest.select("nav.pages a")[0]) == "Previous doctors"


def send_poll(client: AppClient, displayed: AppResponse) -> AppResponse:
    (polling,) = parse(displayed.text).select('div[hx-trigger="poll"]')
    headers = {**json.loads(attribute(polling, "hx-headers")), "HX-Request": "true"}
    return client.request(
        "GET", attribute(polling, "hx-get"), headers={**headers, "Accept": "text/html"}
    )


def test_one_poll_reads_all_doctors_in_one_call(client: AppClient) -> None:
    displayed = load(client)
    with client.record_calls() as calls:
        unchanged = send_poll(client, displayed)
    client.save("09:00", doctor_id="dr-hale")

    changed = send_poll(client, displayed)

    assert (unchanged.status, calls) == (304, ["BatchGetItem"])
    assert changed.text.startswith("<form")
    assert PageForm(changed).checked_starts == ["dr-hale 09:00"]
    assert send_poll(client, changed).status == 304


def test_other_hours_reach_the_page_with_a_poll(client: AppClient) -> None:
    displayed = load(client)
    client.clock.now += timedelta(seconds=11)
    client.update_doctor(slot_minutes=60)

    assert send_poll(client, displayed).status == 200


@pytest.mark.parametrize(
    ("caller", "has_link"), [("admin", True), ("named", False), ("own", False)]
)
def test_header_links_to_the_practice_for_more_than_one_doctor(
    sign_in: SignIn, caller: str, *, has_link: bool
) -> None:
    page = page_of(load(sign_in(caller), f"/slots?doctor_id=dr-lee&date={MONDAY}"))

    assert bool(page.select("header a[href='/practice']")) is has_link


def test_delegate_of_two_doctors_has_the_link(sign_in: SignIn) -> None:
    sign_in("admin").update_doctor("dr-hale", delegates=["sam"])

    page = page_of(load(sign_in("named"), PATH))

    assert [text_of(head.select("a")[0]) for head in page.select("thead th")] == [
        "Dr Ann Hale",
        "Dr Mina Lee",
    ]
    assert page.select("header a[href='/practice'][aria-current=page]")


def test_focus_chooses_the_column_of_a_phone(client: AppClient) -> None:
    page = page_of(load(client, f"{PAIR}&focus=dr-lee"))

    assert attribute(page.select("table")[0], "data-column") == "2"
    assert text_of(page.select(".strip [aria-current]")[0]) == "Dr Mina Lee"


def test_htmx_gets_the_part_that_another_date_changes(client: AppClient) -> None:
    part = client.get(PAIR, **HTMX_HEADERS)

    assert part.text.startswith("<title>")
    assert 'id="manage"' in part.text
