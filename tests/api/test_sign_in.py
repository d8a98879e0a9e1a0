"""Sign-in at the identity provider, the login session, and sign-out."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from tests.support.fake_oidc_provider import PAGE_CLIENT_ID
from tests.support.page_session import DAY_PATH, ORIGIN, PageSession

if TYPE_CHECKING:
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_page_redirects_to_login_and_login_back_to_page(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    redirect = page_session.get(DAY_PATH)
    assert (redirect.status, redirect.headers["Location"]) == (
        303,
        f"/sign-in?to={quote(DAY_PATH, safe='')}",
    )

    url = urlsplit(page_session.get(redirect.headers["Location"]).headers["Location"])
    login = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{oidc_provider.url}/authorize"
    assert (login["client_id"], login["response_type"]) == (PAGE_CLIENT_ID, "code")
    assert login["redirect_uri"] == f"{ORIGIN}/sign-in/callback"
    assert login["code_challenge_method"] == "S256"

    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"]
    )
    signed_in = page_session.get(f"/sign-in/callback?code=c&state={login['state']}")

    assert (signed_in.status, signed_in.headers["Location"]) == (303, DAY_PATH)
    digest = sha256(oidc_provider.token_requests[-1]["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(digest).decode().rstrip("=") == login["code_challenge"]
    assert page_session.get(DAY_PATH).status == 200


def test_login_returns_to_requested_page(page_session: PageSession) -> None:
    redirect = page_session.get("/doctors/dr-lee")

    assert redirect.headers["Location"] == "/sign-in?to=%2Fdoctors%2Fdr-lee"


@pytest.mark.parametrize("host", ["x:abc", "x:123456", "[", "[::1", "a b", "x:80:80", "a@b", "x/y"])
def test_invalid_host_is_never_same_origin(page_session: PageSession, host: str) -> None:
    page_session.sign_in()

    assert page_session.get("/sign-in", Host=host).status == 303
    assert page_session.save("09:00", Host=host, Origin=f"http://{host}").status == 403


@pytest.mark.parametrize("header", ["X_Forwarded_Host", "X_Original_Host", "Forwarded"])
def test_forwarded_host_headers_are_ignored(page_session: PageSession, header: str) -> None:
    page_session.sign_in()
    forged = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}

    login = page_session.get("/sign-in", **forged)
    assert quote(f"{ORIGIN}/sign-in/callback", safe="") in login.headers["Location"]
    assert "evil" not in login.headers["Location"]
    assert page_session.save("09:00", Origin="http://evil.example", **forged).status == 403


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil",
     "javascript:alert(1)", "/slots\r\nSet-Cookie: x=y", "http:/slots", "/slots?" + "x" * 1000],
)  # fmt: skip
def test_login_redirects_only_to_own_pages(page_session: PageSession, to: str) -> None:
    assert page_session.sign_in(return_path=to).headers["Location"] == "/slots"


def test_callback_with_wrong_state_is_rejected(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    login = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"]
    )
    oidc_provider.id_tokens_by_code["d"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce="another"
    )
    rejected = [
        page_session.get("/sign-in/callback?code=c&state=another"),
        page_session.get("/sign-in/callback?code=c"),
        page_session.get("/sign-in/callback?code=c&state=%C3%A9"),
        page_session.get(f"/sign-in/callback?code=unknown&state={login['state']}"),
        page_session.get(f"/sign-in/callback?code=d&state={login['state']}"),
        page_session.get(f"/sign-in/callback?state={login['state']}"),
        page_session.get(f"/sign-in/callback?error=access_denied&state={login['state']}"),
        PageSession(page_session.client, oidc_provider).get(
            f"/sign-in/callback?code=c&state={login['state']}"
        ),
    ]

    assert [response.status for response in rejected] == [400] * 8
    assert "session" not in page_session.cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another"},
        {"aud": [PAGE_CLIENT_ID, "another"], "azp": "another"},
        {"iss": "https://elsewhere"},
        {"exp": 1},
        {"token_use": "access"},
        {"cognito:username": None, "sub": None},
    ],
)
def test_id_token_for_another_client_is_rejected(
    page_session: PageSession, oidc_provider: FakeOidcProvider, wrong: dict[str, object]
) -> None:
    login = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"], **wrong
    )

    assert page_session.get(f"/sign-in/callback?code=c&state={login['state']}").status == 400


def test_concurrent_logins_only_the_latest_completes(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    """The logins share a cookie, and the callback of one cannot complete the other."""
    earlier, later = page_session.start_login("/slots"), page_session.start_login(DAY_PATH)
    oidc_provider.id_tokens_by_code["earlier"] = oidc_provider.id_token(
        "dr-okafor", "doctor", nonce=earlier["nonce"]
    )
    oidc_provider.id_tokens_by_code["later"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=later["nonce"]
    )

    mixed = page_session.get(f"/sign-in/callback?code=earlier&state={later['state']}")
    too_early = page_session.get(f"/sign-in/callback?code=earlier&state={earlier['state']}")
    signed_in = page_session.get(f"/sign-in/callback?code=later&state={later['state']}")

    assert (mixed.status, too_early.status) == (400, 400)
    assert 'href="/slots"' in too_early.text
    assert (signed_in.status, signed_in.headers["Location"]) == (303, DAY_PATH)


def test_callback_is_accepted_once(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    login = page_session.start_login()
    oidc_provider.id_tokens_by_code["c"] = oidc_provider.id_token(
        "dr-lee", "doctor", nonce=login["nonce"]
    )
    callback = f"/sign-in/callback?code=c&state={login['state']}"

    assert [page_session.get(callback).status for _ in range(2)] == [303, 400]


def test_outage_keeps_sessions_and_fails_new_logins(
    page_session: PageSession, oidc_provider: FakeOidcProvider
) -> None:
    oidc_provider.is_down = True
    rejected = page_session.get("/sign-in")
    assert (rejected.status, rejected.headers["Retry-After"]) == (503, "5")
    assert "Try again in a moment" in rejected.text

    oidc_provider.is_down = False
    page_session.client.clock.now += timedelta(minutes=1)
    page_session.sign_in()
    oidc_provider.is_down = True

    assert page_session.get(DAY_PATH).status == 200
    assert page_session.save("09:00", Sec_Fetch_Site="same-origin").status == 200
