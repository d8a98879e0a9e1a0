"""Requests of the pages of series that no page sends, and the last dates of the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import parse, text_of
from tests.support.page_form import HtmlForm

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

HTML = {"Accept": "text/html"}
REPEAT = f"/series/new?doctor_id=dr-lee&week={MONDAY}"


def open_form(client: AppClient, path: str) -> HtmlForm:
    return HtmlForm(client.get(path, **HTML))


@pytest.mark.parametrize(
    "path",
    [
        "/series/new?doctor_id=dr-lee&week=2026-02-30",
        "/series/new?doctor_id=dr-lee&date=soon",
        "/series/new?doctor_id=~",
    ],
)
def test_malformed_address_is_rejected(client: AppClient, path: str) -> None:
    assert client.get(path, **HTML).status == 400


@pytest.mark.parametrize(
    "path", ["/series/nope/edit", "/series/nope/end", "/plans/nope", "/series/~~~!/edit"]
)
def test_unknown_series_or_plan_is_not_found(client: AppClient, path: str) -> None:
    assert client.get(f"{path}?doctor_id=dr-lee", **HTML).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"weekday": "someday"},
        {"version": "new"},
        {"mon_from": ["09:00", "10:00"]},
        {"week": "2026-02-30", "name": ""},
        {"doctor_id": "~"},
    ],
)
def test_form_that_no_page_sends_is_rejected(
    client: AppClient, fields: dict[str, str | list[str]]
) -> None:
    client.save("09:00")

    assert open_form(client, REPEAT).set(**fields).send(client).status == 400


def test_api_client_gets_a_problem_for_a_wrong_form(client: AppClient) -> None:
    client.save("09:00", "09:30")
    form = open_form(client, REPEAT).set(mon_from="07:00", mon_to="08:00")

    response = form.send(client, Accept="application/json")

    assert (response.status, response.json["errors"][0]["code"]) == (400, "not_on_grid")


def test_last_date_of_the_calendar_can_be_copied(client: AppClient) -> None:
    form = open_form(client, "/series/new?doctor_id=dr-lee&date=9999-12-30")
    assert form.fields["from"] == ["9999-12-30"]

    sent = form.set(day_from="09:00", day_to="10:00", name="Late", ends="never").send(client)

    assert sent.status == 303
    preview = parse(client.get(sent.headers["Location"], **HTML).text)
    headings = [text_of(heading) for heading in preview.select("main :is(h1, h2)")]
    assert headings == ["New series: Late", "No slot will change"]
