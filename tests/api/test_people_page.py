"""The people page: who has which role, and how their sessions end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_accounts import INVITED, FakeAccounts
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
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


def test_other_provider_manages_its_people(page_session: PageSession) -> None:
    page_session.sign_in("alex", "admin")

    assert "at another service" in page_session.get("/people").text


def test_button_of_a_person_who_has_never_signed_in_leads_back(admin: PageSession) -> None:
    ended = admin.send("POST", "/people/kim/sign-out", "", Sec_Fetch_Site="same-origin")

    assert (ended.status, ended.headers["Location"]) == (303, "/people?ended=kim")
