"""The token that the password page needs: it is short-lived, encrypted and of one session."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.web.auth.account_tokens import LIFETIME
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.fake_user_pool import PASSWORD
from tests.support.page_session import DAY_PATH, PageSession
from tests.support.password_page import PATH, sign_in_elsewhere, submit

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.fake_user_pool import FakeUserPool

UNCHANGED = "Your password is unchanged"


def test_page_asks_for_a_sign_in_that_may_change_the_account(
    client_with_pool: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    session = PageSession(client_with_pool, oidc_provider)
    session.sign_in()

    opened = session.get(PATH)
    login = session.start_login(PATH)

    assert opened.status == 303
    assert opened.headers["Location"] == "/sign-in?to=%2Faccount%2Fpassword"
    assert login["scope"] == "openid profile aws.cognito.signin.user.admin"
    assert session.start_login(DAY_PATH)["scope"] == "openid profile"


def test_form_is_open_for_ten_minutes(lee: PageSession, pool: FakeUserPool) -> None:
    lee.client.clock.now += LIFETIME
    assert lee.get(PATH).status == 200

    lee.client.clock.now += timedelta(seconds=1)
    late = submit(lee)

    assert (late.status, UNCHANGED in late.text, pool.password) == (403, True, PASSWORD)
    assert 'href="/account/password">Start again' in late.text
    assert lee.get(PATH).status == 303


def test_revoked_token_needs_a_new_sign_in(lee: PageSession, pool: FakeUserPool) -> None:
    pool.revoked_tokens.add("x")

    assert submit(lee).status == 403

    assert lee.get(PATH).status == 303
    assert pool.password == PASSWORD


def test_token_works_only_in_its_session(lee: PageSession, pool: FakeUserPool) -> None:
    token = lee.cookies["account"]
    other = sign_in_elsewhere(lee)
    other.cookies["account"] = token

    assert (other.get(PATH).status, submit(other).status) == (303, 403)
    assert pool.password == PASSWORD


def test_token_is_encrypted_and_sent_to_its_page_only(
    client_with_pool: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    session = PageSession(client_with_pool, oidc_provider)
    (cookie,) = (
        text
        for text in session.sign_in(return_path=PATH).headers["Set-Cookie"]
        if text.startswith("account=")
    )

    attributes = set(cookie.split("; ")[1:])
    assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/account/password", "Max-Age=600"}
    assert re.match(r"account=gAAAA[\w-]+;", cookie)  # a Fernet token, without quotes


def test_token_is_gone_after_the_change(lee: PageSession) -> None:
    submit(lee)

    assert "account" not in lee.cookies


def test_bearer_token_changes_no_password(
    lee: PageSession, pool: FakeUserPool, oidc_provider: FakeOidcProvider
) -> None:
    claims = {"username": "dr-lee", "cognito:groups": ["doctor"], "client_id": PAGE_CLIENT_ID}
    token = f"Bearer {oidc_provider.access_token(claims)}"

    assert submit(lee, Authorization=token).status == 403
    assert pool.password == PASSWORD
