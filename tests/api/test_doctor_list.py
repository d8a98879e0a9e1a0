"""The list of doctors: by name, page by page, and as the result of a search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import make_doctor, make_grid
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.page_session import PageSession

DAY = "/slots?doctor_id=dr-lee&date=2026-11-23"


def test_header_of_a_large_practice_leads_to_a_search(
    client: AppClient, authenticated_client: AppClient, page_session: PageSession
) -> None:
    del authenticated_client  # the session's app
    grid = make_grid(("09:00", "12:00"))
    for number in range(60):
        doctor = replace(make_doctor(f"dr-x{number:02}", grid), name=f"Dr Nr {number}")
        client.services.doctors.add(doctor)
    page_session.sign_in("alex", "admin")

    page = parse(page_session.get(DAY).text)

    assert not page.select("#switch option")
    (field,) = page.select("#switch [type=search]")
    (label,) = page.select(f"#switch label[for={attribute(field, 'id')}]")
    assert (text_of(label), attribute(field, "name")) == ("Doctor", "q")
    first = parse(page_session.get("/doctors").text)
    assert len(first.select(".roster tbody tr")) == 25
    (more,) = first.select("nav.pages a")
    second = parse(page_session.get(attribute(more, "href")).text)
    assert len(second.select(".roster tbody tr")) == 25
    (found,) = parse(page_session.get("/doctors?q=OKAFOR%20chidi").text).select(".roster th a")
    assert attribute(found, "href") == "/slots?doctor_id=dr-okafor"


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/slots", "date=2026-11-23"),
        ("/slots/week", "date=2026-11-23"),
        ("/slots/month", "month=2026-11"),
        ("/slots/history", "date=2026-11-23"),
        ("/changes", ""),
        ("/settings", ""),
    ],
)
@pytest.mark.parametrize("group", ["admin", "doctor"])
def test_search_of_a_page_keeps_view_and_date(
    page_session: PageSession, group: str, path: str, kept: str
) -> None:
    name = {"admin": "alex", "doctor": "dr-okafor"}[group]
    page_session.sign_in(name, group)

    page = parse(page_session.get(f"{path}?q=okafor&{kept}").text)

    (found,) = page.select(".doctors a")
    query = "&".join(filter(None, ("doctor_id=dr-okafor", kept)))
    assert attribute(found, "href") == f"{path}?{query}"


def test_list_shows_specialties_in_words(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    page = page_session.get("/doctors").text

    assert "General practice" in page
    assert "general-practice" not in page


def test_choice_of_a_doctor_keeps_the_date(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    page = parse(page_session.get("/slots/week?date=2026-11-23").text)

    links = [attribute(link, "href") for link in page.select(".doctors a")]
    assert "/slots/week?doctor_id=dr-lee&date=2026-11-23" in links
