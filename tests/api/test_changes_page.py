"""The page of changes: filters, lines of plans, and what it says when it shows nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.audit_log import Actor, ChangeKind
from chalicelib.domain.day import KeptReason, KeptSlot
from chalicelib.domain.permissions import Role
from chalicelib.domain.slot import Slot
from tests.support.change_feed import add_change
from tests.support.day_page import BROWSER_HEADERS, HTMX_HEADERS
from tests.support.factories import MONDAY, to_instant
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from datetime import date

    from bs4 import Tag

    from tests.support.app_client import AppClient

SAM = Actor(name="sam", role=Role.DELEGATE, client="page")
PAGE = "/changes?doctor_id=dr-lee"


def hours(on: date, *starts: str) -> tuple[Slot, ...]:
    """Return slots of half an hour of that date."""
    instants = (to_instant(start, on) for start in starts)
    return tuple(Slot(start=at, end=at + timedelta(minutes=30)) for at in instants)


def get_page(client: AppClient, query: str = "", path: str = PAGE) -> Tag:
    return parse(client.get(f"{path}{query}", **BROWSER_HEADERS).text)


def lines(page: Tag) -> list[str]:
    """Return the first sentence of each change."""
    return [
        " ".join(text_of(each).split()) for each in page.select("article > ul > li:first-child")
    ]


def add_plan(weeks: int = 3, **fields: Any) -> None:  # noqa: ANN401  as in AuditLogEntry
    """Add a plan that opened an hour of each Monday, and found nothing to do on each Tuesday."""
    for week in range(weeks):
        monday = MONDAY + timedelta(weeks=week)
        plan = {"kind": ChangeKind.SERIES, "plan_id": "plan-1", **fields}
        add_change(week, date=monday, opened=hours(monday, "09:00", "09:30"), **plan)
        add_change(week, date=monday + timedelta(days=1), opened=(), **plan)


def test_changes_of_a_plan_are_one_line(client: AppClient) -> None:
    add_plan()

    page = get_page(client)

    assert lines(page) == ["Opened 6 slots on 3 dates, Mon 23 Nov to Mon 7 Dec"]
    assert [" ".join(text_of(item).split()) for item in page.select("details li")] == [
        "Mon 23 Nov: Opened 09:00–10:00",
        "Mon 30 Nov: Opened 09:00–10:00",
        "Mon 7 Dec: Opened 09:00–10:00",
    ]
    assert text_of(page.select("summary")[0]) == "3 dates"
    assert "Series" in text_of(page.select("article")[0])


def test_booking_during_a_plan_does_not_part_its_line(client: AppClient) -> None:
    add_plan()
    booking = {"kind": ChangeKind.BOOKING, "booked": hours(MONDAY, "09:00"), "suffix": "b"}
    add_change(1, **booking)

    assert lines(get_page(client)) == [
        "Opened 6 slots on 3 dates, Mon 23 Nov to Mon 7 Dec",
        "Booked 09:00–09:30 on Mon 23 Nov",
    ]


def test_plan_of_one_date_is_a_change_like_any_other(client: AppClient) -> None:
    add_plan(weeks=1)

    assert lines(get_page(client)) == ["Opened 09:00–10:00 on Mon 23 Nov"]


def test_change_of_a_plan_is_undone_from_its_date(client: AppClient) -> None:
    add_plan()

    page = get_page(client, f"&date={MONDAY}")

    assert lines(page) == ["Opened 09:00–10:00"]
    assert len(page.select("article button")) == 1


def test_line_of_a_plan_counts_what_it_closed_and_kept(client: AppClient) -> None:
    kept = (KeptSlot(hours(MONDAY, "11:00")[0], KeptReason.BOOKED),)
    add_change(1, date=MONDAY, plan_id="p", closed=hours(MONDAY, "09:00"), kept=kept)
    tuesday = MONDAY + timedelta(days=1)
    add_change(2, date=tuesday, plan_id="p", closed=hours(tuesday, "09:00"))

    items = [" ".join(text_of(item).split()) for item in get_page(client).select("article li")]

    assert items == [
        "Closed 2 slots on 2 dates, Mon 23 Nov to Tue 24 Nov",
        "Left 1 slot as it was on Mon 23 Nov",
        "Mon 23 Nov: Closed 09:00–09:30, Booked, not changed: 11:00–11:30",
        "Tue 24 Nov: Closed 09:00–09:30",
    ]


def test_plan_that_two_people_applied_names_both(client: AppClient) -> None:
    add_change(1, plan_id="p")
    add_change(2, plan_id="p", date=MONDAY + timedelta(days=1), actor=SAM)

    (article,) = get_page(client).select("article")

    assert "sam, on Dr Mina Lee's behalf; Dr Mina Lee" in text_of(article)


def test_date_far_ahead_is_shown_with_its_year(client: AppClient) -> None:
    add_change(1, date=MONDAY + timedelta(days=364))

    assert lines(get_page(client)) == ["Opened 09:00–09:30 on Mon 22 Nov 2027"]


def test_form_shows_the_filters_of_the_request(client: AppClient) -> None:
    add_change(1, actor=SAM)

    page = get_page(client, f"&by=sam&kind=save&from={MONDAY}&to={MONDAY}")

    fields = {
        attribute(each, "name"): attribute(each, "value") for each in page.select(".filters input")
    }
    assert fields == {
        "doctor_id": "dr-lee",
        "by": "sam",
        "from": "2026-11-23",
        "to": "2026-11-23",
    }
    assert [attribute(each, "value") for each in page.select("#filter-kind option[selected]")] == [
        "save"
    ]
    assert [attribute(each, "value") for each in page.select("datalist option")] == [
        "Dr Mina Lee",
        "sam",
    ]
    assert lines(page) == ["Opened 09:00–09:30"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "No changes yet"),
        (f"&date={MONDAY}", "No changes yet"),
        ("&by=kim", "No changes match these filters"),
        (f"&from={MONDAY}", "No changes match these filters"),
    ],
)
def test_page_without_changes_says_why(client: AppClient, query: str, text: str) -> None:
    assert text_of(get_page(client, query).select("[role=status]")[0]) == text


@pytest.mark.parametrize("headers", [BROWSER_HEADERS, HTMX_HEADERS], ids=["browser", "htmx"])
@pytest.mark.parametrize(
    ("query", "field", "text"),
    [
        ("from=2026-11-24&to=2026-11-23", "to", "The last date is before the first"),
        ("from=monday", "from", "That isn't a real date. Use the format 2026-11-23."),
    ],
)
def test_malformed_filter_is_shown_in_the_form(
    client: AppClient, headers: dict[str, str], query: str, field: str, text: str
) -> None:
    response = client.get(f"{PAGE}&{query}", **headers)

    page = parse(response.text)
    assert response.status == 400
    assert text_of(page.select("[role=status]")[0]) == text
    assert attribute(page.select("[aria-invalid]")[0], "name") == field


def test_invalid_filter_gives_api_client_problem_details(client: AppClient) -> None:
    response = client.get("/changes?doctor_id=dr-lee&kind=x", Accept="*/*")

    assert (response.status, response.error_codes) == (400, [("kind", "invalid")])


def test_form_of_htmx_gets_the_part_and_its_url(client: AppClient) -> None:
    add_change(1)

    response = client.get(f"{PAGE}&by=&kind=save&from=&to=", **HTMX_HEADERS)

    assert response.headers["HX-Push-Url"] == f"{PAGE}&kind=save"
    assert "<html" not in response.text
    assert lines(parse(response.text)) == ["Opened 09:00–09:30 on Mon 23 Nov"]


def test_older_changes_keep_the_filters(client: AppClient) -> None:
    for second in range(51):
        add_change(second % 60, suffix=f"s{second}")

    (older,) = get_page(client, "&kind=save").select("a:-soup-contains('Older changes')")
    path = attribute(older, "href")

    assert path.startswith(f"{PAGE}&kind=save&cursor=")
    assert len(lines(get_page(client, path=path))) == 1


def test_undo_leads_back_to_the_filtered_page(client: AppClient) -> None:
    add_change(1)

    (form,) = get_page(client, "&kind=save").select("article form")

    assert attribute(form, "action") == "/slots/undo?kind=save"


def test_another_doctor_is_shown_with_the_same_dates(client: AppClient) -> None:
    page = get_page(client, f"&from={MONDAY}&by=sam&kind=save")

    kept = {
        attribute(each, "name"): attribute(each, "value")
        for each in page.select("#switch [type=hidden]")
    }
    assert kept == {"from": "2026-11-23", "kind": "save"}


def test_week_leads_to_its_changes_and_back(client: AppClient) -> None:
    add_change(1)
    add_change(2, date=MONDAY + timedelta(weeks=1))
    week = get_page(client, path=f"/slots/week?doctor_id=dr-lee&date={MONDAY}")

    (history,) = week.select("a:-soup-contains('History')")
    page = get_page(client, path=attribute(history, "href"))

    assert lines(page) == ["Opened 09:00–09:30 on Mon 23 Nov"]
    assert text_of(page.select("h1")[0]) == "Changes to 23 – 29 November 2026"
    assert text_of(page.select("main p > a")[-1]) == "Back to the week of Monday 23 November"


def test_history_beside_a_day_is_its_feed(client: AppClient) -> None:
    add_change(1)
    add_change(2, date=MONDAY + timedelta(days=1))
    day = get_page(client, path=f"/slots?doctor_id=dr-lee&date={MONDAY}")
    (details,) = day.select("details.history")

    part = parse(client.get(attribute(details, "hx-get"), **HTMX_HEADERS).text)

    assert lines(part) == ["Opened 09:00–09:30"]
    assert attribute(part.select("article button")[0], "form") == "undo"
    assert attribute(part.select("p > a")[-1], "href") == f"{PAGE}&date={MONDAY}"
