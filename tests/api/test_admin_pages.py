"""The pages of admins where people are in our user pool: links, texts, and names with markup."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from chalicelib.web import texts
from tests.support.factories import DOCTOR_SETTINGS
from tests.support.fake_accounts import INVITED, FakeAccounts
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.html import MARKUP_SAMPLES, PLAIN_TEXT, count_text, parse, structure
from tests.support.page_form import HtmlForm
from tests.support.page_walk import walk
from tests.support.pseudo_language import PSEUDO, texts_outside_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bs4 import BeautifulSoup

    from tests.support.page_session import PageSession

PAGES = (
    "/doctors",
    "/doctors?q=lee",
    "/doctors?q=unknown",
    "/new-doctor",
    "/doctors/dr-lee/sign-in",
    "/people",
    "/new-delegate",
    "/practice",
    "/reports",
    "/closures",
    "/settings?doctor_id=dr-lee",
)
CACHED_FOR = timedelta(seconds=11)


@pytest.fixture
def pool() -> FakeAccounts:
    """A user pool with people in every state."""
    accounts = FakeAccounts()
    accounts.add("alex", "admin")
    accounts.add("sam", "delegate", email="sam@example.org")
    accounts.add("kim", "delegate", status=INVITED)
    accounts.add("dr-lee", "doctor")
    return accounts


@pytest.fixture
def pseudo_admin(admin: PageSession, catalogue_folder: Path) -> Iterator[PageSession]:
    """An admin who reads the pages in the pseudo-language."""
    texts.set_language(PSEUDO, str(catalogue_folder))
    yield admin
    texts.set_language(texts.ENGLISH, None)


def send_form(admin: PageSession, path: str, **fields: str) -> str:
    """Fill in the form of a page, send it, and return the page that follows."""
    response = HtmlForm(admin.get(path)).set(**fields).send_by(admin)
    following = response.headers.get("Location")
    return (admin.get(following) if following else response).text


def test_no_link_of_an_admin_is_dead(admin: PageSession) -> None:
    visited = list(walk(admin))

    assert [visit for visit in visited if visit[1] and visit[2] not in {200, 303}] == []
    paths = {urlsplit(path).path for path, _, _ in visited}
    assert {urlsplit(path).path for path in PAGES} <= paths


@pytest.mark.parametrize("path", PAGES)
def test_every_text_of_an_admins_page_is_in_catalogue(pseudo_admin: PageSession, path: str) -> None:
    assert texts_outside_catalogue(pseudo_admin.get(path).text) == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/new-doctor", {"name": "", "email": "x", "from_1": "late", "slot_minutes": "x"}),
        ("/new-doctor", {"name": "Dr Noor Haddad", "specialty": "surgery", "location": "Leeds"}),
        ("/new-delegate", {"name": "", "email": "x", "others": "dr-who"}),
        ("/new-delegate", {"name": "kit", "doctor": "dr-lee"}),
        ("/settings?doctor_id=dr-lee", {"name": "", "window_days": "x", "from_1": "late"}),
        ("/settings?doctor_id=dr-lee", {"slot_minutes": "20", "lead_minutes": "90"}),
    ],
)
def test_every_text_after_a_form_of_admins_is_in_catalogue(
    pseudo_admin: PageSession, path: str, fields: dict[str, str]
) -> None:
    page = send_form(pseudo_admin, path, **fields)

    assert "<h1" in page
    assert texts_outside_catalogue(page) == []


def pages_with_name(admin: PageSession, pool: FakeAccounts, name: str) -> dict[str, BeautifulSoup]:
    """Return the pages of admins where a doctor, a delegate and an e-mail address have the name."""
    named = dict.fromkeys(("name", "location"), name)
    body = {**DOCTOR_SETTINGS, **named, "delegates": [name]}
    assert admin.client.put("/doctors/dr-named", body, **admin_token(admin)).status in {200, 201}
    admin.client.clock.now += CACHED_FOR
    pool.members["delegate"] = []
    pool.add(name, "delegate", email=name)
    paths = ("/doctors", "/people", "/new-delegate", "/doctors/dr-named/sign-in", "/practice")
    sent = {
        "/new-doctor": {**named, "specialty": name, "email": name},
        "/new-delegate": {"name": f"no user name: {name}", "email": name},
    }
    return {path: parse(admin.get(path).text) for path in paths} | {
        f"form of {path}": parse(send_form(admin, path, **fields)) for path, fields in sent.items()
    }


def admin_token(admin: PageSession) -> dict[str, str]:
    claims = {"username": "alex", "cognito:groups": ["admin"], "client_id": PAGE_CLIENT_ID}
    return {"Authorization": f"Bearer {admin.oidc_provider.access_token(claims)}"}


def test_names_are_escaped_on_every_page_of_admins(admin: PageSession, pool: FakeAccounts) -> None:
    plain = pages_with_name(admin, pool, PLAIN_TEXT)

    for markup in MARKUP_SAMPLES:
        for path, page in pages_with_name(admin, pool, markup).items():
            # Names are in the order of the alphabet, markup before letters.
            assert sorted(structure(page)) == sorted(structure(plain[path])), path
            assert count_text(page, markup) > 0, path
