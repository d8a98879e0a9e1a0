"""The people page: who has which role, and how their sessions end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.person import Account, Person
from chalicelib.storage.people_repository import PeopleRepository
from chalicelib.use_cases.list_people import PAGE_SIZE
from tests.support.fake_accounts import INVITED, FakeAccounts
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

    from tests.support.app_client import AppClient
    from tests.support.page_session import PageSession


@pytest.fixture
def pool() -> FakeAccounts:
    """A user pool with accounts."""
    return FakeAccounts()


def test_page_has_every_role_in_one_request_each(admin: PageSession, pool: FakeAccounts) -> None:
    pool.add("alex", "admin")
    pool.add("sam", "delegate", email="sam@example.org")
    pool.add("kim", "delegate", status=INVITED)
    pool.page_size = 1

    page = parse(admin.get("/people").text)

    assert [text_of(name) for name in page.select(".roster th[scope=row]")] == ["alex", "sam"]
    assert "sam@example.org" in text_of(page)
    (more,) = [a for a in page.select("main a") if "More people" in text_of(a)]
    assert "kim is invited" in admin.get(attribute(more, "href")).text
    assert pool.calls == ["list_users_in_group"] * 4


def test_sessions_of_a_person_end_by_the_button(admin: PageSession) -> None:
    ended = admin.send(
        "POST",
        "/people/alex/sign-out",
        Content_Type="application/x-www-form-urlencoded",
        Sec_Fetch_Site="same-origin",
    )

    assert (ended.status, ended.headers["Location"]) == (303, "/people?ended=alex")
    assert admin.get("/people").headers["Location"].startswith("/sign-in")


def test_button_leads_to_a_name_with_any_characters(admin: PageSession, pool: FakeAccounts) -> None:
    pool.add("kim/mo?é", "delegate")

    page = parse(admin.get("/people").text)

    paths = [attribute(form, "action") for form in page.select(".roster form")]
    assert "/people/kim%2Fmo%3F%C3%A9/sign-out" in paths


def rows(page: BeautifulSoup) -> dict[str, str]:
    """Return the texts of the rows by the name of the person."""
    return {
        text_of(row.select("th")[0]): " ".join(text_of(cell) for cell in row.select("td"))
        for row in page.select(".roster tbody tr")
    }


def test_last_sign_ins_and_doctors_of_delegates_take_few_reads(
    admin: PageSession, pool: FakeAccounts
) -> None:
    pool.add("alex", "admin")
    for number in range(3):
        pool.add(f"sam-{number}", "delegate")
    pool.add("sam", "delegate")
    admin.get("/doctors")  # so that the session and the doctors of the header are cached

    with admin.client.record_calls() as calls:
        found = rows(parse(admin.get("/people").text))

    assert "22 November 2026, 12:00 UTC" in found["alex"]
    assert "Works for: Dr Mina Lee" in found["sam"]
    assert "Not on record" in found["sam"]
    assert "Dr Mina Lee" not in found["sam-1"]
    assert sorted(calls) == ["BatchGetItem"] * 2 + ["Query"] * 4


def test_new_session_replaces_the_last_sign_in_and_the_roles(
    page_session: PageSession, client: AppClient
) -> None:
    page_session.sign_in("alex", "delegate")
    client.clock.now += timedelta(hours=1)
    page_session.sign_in("alex", "admin")

    found = rows(parse(page_session.get("/people").text))

    assert "Admin" in found["alex"]
    assert "22 November 2026, 13:00 UTC" in found["alex"]


def test_people_of_another_provider_are_listed_as_far_as_known(page_session: PageSession) -> None:
    page_session.sign_in("sam", "delegate")
    page_session.sign_in("alex", "admin")

    text = page_session.get("/people").text
    found = rows(parse(text))

    assert "at another service" in text
    assert "Works for: Dr Mina Lee" in found["sam"]
    assert "22 November 2026" in found["sam"]
    assert found["dr-okafor"].startswith("Doctor")
    assert "Not on record" in found["dr-okafor"]


def test_people_of_another_provider_are_read_page_by_page(
    page_session: PageSession, client: AppClient
) -> None:
    people, account = PeopleRepository(), Account("https://issuer", "s")
    for number in range(PAGE_SIZE):
        person = Person(name=f"Person {number:02}")
        at = client.clock.now
        people.sign_in(
            person, account, ["delegate"], state=f"state-{number}", now=at, expires_at=at
        )
    page_session.sign_in("zoe", "admin")

    first = parse(page_session.get("/people").text)
    (more,) = [a for a in first.select("main a") if "More people" in text_of(a)]
    second = rows(parse(page_session.get(attribute(more, "href")).text))

    assert "Person 00" in rows(first)
    assert list(second) == ["zoe"]


def test_button_of_a_person_who_has_never_signed_in_leads_back(admin: PageSession) -> None:
    ended = admin.send("POST", "/people/kim/sign-out", "", Sec_Fetch_Site="same-origin")

    assert (ended.status, ended.headers["Location"]) == (303, "/people?ended=kim")


def test_person_who_cannot_be_read_hides_no_other(
    page_session: PageSession, client: AppClient
) -> None:
    page_session.sign_in("sam", "delegate")
    page_session.sign_in("alex", "admin")
    client.set_attribute("PERSON#sam", "SESSIONS", "ended", {"SS": ["abc"]})

    found = rows(parse(page_session.get("/people").text))

    assert "22 November 2026" in found["alex"]
    assert "Not on record" in found["sam"]
