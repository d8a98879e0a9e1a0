"""A new sign-in in a browser that has a login session ends that session on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.dynamodb_responses import TRANSACTION_THROTTLED
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.request_log import RequestLog


@pytest.mark.parametrize("name", ["dr-lee", "dr-okafor"])
def test_new_sign_in_ends_former_session_of_the_browser(
    page_session: PageSession, name: str
) -> None:
    page_session.sign_in()
    thief = page_session.copy()
    phone = PageSession(page_session.client, page_session.oidc_provider)
    phone.sign_in()

    page_session.sign_in(name, return_path="/slots")

    assert page_session.get("/slots").status == 200
    assert thief.save("09:00", Sec_Fetch_Site="same-origin").status == 401
    assert phone.get(DAY_PATH).status == 200
    (ended,) = (i for i in page_session.client.export() if i["PK"]["S"] == "AUDIT#~PEOPLE")
    assert (ended["kind"]["S"], ended["by"]["S"]) == ("sign_out", "dr-lee")


def test_failed_sign_in_ends_nothing(page_session: PageSession) -> None:
    page_session.sign_in()

    assert page_session.sign_in(aud="another").status == 400
    assert page_session.get(DAY_PATH).status == 200


def test_sign_in_succeeds_although_former_session_cannot_end(page_session: PageSession) -> None:
    page_session.sign_in()
    failures = [None, *[TRANSACTION_THROTTLED] * 20]
    with page_session.client.inject_responses("TransactWriteItems", *failures):
        signed_in = page_session.sign_in()

    assert signed_in.status == 303
    assert page_session.get(DAY_PATH).status == 200


def test_log_names_the_new_user(
    authenticated_app_log: RequestLog, oidc_provider: FakeOidcProvider
) -> None:
    browser = PageSession(authenticated_app_log.client, oidc_provider)
    browser.sign_in(sub="first")

    browser.sign_in("dr-okafor", sub="second")

    assert authenticated_app_log.entries[-1]["subject"] == "second"
