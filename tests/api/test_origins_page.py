"""Why the slots of a date are open: by which series, or by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.plans import make_series, series_json

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
        "09:00–10:00": "From the series Mornings",
        "11:00–12:00": "Opened by you on 22 November 2026",
    }
    (link,) = parse(client.get(ORIGINS, **HTML).text).select("main dl a")
    assert attribute(link, "href") == f"/series/{plan['series_id']}/edit?doctor_id=dr-lee"


def test_day_page_links_to_the_reasons(client: AppClient) -> None:
    page = parse(client.get(f"/slots?doctor_id=dr-lee&date={MONDAY}", **HTML).text)

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
