"""Every text of every page is in the catalogue: in the pseudo-language it has brackets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from bs4.element import NavigableString

from chalicelib.web import texts
from tests.support.day_page import BROWSER_HEADERS
from tests.support.factories import MONDAY
from tools.catalogue import write_pseudo_language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.app_client import AppClient

PSEUDO = "en-XA"
# What is no text of ours: names and other data, and what browsers never show.
_DATA = ("bdi", "time", "script", "style", "option", "svg")
_TEXT_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "abbr")
_BRAND = "MediLink Slots"
_NO_WORDS = re.compile(r"[^\w]*|[\d\s:.,;–‹›·()%+/-]*", re.ASCII)
PAGES = {
    "day": f"/slots?doctor_id=dr-lee&date={MONDAY}",
    "week": f"/slots/week?doctor_id=dr-lee&date={MONDAY}",
    "month": "/slots/month?doctor_id=dr-lee&month=2026-11",
    "history": f"/slots/history?doctor_id=dr-lee&date={MONDAY}",
    "changes": "/changes?doctor_id=dr-lee",
    "settings": "/settings?doctor_id=dr-lee",
    "series": "/series?doctor_id=dr-lee",
    "repeat a week": f"/series/new?doctor_id=dr-lee&week={MONDAY}",
    "copy a day": f"/series/new?doctor_id=dr-lee&date={MONDAY}",
    "why slots are open": f"/slots/origins?doctor_id=dr-lee&date={MONDAY}",
    "doctors": "/doctors",
    "signed in": "/signed-in",
    "unknown doctor": "/slots?doctor_id=dr-who",
    "invalid date": "/slots?doctor_id=dr-lee&date=2026-02-30",
    "unknown file": "/static/nothing",
}


@pytest.fixture(scope="module")
def catalogue_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogues")
    write_pseudo_language(folder, PSEUDO)
    return folder


@pytest.fixture
def pseudo_client(client: AppClient, catalogue_folder: Path) -> Iterator[AppClient]:
    """The app in the pseudo-language, with a busy Monday of Dr Lee."""
    client.save("09:00", "09:30", "10:00", "10:30")
    client.hold("09:00", "hannah")
    client.book("09:30", "b-1")
    client.book("10:00", "b-2")
    client.cancel("10:00", "b-2")
    client.save(closed=("10:30",))
    client.update_doctor(lead_minutes=60)
    texts.set_language(PSEUDO, str(catalogue_folder))
    yield client
    texts.set_language(texts.ENGLISH, None)


def texts_outside_catalogue(html: str) -> list[str]:
    """Return the texts of a page that have words, and no brackets."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(", ".join(_DATA)):
        element.decompose()
    shown = [str(node) for node in page.find_all(string=True) if type(node) is NavigableString]
    shown += [
        str(element[name]) for name in _TEXT_ATTRIBUTES for element in page.select(f"[{name}]")
    ]
    outside = [text.replace(_BRAND, "").strip() for text in shown]
    return sorted(
        {text for text in outside if not {*"[]"} & {*text} and not _NO_WORDS.fullmatch(text)}
    )


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_page_is_in_catalogue(pseudo_client: AppClient, name: str) -> None:
    response = pseudo_client.get(PAGES[name], **BROWSER_HEADERS)

    assert '<html lang="en-XA"' in response.text
    assert texts_outside_catalogue(response.text) == []


def test_details_of_errors_are_in_catalogue(pseudo_client: AppClient) -> None:
    rejected = pseudo_client.save("09:00", "08:10", "99:00").json

    assert all(error["detail"].startswith("[") for error in rejected["errors"])
    assert rejected["detail"].startswith("[")


def test_text_outside_catalogue_is_found() -> None:
    html = "<p>[Sávé~~] <bdi>Dr Lee</bdi> 09:00–10:00 <b title='Not here'>Nor here</b></p>"

    assert texts_outside_catalogue(html) == ["Nor here", "Not here"]
