"""An outage of the identity provider: which requests succeed during and after it."""

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
    """The session of Dr Lee, who signed in before the outage."""
    browser = PageSession(authenticated_client, oidc_provider)
    browser.sign_in()
    return browser


@pytest.fixture
def api_session(authenticated_client: AppClient, oidc_provider: FakeOidcProvider) -> dict[str, str]:
    """The token of a booking site, used before the outage."""
    reader = {"Authorization": f"Bearer {oidc_provider.access_token(READER_CLAIMS)}"}
    assert authenticated_client.get("/doctors", **reader).status == 200
    return reader


def start_outage(page_session: PageSession, oidc_provider: FakeOidcProvider) -> None:
    """Start an outage, and let caches of the provider's documents expire while Dr Lee works."""
    oidc_provider.is_down = True
    for _ in range(8):
        page_session.client.clock.now += timedelta(minutes=25)
        assert page_session.get(DAY_PATH).status == 200


def end_outage(client: AppClient, oidc_provider: FakeOidcProvider, response: AppResponse) -> None:
    """End the outage and advance the clock by the response's ``Retry-After``."""
    oidc_provider.is_down = False
    client.clock.now += timedelta(seconds=int(response.headers["Retry-After"]))


def test_sessions_and_known_tokens_work_during_outage(
    page_session: PageSession, api_session: dict[str, str], oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)

    responses = [
        page_session.get(DAY_PATH),
        page_session.save("09:00", Sec_Fetch_Site="same-origin"),
        page_session.get(f"/slots/history?{DAY_PATH.partition('?')[2]}"),
        page_session.client.get("/doctors/dr-lee/slots", **api_session),
        page_session.client.get("/health"),
        page_session.client.get("/docs"),
    ]

    assert [response.status for response in responses] == [200] * len(responses)


def test_login_returns_503_during_outage_and_works_after(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    start_outage(page_session, oidc_provider)
    new_session = PageSession(page_session.client, oidc_provider)
    rejected = new_session.get(new_session.get(DAY_PATH).headers["Location"])

    assert (rejected.status, rejected.headers["Retry-After"]) == (503, "5")
    assert rejected.headers["Content-Type"].startswith("text/html")
    assert "Sign-in is unavailable right now. Try again in a moment." in rejected.text

    end_outage(page_session.client, oidc_provider, rejected)
    login = new_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"], exp=TOMORROW
    )
    new_session.get(f"/sign-in/callback?code=c&state={login['state']}")

    assert new_session.get(DAY_PATH).status == 200


def test_callback_during_outage_succeeds_on_reload(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    new_session = PageSession(page_session.client, oidc_provider)
    login = new_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"]
    )
    callback = f"/sign-in/callback?code=c&state={login['state']}"
    oidc_provider.is_down = True

    rejected = new_session.get(callback)

    assert (rejected.status, rejected.headers["Retry-After"]) == (503, "5")
    assert rejected.headers["Content-Type"].startswith("text/html")
    assert "session" not in new_session.cookies
    end_outage(page_session.client, oidc_provider, rejected)
    assert new_session.get(callback).headers["Location"] == DAY_PATH
    assert new_session.get(DAY_PATH).status == 200


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
