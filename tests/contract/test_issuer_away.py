"""The issuer is away for a while: what goes on meanwhile, what is said, and what comes after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.an_issuer import PAGE_CLIENT_ID, SERVICE_CLIENT_ID
from tests.builders import SUNDAY_NOON
from tests.contract.test_sign_in import DAY_PATH, PageSession
from tests.site import FORM

if TYPE_CHECKING:
    from tests.an_issuer import FakeOidcProvider
    from tests.site import AppClient, AppResponse

TOMORROW = int(SUNDAY_NOON.timestamp()) + 86_400
READER_CLAIMS = {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read", "exp": TOMORROW}
DOCTOR_CLAIMS = {
    "username": "dr-lee",
    "cognito:groups": ["doctor"],
    "client_id": PAGE_CLIENT_ID,
    "exp": TOMORROW,
}
SAME_ORIGIN_HEADERS = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"}


@pytest.fixture
def browser(guarded: AppClient, issuer: FakeOidcProvider) -> PageSession:
    """In which Dr Lee signed in before the issuer went away."""
    browser = PageSession(guarded, issuer)
    browser.sign_in()
    return browser


@pytest.fixture
def reader(guarded: AppClient, issuer: FakeOidcProvider) -> dict[str, str]:
    """A booking site's token, which was used before as well."""
    reader = {"Authorization": f"Bearer {issuer.access_token(READER_CLAIMS)}"}
    assert guarded.get("/doctors", **reader).status == 200
    return reader


def start_outage(page_session: PageSession, oidc_provider: FakeOidcProvider) -> None:
    """Longer than anything is remembered as new; Dr Lee is at work all the while."""
    oidc_provider.is_down = True
    for _ in range(8):
        page_session.client.clock.now += timedelta(minutes=25)
        assert page_session.get(DAY_PATH).status == 200


def end_outage(client: AppClient, oidc_provider: FakeOidcProvider, response: AppResponse) -> None:
    """As much later as the answer said."""
    oidc_provider.is_down = False
    client.clock.now += timedelta(seconds=int(response.headers["Retry-After"]))


def test_who_is_signed_in_and_who_brings_a_known_token_go_on(
    browser: PageSession, reader: dict[str, str], issuer: FakeOidcProvider
) -> None:
    start_outage(browser, issuer)

    answers = [
        browser.get(DAY_PATH),
        browser.save("09:00", Sec_Fetch_Site="same-origin"),
        browser.get(f"/slots/history?{DAY_PATH.partition('?')[2]}"),
        browser.client.get("/doctors/dr-lee/slots", **reader),
        browser.client.get("/health"),
        browser.client.get("/docs"),
    ]

    assert [answer.status for answer in answers] == [200] * len(answers)


def test_who_wants_to_sign_in_is_told_on_a_page_and_can_once_it_is_back(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    start_outage(browser, issuer)
    newcomer = PageSession(browser.client, issuer)
    refused = newcomer.get(newcomer.get(DAY_PATH).headers["Location"])

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "Signing in is not possible right now: try again in a moment" in refused.text

    end_outage(browser.client, issuer, refused)
    asked = newcomer.start_login()
    issuer.id_tokens_by_code["c"] = issuer.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"], exp=TOMORROW
    )
    newcomer.get(f"/sign-in/callback?code=c&state={asked['state']}")

    assert newcomer.get(DAY_PATH).status == 200


def test_who_comes_back_from_an_issuer_that_has_just_gone_loads_the_page_again(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    newcomer = PageSession(browser.client, issuer)
    asked = newcomer.start_login()
    issuer.id_tokens_by_code["c"] = issuer.id_token("dr-lee", "doctor", nonce=asked["nonce"])
    callback = f"/sign-in/callback?code=c&state={asked['state']}"
    issuer.is_down = True

    refused = newcomer.get(callback)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "session" not in newcomer.cookies
    end_outage(browser.client, issuer, refused)
    assert newcomer.get(callback).headers["Location"] == DAY_PATH
    assert newcomer.get(DAY_PATH).status == 200


def test_signing_out_ends_the_session_here_and_says_that_there_it_may_last(
    browser: PageSession, issuer: FakeOidcProvider
) -> None:
    start_outage(browser, issuer)

    out = browser.send("POST", "/sign-out", **SAME_ORIGIN_HEADERS)

    assert out.status == 200
    assert "could not be reached" in out.text
    assert issuer.url not in out.text
    assert browser.get(DAY_PATH).status == 303


def test_a_token_of_a_key_that_is_new_since_is_believed_once_it_is_back(
    browser: PageSession, reader: dict[str, str], issuer: FakeOidcProvider
) -> None:
    start_outage(browser, issuer)
    issuer.rotate_key()
    new = {"Authorization": f"Bearer {issuer.access_token(DOCTOR_CLAIMS)}"}
    assert browser.client.get("/doctors", **new).status == 401

    issuer.is_down = False
    browser.client.clock.now += timedelta(seconds=30)

    assert browser.client.get("/doctors", **new).status == 200
    assert browser.client.get("/doctors", **reader).status == 200


def test_not_every_request_waits_for_it(guarded: AppClient, issuer: FakeOidcProvider) -> None:
    issuer.is_down = True
    bearer = {"Authorization": f"Bearer {issuer.access_token(READER_CLAIMS)}"}

    statuses = {guarded.get("/doctors", **bearer).status for _ in range(5)}

    assert statuses == {503}
    assert len(issuer.requests) == 1
