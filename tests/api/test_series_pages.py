"""The forms that make, change and end series: what they start from, and what they say is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import make_series, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

HTML = {"Accept": "text/html"}
REPEAT = f"/series/new?doctor_id=dr-lee&week={MONDAY}"
COPY = f"/series/new?doctor_id=dr-lee&date={MONDAY}"
SERIES = "/series?doctor_id=dr-lee"
TUESDAY = MONDAY + timedelta(days=1)
MONDAY_AFTER = MONDAY + timedelta(weeks=1)


def open_form(client: AppClient, path: str) -> HtmlForm:
    return HtmlForm(client.get(path, **HTML))


def follow(client: AppClient, response: AppResponse) -> AppResponse:
    """Follow a redirect."""
    assert response.status == 303, response.text
    return client.get(response.headers["Location"], **HTML)


def problems(response: AppResponse) -> dict[str, str]:
    """Return the sentences of the error summary by the ids that their links lead to."""
    page = parse(response.text)
    links = page.select(".error-summary a")
    assert all(page.select(attribute(link, "href")) for link in links)
    return {attribute(link, "href").removeprefix("#"): text_of(link) for link in links}


def headings(response: AppResponse) -> list[str]:
    return [text_of(heading) for heading in parse(response.text).select("main :is(h1, h2)")]


def test_week_page_links_to_the_form_that_repeats_it(client: AppClient) -> None:
    page = parse(client.get(f"/slots/week?doctor_id=dr-lee&date={MONDAY}", **HTML).text)

    links = {text_of(link): attribute(link, "href") for link in page.select("aside a")}

    assert links["Repeat this week…"] == REPEAT
    assert links["Series"] == SERIES


def test_day_page_links_to_the_form_that_copies_it(client: AppClient) -> None:
    page = parse(client.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", **HTML).text)

    links = {text_of(link): attribute(link, "href") for link in page.select("aside a")}

    assert links["Copy this day to…"] == COPY


def test_form_has_the_hours_of_the_open_held_and_booked_slots(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.hold("09:30")
    client.book("10:00")
    client.save("09:00", "13:00", date=TUESDAY.isoformat())

    form = open_form(client, REPEAT)

    assert form.fields["weekday"] == ["mon", "tue"]
    assert (form.fields["mon_from"][0], form.fields["mon_to"][0]) == ("09:00", "10:30")
    assert form.fields["tue_from"][:2] == ["09:00", "13:00"]
    assert form.fields["name"] == ["Mon, Tue"]
    assert form.fields["from"] == [str(MONDAY_AFTER)]
    assert form.fields["to"] == [str(MONDAY_AFTER + timedelta(weeks=13, days=-1))]


def test_same_hours_on_weekdays_name_the_series(client: AppClient) -> None:
    for days in range(5):
        client.save("09:00", "09:30", date=str(MONDAY + timedelta(days=days)))

    assert open_form(client, REPEAT).fields["name"] == ["Mon–Fri 09:00–10:00"]


def test_repeated_week_leads_to_its_preview(client: AppClient) -> None:
    client.save("09:00", "09:30")

    response = follow(client, open_form(client, REPEAT).send(client))

    assert headings(response) == ["New series: Mon 09:00–10:00", "26 slots will open on 13 days"]
    (button,) = parse(response.text).select("main button")
    assert text_of(button) == "Open 26 slots"


def test_copied_day_opens_on_the_chosen_weekdays(client: AppClient) -> None:
    client.save("09:00", "09:30")
    form = open_form(client, COPY)
    assert form.fields["weekday"] == ["mon"]

    response = follow(client, form.set(weekday=["tue", "wed"], to=str(MONDAY_AFTER)).send(client))

    assert headings(response)[1] == "4 slots will open on 2 days"
    assert "Tue, Wed: 09:00–10:00" in text_of(parse(response.text))


def test_empty_week_asks_for_weekdays_and_hours(client: AppClient) -> None:
    response = client.get(REPEAT, **HTML)
    assert "This week has no slots" in response.text

    rejected = HtmlForm(response).set(name="Mornings").send(client)

    assert rejected.status == 400
    assert problems(rejected) == {"weekday": "Choose at least one weekday"}


def test_form_of_no_week_starts_from_the_weekly_hours(client: AppClient) -> None:
    form = open_form(client, "/series/new?doctor_id=dr-lee")

    assert len(form.fields["weekday"]) == 7
    assert form.fields["sun_to"][:2] == ["12:00", "17:00"]
    assert date.fromisoformat(form.fields["from"][0]) > MONDAY - timedelta(days=1)


def test_week_of_the_past_repeats_from_today(client: AppClient) -> None:
    past = MONDAY - timedelta(weeks=8)

    form = open_form(client, f"/series/new?doctor_id=dr-lee&week={past}")

    assert form.fields["from"] == [str(MONDAY - timedelta(days=1))]


@pytest.mark.parametrize("written", ["9", "9:00", "0900", "9.00"])
def test_times_can_be_written_in_several_ways(client: AppClient, written: str) -> None:
    client.save("09:00", "09:30")
    form = open_form(client, REPEAT).set(mon_from=written, mon_to="10")

    assert "Mon: 09:00–10:00" in text_of(parse(follow(client, form.send(client)).text))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": " "}, {"name": "Enter a name of at most 100 characters"}),
        ({"mon_from": "nine"}, {"mon": "Enter a start and an end time, such as 09:00"}),
        ({"mon_from": "25"}, {"mon": "Enter a start and an end time, such as 09:00"}),
        ({"mon_to": ""}, {"mon": "Enter a start and an end time, such as 09:00"}),
        ({"mon_from": "", "mon_to": ""}, {"mon": "Enter the hours, for example 09:00 to 12:00"}),
        ({"mon_to": "08:00"}, {"mon": "The hours must end after they start"}),
        (
            {"mon_from": ["09:00", "09:30"], "mon_to": ["10:00", "11:00"]},
            {"mon": "These hours overlap"},
        ),
        ({"every_weeks": "5"}, {"every_weeks": "A series can repeat every 1 to 4 weeks"}),
        ({"to": "2026-11-01"}, {"to": "The last day can't be before the first day"}),
        (
            {"from_": "2026-11-02", "to": "2026-11-09"},
            {"to": "The series would end before today"},
        ),
        (
            {"from_": "soon"},
            {"from": "Enter a real date from 2011 onwards, for example 23 November 2026"},
        ),
        (
            {"mon_from": "07:00", "mon_to": "08:00"},
            {"weekday": "None of these hours are within the doctor's weekly hours"},
        ),
    ],
)
def test_wrong_field_is_named_and_nothing_is_lost(
    client: AppClient, fields: dict[str, str | list[str]], expected: dict[str, str]
) -> None:
    client.save("09:00", "09:30")
    sent = open_form(client, REPEAT).set(name="My mornings").set(**fields)

    response = sent.send(client)

    assert response.status == 400
    assert problems(response) == expected
    page = parse(response.text)
    assert text_of(page.select("title")[0]).startswith("Error: ")
    (invalid,) = page.select("[aria-invalid]")
    assert text_of(page.select(f"#{attribute(invalid, 'aria-describedby').split()[-1]}")[0])
    shown = HtmlForm(response)
    kept = {"name": "name", "to": "to", "from_": "from"}
    assert all(
        shown.fields[kept[name]] == [str(fields[name]).strip()]
        for name in kept.keys() & fields.keys()
    )
    assert shown.fields["week"] == [str(MONDAY)]


def test_slots_that_are_open_already_are_no_new_series(client: AppClient) -> None:
    client.save("09:00", "09:30")
    form = open_form(client, REPEAT).set(from_=str(MONDAY), to=str(MONDAY))

    response = form.send(client)

    assert response.status == 400
    assert "None of these slots can be opened" in text_of(
        parse(response.text).select(".error-summary")[0]
    )


def test_preview_leads_back_to_the_form_with_its_values(client: AppClient) -> None:
    client.save("09:00", "09:30")
    form = open_form(client, REPEAT).set(name="Mornings", every_weeks="2", ends="never")
    preview = follow(client, form.send(client))

    (link,) = (a for a in parse(preview.text).select("main a") if text_of(a) == "Change")
    revised = open_form(client, attribute(link, "href"))

    assert revised.fields["name"] == ["Mornings"]
    assert revised.fields["every_weeks"] == ["2"]
    assert revised.fields["ends"] == ["never"]
    assert revised.fields["mon_to"][0] == "10:00"


def test_series_is_listed_edited_and_ended(client: AppClient) -> None:
    last = MONDAY + timedelta(weeks=3)
    make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=last))
    listed = parse(client.get(SERIES, **HTML).text)
    (article,) = listed.select("article")
    assert "Mornings Mon: 09:00–10:00 Every week" in text_of(article, " ")
    edit, end = (attribute(link, "href") for link in article.select("a"))

    edited = follow(client, open_form(client, edit).set(mon_to="09:30").send(client))
    assert headings(edited) == ["Change: Mornings", "4 slots will close on 4 days"]

    ended = follow(client, open_form(client, end).set(to=str(MONDAY)).send(client))
    assert headings(ended) == ["Change: Mornings", "6 slots will close on 3 days"]


def test_preview_of_series_end_leads_back_to_its_last_day(client: AppClient) -> None:
    make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=MONDAY))
    end = attribute(parse(client.get(SERIES, **HTML).text).select("article a")[1], "href")
    before = str(MONDAY - timedelta(days=1))

    preview = follow(client, open_form(client, end).set(to=before).send(client))

    assert headings(preview)[0] == "End: Mornings"
    (link,) = (a for a in parse(preview.text).select("main a") if text_of(a) == "Change")
    assert attribute(link, "href") == end


def test_end_that_changes_nothing_is_named(client: AppClient) -> None:
    last = MONDAY + timedelta(weeks=3)
    make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=last))
    end = attribute(parse(client.get(SERIES, **HTML).text).select("article a")[1], "href")

    unchanged = open_form(client, end).set(to=str(last)).send(client)
    assert problems(unchanged) == {"to": "The series already ends before then"}
    unreal = open_form(client, end).set(to="2026-02-30").send(client)
    assert list(problems(unreal)) == ["to"]


def test_series_that_changed_meanwhile_is_not_overwritten(client: AppClient) -> None:
    last = MONDAY + timedelta(weeks=3)
    plan = make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=last))
    edit = attribute(parse(client.get(SERIES, **HTML).text).select("article a")[0], "href")
    form = open_form(client, edit).set(mon_to="09:30")
    other = open_form(client, edit).set(mon_to="11:00")
    follow(client, other.send(client))
    plans = client.get("/doctors/dr-lee/plans").json["plans"]
    newest = next(each for each in plans if each["plan_id"] != plan["plan_id"])
    client.post(f"/doctors/dr-lee/plans/{newest['plan_id']}/steps", {})

    response = form.send(client)

    assert response.status == 400
    assert "The series has changed since you read it" in response.text
