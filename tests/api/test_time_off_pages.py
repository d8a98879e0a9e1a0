"""The pages of time off: the form, the preview, the list, and what the schedule shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import MORNING, make_series, open_times, propose, series_json
from tests.support.time_off import list_time_off, make_closure, take_time_off

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

HTML = {"Accept": "text/html"}
DAY = f"/slots?doctor_id=dr-lee&date={MONDAY}"
WEEK = f"/slots/week?doctor_id=dr-lee&date={MONDAY}"


def time_off_link(client: AppClient, path: str) -> str:
    page = parse(client.get(path, **HTML).text)
    return {text_of(link): attribute(link, "href") for link in page.select("aside a")}["Time off…"]


def follow(client: AppClient, response: AppResponse) -> AppResponse:
    assert response.status == 303, response.text
    return client.get(response.headers["Location"], **HTML)


def buttons(response: AppResponse) -> list[str]:
    return [text_of(button) for button in parse(response.text).select("main button")]


def boxes(response: AppResponse) -> dict[str, tuple[str, str]]:
    """Return the kind and the state of each box by its time."""
    return {
        text_of(box.select(".time")[0]).removeprefix("Mon ")[:5]: (
            attribute(box, "data-kind"),
            text_of(box.select(".state")[0]),
        )
        for box in parse(response.text).select(".box")
    }


def test_form_of_a_day_and_of_a_week_has_its_dates(client: AppClient) -> None:
    day = HtmlForm(client.get(time_off_link(client, DAY), **HTML))
    week = HtmlForm(client.get(time_off_link(client, WEEK), **HTML))

    assert (day.fields["from"], day.fields["to"]) == ([str(MONDAY)], [str(MONDAY)])
    sunday = MONDAY + timedelta(days=6)
    assert (week.fields["from"], week.fields["to"]) == ([str(MONDAY)], [str(sunday)])
    assert week.fields["act"] == ["stop"]


def test_acts_have_their_words_beside_them(client: AppClient) -> None:
    page = parse(client.get(time_off_link(client, DAY), **HTML).text)
    labels = [text_of(label) for label in page.select("fieldset label")]
    assert labels == ["Stop taking bookings", "Can't see these patients"]


def test_a_week_off_is_previewed_taken_and_lifted(client: AppClient) -> None:
    mornings = {"mon": [("09:00", "12:00")], "tue": [("09:00", "12:00")]}
    make_series(client, series_json(mornings, last=MONDAY + timedelta(weeks=3)))
    before = open_times(client, MONDAY)

    form = HtmlForm(client.get(time_off_link(client, WEEK), **HTML))
    preview = follow(client, form.send(client))
    assert buttons(preview)[-1] == "Close 12 slots"
    result = follow(client, HtmlForm(preview, "form.actions").set(act="start").send(client))

    assert "Undo" in buttons(result)
    assert open_times(client, MONDAY) == []
    listed = client.get("/time-off?doctor_id=dr-lee", **HTML)
    (button,) = parse(listed.text).select("article button")
    sent = HtmlForm(listed, "article form").set(time_off_id=attribute(button, "value"))
    lifted = follow(client, sent.send(client))
    assert "12 slots opened on 2 days" in lifted.text
    assert open_times(client, MONDAY) == before


def test_preview_names_the_patients_who_still_have_bookings(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.book("09:30", "b-2")
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    preview = follow(client, form.send(client))

    assert "2 patients still have bookings: Mon 23 Nov 09:00, Mon 23 Nov 09:30" in preview.text
    assert buttons(preview)[-1] == "Close 1 slot"


@pytest.mark.parametrize(
    ("act", "button"),
    [("stop", "Close 1 slot"), ("disrupt", "Close 1 slot and mark 1 booking for rebooking")],
)
def test_preview_counts_no_hold_as_a_patient(client: AppClient, act: str, button: str) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.hold("09:30")
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    preview = follow(client, form.set(act=act).send(client))

    notes = [text_of(note) for note in parse(preview.text).select("#plan li")]
    assert "Left as they are: 1 booked, 1 held." in notes
    assert [note for note in notes if note.endswith(": Mon 23 Nov 09:00")]
    assert buttons(preview)[-1] == button


def test_preview_lists_the_first_bookings(client: AppClient) -> None:
    times = [f"{hour:02}:{minute}" for hour in (9, 10, 11) for minute in ("00", "30")]
    client.save(*times, "13:00")
    for time in (*times, "13:00"):
        client.book(time, f"b-{time.replace(':', '')}")
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    preview = follow(client, form.send(client))

    assert "7 patients still have bookings: Mon 23 Nov 09:00, " in preview.text
    assert "Mon 23 Nov 11:30 and 1 more" in preview.text


def test_illness_says_how_many_bookings_will_be_marked(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    preview = follow(client, form.set(act="disrupt").send(client))

    assert buttons(preview)[-1] == "Close 1 slot and mark 1 booking for rebooking"


def test_hours_off_are_those_of_the_form(client: AppClient) -> None:
    client.save("09:00", "10:00", "11:00")
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    preview = follow(client, form.set(from_time="9.30", to_time="11").send(client))

    assert buttons(preview)[-1] == "Close 1 slot"
    assert "09:30–11:00" in text_of(parse(preview.text).select(".pattern")[0])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"to": "2026-11-20"}, "to"),
        ({"from": "yesterday"}, "from"),
        ({"from_time": "09:00"}, "to_time"),
        ({"from_time": "09:00", "to_time": "25:00"}, "to_time"),
    ],
)
def test_wrong_field_keeps_the_form_and_says_why(
    client: AppClient, fields: dict[str, str], field: str
) -> None:
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML))

    response = form.set(**fields).send(client)

    assert response.status == 400
    page = parse(response.text)
    assert [attribute(link, "href") for link in page.select(".error-summary a")] == [f"#{field}"]
    assert page.select(f"#{field}[aria-invalid]")
    assert list_time_off(client) == []


def test_day_off_has_no_boxes_to_tick_and_no_all(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    take_time_off(client, name="Holiday")

    for path in (DAY, WEEK):
        page = client.get(path, **HTML)
        assert boxes(page)["09:00"][0] == "booked"
        assert boxes(page)["09:30"] == ("away", "Holiday")
    assert "All" not in buttons(client.get(DAY, **HTML))
    head = parse(client.get(DAY, **HTML).text).select("thead .away")
    assert [text_of(each) for each in head] == ["Holiday"]


def test_hours_off_are_named_with_their_times(client: AppClient) -> None:
    take_time_off(client, first="2026-11-23T10:00:00Z", last="2026-11-23T11:00:00Z")

    page = client.get(DAY, **HTML)

    assert (boxes(page)["09:30"][0], boxes(page)["10:00"][0]) == ("off", "away")
    head = parse(page.text).select("thead .away")
    assert [text_of(each) for each in head] == ["Holiday, 10:00–11:00"]


def test_month_names_time_off(client: AppClient) -> None:
    take_time_off(client, name="Holiday")
    page = parse(client.get("/slots/month?doctor_id=dr-lee&month=2026-11", **HTML).text)
    (day,) = page.select("[data-away]")
    assert "time off: Holiday" in attribute(day, "aria-label")
    assert text_of(day.select(".away")[0]) == "Holiday"


def test_tick_that_meets_time_off_says_so_on_the_page(client: AppClient) -> None:
    page = client.get(DAY, **HTML)
    form = HtmlForm(page, selector="#schedule")
    take_time_off(client)

    response = form.set(ticked=["20261123T0900Z-30"]).send(client)

    assert response.status == 400
    assert "09:00–09:30 is in time off: Holiday" in text_of(parse(response.text).select("main")[0])


def test_changes_name_time_off(client: AppClient) -> None:
    client.save("09:00")
    take_time_off(client, name="Holiday")
    page = client.get("/changes?doctor_id=dr-lee", **HTML)
    assert "Holiday" in text_of(parse(page.text).select("main")[0])


def test_past_time_off_is_listed_without_a_way_to_lift_it(client: AppClient) -> None:
    take_time_off(client, name="Holiday")
    client.clock.now += timedelta(days=3)
    page = client.get("/time-off?doctor_id=dr-lee", **HTML)
    assert "Past time off" in page.text
    assert "Lift" not in " ".join(buttons(page))


@pytest.mark.parametrize(
    ("name", "title"), [("Time off", "Time off"), ("Holiday", "Time off: Holiday")]
)
def test_name_that_the_form_suggests_stands_once_in_the_title(
    client: AppClient, name: str, title: str
) -> None:
    form = HtmlForm(client.get(time_off_link(client, DAY), **HTML)).set(name=name)
    page = parse(follow(client, form.send(client)).text)
    assert text_of(page.select("h1")[0]) == title


def test_preview_names_what_a_series_goes_around(client: AppClient) -> None:
    take_time_off(client, MONDAY, name="Conference")
    make_closure(client, MONDAY + timedelta(weeks=1), name="Stocktaking")

    plan = propose(client, series_json({"mon": MORNING})).json
    page = client.get(f"/plans/{plan['plan_id']}?doctor_id=dr-lee", **HTML)

    assert "Mon 23 Nov: left out, Conference" in page.text
    assert "Mon 30 Nov: left out, Stocktaking" in page.text


def test_line_of_changes_names_time_off_that_closed_nothing(client: AppClient) -> None:
    take_time_off(client, MONDAY, MONDAY + timedelta(days=2), name="Holiday")

    page = parse(client.get("/changes?doctor_id=dr-lee", **HTML).text)

    (line,) = page.select("article > ul > li")
    assert text_of(line) == "Time off: Holiday on 3 dates, Mon 23 Nov to Wed 25 Nov"
