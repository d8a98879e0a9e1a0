"""The frame of every page: it leads home, to the other sections and doctors, and out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppResponse
    from tests.support.page_session import PageSession


DAY = "/slots?doctor_id=dr-lee&date=2026-11-23"
PAGES = {
    DAY: 200,
    "/slots/week?doctor_id=dr-lee&date=2026-11-23": 200,
    "/slots/month?doctor_id=dr-lee&month=2026-11": 200,
    "/slots/history?doctor_id=dr-lee&date=2026-11-23": 200,
    "/changes?doctor_id=dr-lee": 200,
    "/settings?doctor_id=dr-lee": 200,
    "/calendar-feeds?doctor_id=dr-lee": 200,
    "/series?doctor_id=dr-lee": 200,
    "/series/new?doctor_id=dr-lee&week=2026-11-23": 200,
    "/slots/origins?doctor_id=dr-lee&date=2026-11-23": 200,
    "/plans/nope?doctor_id=dr-lee": 404,
    "/doctors": 200,
    "/practice?date=2026-11-23": 200,
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
    buttons = page.select(
        "main form:not(.other-account, .find) button:not([type=button], .secondary, [hidden])"
    )
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
        of_admins = ["Doctors", "People", "Practice", "Closures"] if group == "admin" else []
        assert links_of(page) == [*SECTIONS, *of_admins, "Reports"], path
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

    for path, section in (
        (DAY, "Schedule"),
        ("/series", "Schedule"),
        ("/changes", "Changes"),
        ("/settings", "Settings"),
    ):
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
        ("/series?doctor_id=dr-lee", "/series", {}),
        ("/series/new?doctor_id=dr-lee", "/series", {}),
        (
            "/slots/origins?doctor_id=dr-lee&date=2026-11-23",
            "/slots/origins",
            {"date": "2026-11-23"},
        ),
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


def test_page_is_modified_when_its_menu_is(page_session: PageSession, sign_in: SignIn) -> None:
    admin = sign_in("admin")
    page_session.sign_in("sam", "delegate")
    tag = page_session.get(DAY).headers["ETag"]
    assert page_session.get(DAY, If_None_Match=tag).status == 304

    okafor = admin.get("/doctors/dr-okafor").json
    admin.put("/doctors/dr-okafor", okafor | {"delegates": ["sam"]})
    page_session.client.clock.now += timedelta(seconds=10)

    page = page_session.get(DAY, If_None_Match=tag)
    assert page.status == 200
    assert [text_of(option) for option in parse(page.text).select("#switch option")] == [
        "Dr Chidi Okafor",
        "Dr Mina Lee",
    ]


def test_pages_name_the_time_zone_alike(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")

    for path, status in PAGES.items():
        if "doctor_id=dr-lee" in path and status == 200:
            assert "London time" in page_session.get(path).text, path


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


def test_changes_lead_to_the_day_that_changed(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")
    page_session.save("09:00", Sec_Fetch_Site="same-origin")

    page = parse(page_session.get("/changes").text)

    (link,) = page.select("article a")
    assert text_of(link) == "Mon 23 Nov"
    assert attribute(link, "href") == DAY
    assert "Dr Mina Lee" in text_of(page.select("article")[0])


def test_settings_page_shows_delegates_only_to_doctor_and_admin(page_session: PageSession) -> None:
    def terms() -> list[str]:
        page = parse(page_session.get("/settings?doctor_id=dr-lee").text)
        return [text_of(term) for term in page.select("dl.settings dt, form label, form legend")]

    page_session.sign_in("sam", "delegate")
    assert "Delegates" not in terms()
    assert "Hours" in terms()

    page_session.sign_in("dr-lee", "doctor")
    assert "Delegates" in terms()


def test_pages_of_another_doctor_are_denied(page_session: PageSession) -> None:
    page_session.sign_in("dr-lee", "doctor")

    for path in ("/changes", "/settings"):
        assert page_session.get(f"{path}?doctor_id=dr-okafor").status == 403
