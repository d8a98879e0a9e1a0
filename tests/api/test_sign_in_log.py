"""What the request log says of sign-ins and rejected sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.page_session import DAY_PATH, PageSession

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.request_log import RequestLog


@pytest.fixture
def browser(authenticated_app_log: RequestLog, oidc_provider: FakeOidcProvider) -> PageSession:
    """A browser of an app with a request log."""
    return PageSession(authenticated_app_log.client, oidc_provider)


def reason(log: RequestLog) -> str | None:
    """Return the reason of the last line."""
    found: str | None = log.entries[-1].get("reason")
    return found


def test_sign_in_is_logged_with_its_account(
    browser: PageSession, authenticated_app_log: RequestLog
) -> None:
    browser.sign_in(sub="account-1")

    entry = authenticated_app_log.entries[-1]
    assert (entry["route"], entry["subject"]) == ("/sign-in/callback", "account-1")
    assert reason(authenticated_app_log) is None


def test_rejected_sign_in_has_its_reason(
    browser: PageSession, authenticated_app_log: RequestLog
) -> None:
    reasons = []
    browser.sign_in(aud="another")
    reasons.append(reason(authenticated_app_log))
    for path in ("code=unknown&state={}", "error=access_denied&state={}", "code=c&state=x"):
        login = browser.start_login()
        browser.get(f"/sign-in/callback?{path.format(login['state'])}")
        reasons.append(reason(authenticated_app_log))

    assert reasons == ["wrong_audience", "code_rejected", "provider_error", "wrong_state"]


def test_rejected_session_has_its_reason(
    browser: PageSession, authenticated_app_log: RequestLog
) -> None:
    reasons = []
    browser.get(DAY_PATH)
    reasons.append(reason(authenticated_app_log))
    browser.sign_in()
    thief = browser.copy()
    browser.sign_out()
    thief.get(DAY_PATH)
    reasons.append(reason(authenticated_app_log))
    thief.cookies = dict.fromkeys(thief.cookies, "x")
    thief.get(DAY_PATH)
    reasons.append(reason(authenticated_app_log))

    assert reasons == ["no_credentials", "session_ended", "session_not_valid"]
