"""Why the slots of a date are open: by which series, or by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.plans import apply, make_series, propose, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

ORIGINS = f"/slots/origins?doctor_id=dr-lee&date={MONDAY}"
HTML = {"Accept": "text/html"}


def origins(client: AppClient) -> dict[str, str]:
    page = parse(client.get(ORIGINS, **HTML).text)
    times, sentences = page.select("main dl > dt"), page.select("main dl > dd")
    return {text_of(when): text_of(why) for when, why in zip(times, sentences, strict=True)}


def test_slots_name_the_series_or_the_person_that_opened_them(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=MONDAY))
    client.save("11:00", "11:30")
    client.book("09:30")

    assert origins(client) == {
        "09:00–10:00": "From version 1 of the series Mornings",
        "11:00–12:00": "Opened by you on 22 November 2026",
    }
    (link,) = parse(client.get(ORIGINS, **HTML).text).select("main dl a")
    assert attribute(link, "href") == f"/series/{plan['series_id']}/edit?doctor_id=dr-lee"


def test_slots_name_the_version_that_wants_them(client: AppClient) -> None:
    plan = make_series(client, series_json({"mon": [("09:00", "10:00")]}, last=MONDAY))
    longer = series_json({"mon": [("09:00", "10:30")]}, last=MONDAY)
    apply(client, propose(client, longer, plan["series_id"]).json)

    assert origins(client) == {"09:00–10:30": "From version 2 of the series Mornings"}


def test_script_of_the_schedule_gets_the_reason_of_each_box(client: AppClient) -> None:
    client.save("09:00", "09:30")

    response = client.get(f"{ORIGINS}&part=origins", **HTML, HX_Request="true")

    assert "<html" not in response.text
    (times,) = parse(response.text).select("dt")
    assert attribute(times, "data-boxes") == "20261123T0900Z-30 20261123T0930Z-30"


@pytest.mark.parametrize("view", ["/slots", "/slots/week"])
def test_schedule_links_to_the_reasons(client: AppClient, view: str) -> None:
    page = parse(client.get(f"{view}?doctor_id=dr-lee&date={MONDAY}", **HTML).text)

    links = {text_of(link): attribute(link, "href") for link in page.select("aside a")}

    assert links["Why are slots open?"] == ORIGINS


def test_slot_older_than_the_record_of_changes_says_so(client: AppClient) -> None:
    client.save("09:00")
    for item in client.export():
        if item["type"]["S"] in {"audit", "change"}:
            client.dynamodb.delete_item(
                TableName=client.services.settings.table_name,
                Key={"PK": item["PK"], "SK": item["SK"]},
            )

    assert origins(client) == {"09:00–09:30": "Opened before the record of changes begins"}


def test_day_without_slots_has_no_reasons(client: AppClient) -> None:
    page = parse(client.get(ORIGINS, **HTML).text)

    assert "No slot is open on this day" in text_of(page)
