"""The issuer is away for a while: what goes on meanwhile, what is said, and what comes after."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import FORM
from tests.support.factories import SUNDAY_NOON
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, SERVICE_CLIENT_ID
from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

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
def page_session(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> PageSession:
    """In which Dr Lee signed in before the issuer went away."""
    browser = PageSession(authenticated_client, oidc_provider)
    browser.sign_in()
    return browser


@pytest.fixture
def api_session(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> dict[str, str]:
    """A booking site's token, which was used before as well."""
    reader = {"Authorization": f"Bearer {oidc_provider.access_token(READER_CLAIMS)}"}
    assert authenticated_client.get("/doctors", **reader).status == 200
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


def test_sessions_and_known_tokens_work_during_outage(
    page_session: PageSession, api_session: dict[str, str], oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)

    answers = [
        page_session.get(DAY_PATH),
        page_session.save("09:00", Sec_Fetch_Site="same-origin"),
        page_session.get(f"/slots/history?{DAY_PATH.partition('?')[2]}"),
        page_session.client.get("/doctors/dr-lee/slots", **api_session),
        page_session.client.get("/health"),
        page_session.client.get("/docs"),
    ]

    assert [answer.status for answer in answers] == [200] * len(answers)


def test_login_returns_503_during_outage_and_works_after(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)
    newcomer = PageSession(page_session.client, oidc_provider)
    refused = newcomer.get(newcomer.get(DAY_PATH).headers["Location"])

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "Sign-in is unavailable right now. Try again in a moment." in refused.text

    end_outage(page_session.client, oidc_provider, refused)
    asked = newcomer.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"], exp=TOMORROW
    )
    newcomer.get(f"/sign-in/callback?code=c&state={asked['state']}")

    assert newcomer.get(DAY_PATH).status == 200


def test_callback_during_outage_succeeds_on_reload(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    newcomer = PageSession(page_session.client, oidc_provider)
    asked = newcomer.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=asked["nonce"]
    )
    callback = f"/sign-in/callback?code=c&state={asked['state']}"
    oidc_provider.is_down = True

    refused = newcomer.get(callback)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert refused.headers["Content-Type"].startswith("text/html")
    assert "session" not in newcomer.cookies
    end_outage(page_session.client, oidc_provider, refused)
    assert newcomer.get(callback).headers["Location"] == DAY_PATH
    assert newcomer.get(DAY_PATH).status == 200


def test_sign_out_during_outage_ends_local_session_only(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)

    out = page_session.send("POST", "/sign-out", **SAME_ORIGIN_HEADERS)

    assert out.status == 200
    assert "sign you out of the sign-in service" in out.text
    assert oidc_provider.url not in out.text
    assert page_session.get(DAY_PATH).status == 303


def test_token_of_new_key_is_accepted_after_outage(
    page_session: PageSession, api_session: dict[str, str], oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)
    oidc_provider.rotate_key()
    new = {"Authorization": f"Bearer {oidc_provider.access_token(DOCTOR_CLAIMS)}"}
    assert page_session.client.get("/doctors", **new).status == 401

    oidc_provider.is_down = False
    page_session.client.clock.now += timedelta(seconds=30)

    assert page_session.client.get("/doctors", **new).status == 200
    assert page_session.client.get("/doctors", **api_session).status == 200


def test_outage_is_probed_once_not_per_request(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    oidc_provider.is_down = True
    bearer = {"Authorization": f"Bearer {oidc_provider.access_token(READER_CLAIMS)}"}

    statuses = {authenticated_client.get("/doctors", **bearer).status for _ in range(5)}

    assert statuses == {503}
    assert len(oidc_provider.requests) == 1
