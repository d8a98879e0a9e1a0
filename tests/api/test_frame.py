"""The frame of every page: it leads home, to the other sections and doctors, and out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.factories import make_doctor, make_grid
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.page_session import PageSession

DAY = "/slots?doctor_id=dr-lee&date=2026-11-23"
PAGES = {
    DAY: 200,
    "/slots/week?doctor_id=dr-lee&date=2026-11-23": 200,
    "/slots/month?doctor_id=dr-lee&month=2026-11": 200,
    "/slots/history?doctor_id=dr-lee&date=2026-11-23": 200,
    "/changes?doctor_id=dr-lee": 200,
    "/settings?doctor_id=dr-lee": 200,
    "/doctors": 200,
    "/signed-in": 200,
    "/static/nope.css": 404,
    "/slots?doctor_id=dr-missing&date=2026-11-23": 404,
    "/slots?doctor_id=dr-lee&date=2026-13-01": 400,
}
SECTIONS = ["Schedule", "Changes", "Settings"]
PEOPLE = {"doctor": "dr-lee", "delegate": "sam", "admin": "alex"}


def header_of(page: BeautifulSoup) -> Tag:
    (header,) = page.select("body > header")
    return header


def links_of(page: BeautifulSoup) -> list[str]:
    return [text_of(link) for link in header_of(page).select("nav a")]


def assert_is_whole(response: AppResponse) -> BeautifulSoup:
    """Fail unless the page has landmarks, one heading, a skip link, and at most one main button."""
    page = parse(response.text)
    assert attribute(page.html or page, "lang") == "en"
    assert attribute(page.html or page, "dir") == "ltr"
    assert page.select("meta[name=description][content]")
    assert len(page.select("h1")) == 1
    assert len(page.select("main")) == 1
    skip, brand = page.select("body > a")[0], page.select("body > header > a")[0]
    assert page.select(f"main{attribute(skip, 'href')}[tabindex='-1']")
    assert attribute(brand, "href") == "/slots"
    assert text_of(brand) == "MediLink Slots"
    buttons = page.select("main form:not(.other-account, .find) button:not([type=button])")
    main_buttons = [button for button in buttons if text_of(button) != "Go"]
    assert len(main_buttons) <= 1
    return page


@pytest.mark.parametrize("group", PEOPLE)
def test_every_page_leads_home_and_out(page_session: PageSession, group: str) -> None:
    page_session.sign_in(PEOPLE[group], group)

    for path, status in PAGES.items():
        response = page_session.get(path)

        assert response.status == status, path
        page = assert_is_whole(response)
        assert links_of(page) == SECTIONS + (["Doctors"] if group == "admin" else []), path
        (form,) = header_of(page).select("form[action='/sign-out']")
        assert text_of(form) == f"Signed in as {PEOPLE[group]} Sign out"


def test_header_names_no_section_to_a_person_without_role(page_session: PageSession) -> None:
    page_session.sign_in("pat", "patient")

    for path in (DAY, "/changes", "/settings", "/doctors"):
        response = page_session.get(path)

        assert response.status == 403
        page = assert_is_whole(response)
        assert links_of(page) == []
        assert header_of(page).select("form[action='/sign-out'] button")
        assert "your account has no role yet. Ask your administrator." in text_of(page)
        assert not page.select("main a")


def test_doctor_without_a_record_learns_whom_to_ask(page_session: PageSession) -> None:
    page_session.sign_in("dr-ghost", "doctor")

    for path in ("/slots", "/slots/week", "/changes", "/settings"):
        response = page_session.get(path)

        assert response.status == 404
        page = assert_is_whole(response)
        assert text_of(page.select("h1")[0]) == "Your schedule isn't set up yet"
        assert "Ask your administrator to add you as a doctor." in text_of(page)
        assert header_of(page).select("form[action='/sign-out'] button")


def test_signed_out_pages_lead_to_sign_in(page_session: PageSession) -> None:
    page = assert_is_whole(page_session.get("/signed-in"))

    assert links_of(page) == []
    assert not header_of(page).select("form")


def test_section_is_marked_in_the_header(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")

    for path, section in ((DAY, "Schedule"), ("/changes", "Changes"), ("/settings", "Settings")):
        (current,) = header_of(parse(page_session.get(path).text)).select("[aria-current]")
        assert text_of(current) == section


@pytest.mark.parametrize(
    ("path", "action", "kept"),
    [
        (DAY, "/slots", {"date": "2026-11-23"}),
        (
            "/slots/week?doctor_id=dr-lee&date=2026-11-23",
            "/slots/week",
            {"date": "2026-11-23"},
        ),
        ("/slots/month?doctor_id=dr-lee&month=2026-11", "/slots/month", {"month": "2026-11"}),
        (
            "/slots/history?doctor_id=dr-lee&date=2026-11-23&view=week",
            "/slots/history",
            {"date": "2026-11-23", "view": "week"},
        ),
        ("/changes?doctor_id=dr-lee", "/changes", {}),
        ("/settings?doctor_id=dr-lee", "/settings", {}),
    ],
)
def test_switch_keeps_view_and_date(
    page_session: PageSession, path: str, action: str, kept: dict[str, str]
) -> None:
    page_session.sign_in("alex", "admin")

    page = parse(page_session.get(path).text)

    (form,) = page.select("#switch")
    fields = page.select("#switch input, input[form=switch]")
    assert (attribute(form, "method"), attribute(form, "action")) == ("get", action)
    assert {attribute(field, "name"): attribute(field, "value") for field in fields} == kept
    (selected,) = form.select("option[selected]")
    assert text_of(selected) == "Dr Mina Lee"
    (select,) = form.select("select")
    (label,) = form.select(f"label[for={attribute(select, 'id')}]")
    assert text_of(label) == "Doctor"
    assert text_of(form.select("button")[0]) == "Switch"


def test_switch_offers_whom_the_person_manages(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")
    options = [
        text_of(option) for option in parse(page_session.get("/doctors").text).select("option")
    ]
    assert "Dr Mina Lee" in options
    assert options == sorted(options)

    page_session.sign_in("sam", "delegate")
    assert not parse(page_session.get(DAY).text).select("#switch")


@pytest.mark.parametrize(
    ("caller", "calls"),
    [
        ("own", ["GetItem", "Query"]),
        ("named", ["GetItem", "Query", "Query"]),
        ("admin", ["GetItem", "Query", "Query"]),
    ],
)
def test_header_costs_at_most_one_call_in_ten_seconds(
    sign_in: SignIn, caller: str, calls: list[str]
) -> None:
    week = "/slots/week?doctor_id=dr-lee&date=2026-11-23"
    page = sign_in(caller)
    for _ in range(2):  # the first requests of a person read their account
        page.get("/doctors/dr-lee")

    with page.record_calls() as first:
        assert page.get(week, Accept="text/html").status == 200
    with page.record_calls() as second:
        assert page.get(week, Accept="text/html").status == 200

    assert sorted(first) == calls
    assert sorted(second) == ["GetItem", "Query"]


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
    assert len(first.select(".doctors li")) == 50
    (more,) = first.select("nav.pages a")
    second = parse(page_session.get(attribute(more, "href")).text)
    assert len(second.select(".doctors li")) == 16
    (found,) = parse(page_session.get("/doctors?q=OKAFOR%20chidi").text).select(".doctors a")
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


def test_changes_lead_to_the_day_that_changed(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")

    page = parse(page_session.get("/changes").text)

    (link,) = page.select("article a")
    assert text_of(link) == "Monday 23 November 2026"
    assert attribute(link, "href") == DAY
    assert "Dr Mina Lee" in text_of(page.select("article")[0])


def test_settings_page_shows_delegates_only_to_doctor_and_admin(page_session: PageSession) -> None:
    def terms() -> list[str]:
        page = parse(page_session.get("/settings?doctor_id=dr-lee").text)
        return [text_of(term) for term in page.select("dl.settings dt")]

    page_session.sign_in("sam", "delegate")
    assert "Delegates" not in terms()
    assert "Hours" in terms()

    page_session.sign_in("dr-lee", "doctor")
    assert "Delegates" in terms()


def test_pages_of_another_doctor_are_denied(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")

    for path in ("/changes", "/settings"):
        assert page_session.get(f"{path}?doctor_id=dr-okafor").status == 403
