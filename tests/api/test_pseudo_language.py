"""Every text of every page is in the catalogue: in the pseudo-language it has brackets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from chalicelib.web import texts
from tests.support.app_client import FORM
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY
from tests.support.page_form import HtmlForm
from tests.support.plans import MORNING, propose, series_json
from tests.support.pseudo_language import PSEUDO, texts_outside_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.conftest import ItemsAfter
    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem


QUARTER = timedelta(weeks=13)
PAGES = {
    "day": f"/slots?doctor_id=dr-lee&date={MONDAY}",
    "week": f"/slots/week?doctor_id=dr-lee&date={MONDAY}",
    "month": "/slots/month?doctor_id=dr-lee&month=2026-11",
    "history": f"/slots/history?doctor_id=dr-lee&date={MONDAY}",
    "changes": "/changes?doctor_id=dr-lee",
    "settings": "/settings?doctor_id=dr-lee",
    "reports": "/reports",
    "import": "/import?doctor_id=dr-lee",
    "calendar feeds": "/calendar-feeds?doctor_id=dr-lee",
    "series": "/series?doctor_id=dr-lee",
    "repeat a week": f"/series/new?doctor_id=dr-lee&week={MONDAY}",
    "copy a day": f"/series/new?doctor_id=dr-lee&date={MONDAY}",
    "why slots are open": f"/slots/origins?doctor_id=dr-lee&date={MONDAY}",
    "doctors": "/doctors",
    "practice": f"/practice?date={MONDAY}&doctor_id=dr-lee&doctor_id=dr-night",
    "signed in": "/signed-in",
    "unknown doctor": "/slots?doctor_id=dr-who",
    "invalid date": "/slots?doctor_id=dr-lee&date=2026-02-30",
    "unknown file": "/static/nothing",
}


@pytest.fixture(scope="module")
def busy_items(items_after: ItemsAfter) -> list[RawItem]:
    """The items after a busy Monday of Dr Lee."""

    def send(client: AppClient) -> None:
        client.save("09:00", "09:30", "10:00", "10:30")
        client.hold("09:00", "hannah")
        client.book("09:30", "b-1")
        client.book("10:00", "b-2")
        client.cancel("10:00", "b-2")
        client.save(closed=("10:30",))
        client.update_doctor(lead_minutes=60)

    return items_after(send)


@pytest.fixture
def pseudo_client(
    client: AppClient,
    doctor_items: list[RawItem],
    busy_items: list[RawItem],
    catalogue_folder: Path,
) -> Iterator[AppClient]:
    """The app in the pseudo-language, with those items."""
    client.restore(busy_items, current=doctor_items)
    texts.set_language(PSEUDO, str(catalogue_folder))
    yield client
    texts.set_language(texts.ENGLISH, None)


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_page_is_in_catalogue(pseudo_client: AppClient, name: str) -> None:
    response = pseudo_client.get(PAGES[name], **BROWSER_HEADERS)

    assert '<html lang="en-XA"' in response.text
    assert texts_outside_catalogue(response.text) == []


@pytest.mark.parametrize("act", ["", "start", "undo"])
def test_every_text_of_a_plan_is_in_catalogue(pseudo_client: AppClient, act: str) -> None:
    pseudo_client.save("11:00")
    series = series_json({"mon": [("09:00", "12:00")], "tue": MORNING}, last=MONDAY + QUARTER)
    plan = propose(pseudo_client, series).json
    path = f"/plans/{plan['plan_id']}?doctor_id=dr-lee"
    if act:
        body = urlencode({"doctor_id": "dr-lee", "act": act}).encode()
        response = pseudo_client.request("POST", path, body, {"Content-Type": FORM})
        path = response.headers.get("Location", path)

    response = pseudo_client.get(path, **BROWSER_HEADERS)

    assert texts_outside_catalogue(response.text) == []


def test_wrong_fields_of_a_series_are_in_catalogue(pseudo_client: AppClient) -> None:
    path = f"/series/new?doctor_id=dr-lee&week={MONDAY}"
    form = HtmlForm(pseudo_client.get(path, **BROWSER_HEADERS))
    form.set(name="", mon_from="late", to="never", every_weeks="9", from_="soon")

    response = form.send(pseudo_client)

    assert response.status == 400
    assert texts_outside_catalogue(response.text) == []


def test_wrong_lines_of_an_import_are_in_catalogue(pseudo_client: AppClient) -> None:
    form = HtmlForm(pseudo_client.get("/import?doctor_id=dr-lee", **BROWSER_HEADERS))
    form.set(slots=f"date,start\n{MONDAY}\n{MONDAY},09:10\nsoon,09:00\n{MONDAY},nine")

    response = form.send(pseudo_client)

    assert response.status == 400
    assert texts_outside_catalogue(response.text) == []


def test_details_of_errors_are_in_catalogue(pseudo_client: AppClient) -> None:
    rejected = pseudo_client.save("09:00", "08:10", "99:00").json

    assert all(error["detail"].startswith("[") for error in rejected["errors"])
    assert rejected["detail"].startswith("[")


def test_text_outside_catalogue_is_found() -> None:
    html = "<p>[Sávé~~] <bdi>Dr Lee</bdi> 09:00–10:00 <b title='Not here'>Nor here</b></p>"

    assert texts_outside_catalogue(html) == ["Nor here", "Not here"]
