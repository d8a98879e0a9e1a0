"""The OAuth flows of the page and of booking sites, over plain HTTP."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests

from local.identity_provider import PASSWORD, SIGNED_OUT_PATH
from tests.support.oidc_tokens import fetch_discovery, verify_token

if TYPE_CHECKING:
    from local.identity_provider import IdentityProvider, OAuthClient

VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
CALLBACK = "http://127.0.0.1:8000/sign-in/callback"


def sign_in(
    provider: IdentityProvider, *, password: str = PASSWORD, **overrides: str
) -> requests.Response:
    """Open the provider's sign-in page as the app does, and submit it as Dr Lee."""
    request = {
        "response_type": "code",
        "client_id": provider.page.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": "a state",
        "nonce": "a nonce",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **overrides,
    }
    page = fetch_discovery(provider.discovery_url)["authorization_endpoint"]
    opened = requests.get(page, params=request, allow_redirects=False, timeout=10)
    if opened.status_code != requests.codes.ok:
        return opened
    return requests.post(
        urljoin(page, "/login"),
        data={**request, "username": "dr-lee", "password": password},
        allow_redirects=False,
        timeout=10,
    )


def authorization_code(response: requests.Response) -> str:
    """Return the authorization code of the redirect."""
    assert response.status_code == requests.codes.found
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


def exchange_code(provider: IdentityProvider, code: str, **overrides: str) -> requests.Response:
    """Exchange a code for tokens."""
    request = {
        "grant_type": "authorization_code",
        "client_id": provider.page.client_id,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
        **overrides,
    }
    return requests.post(
        fetch_discovery(provider.discovery_url)["token_endpoint"], data=request, timeout=10
    )


def service_token(provider: IdentityProvider, client: OAuthClient, scope: str) -> requests.Response:
    """Request a token with client credentials, as a booking site does."""
    return requests.post(
        fetch_discovery(provider.discovery_url)["token_endpoint"],
        data={"grant_type": "client_credentials", "scope": scope},
        auth=(client.client_id, client.secret or ""),
        timeout=10,
    )


def oauth_error(response: requests.Response) -> Any:  # noqa: ANN401  JSON
    """Return the OAuth 2 error of a response."""
    assert response.status_code == requests.codes.bad_request
    return response.json()["error"]


def test_discovery_addresses_respond(provider: IdentityProvider) -> None:
    discovery = fetch_discovery(provider.discovery_url)

    assert discovery["issuer"] == provider.url
    host = urlsplit(provider.discovery_url).netloc
    addresses = {name for name in discovery if name.endswith(("_endpoint", "_uri"))}
    assert {urlsplit(discovery[name]).netloc for name in addresses} == {host}


def test_doctor_signs_in_and_id_token_names_them(
    provider: IdentityProvider,
) -> None:
    signed_in = sign_in(provider)

    assert parse_qs(urlsplit(signed_in.headers["Location"]).query)["state"] == ["a state"]
    tokens = exchange_code(provider, authorization_code(signed_in)).json()
    claims = verify_token(tokens["id_token"], discovery_url=provider.discovery_url)
    assert claims["aud"] == provider.page.client_id
    assert claims["token_use"] == "id"
    assert claims["nonce"] == "a nonce"
    assert claims["cognito:username"] == "dr-lee"
    assert claims["cognito:groups"] == ["doctor"]
    access = verify_token(tokens["access_token"], discovery_url=provider.discovery_url)
    assert set(access["scope"].split()) == {"openid", "profile"}


def test_wrong_password_is_reported_on_page(provider: IdentityProvider) -> None:
    response = sign_in(provider, password="wrong")

    assert response.status_code == requests.codes.ok
    assert "Incorrect username or password." in response.text


@pytest.mark.parametrize("verifier", ["", "another-verifier-of-at-least-forty-three-chars"])
def test_stolen_code_needs_verifier(provider: IdentityProvider, verifier: str) -> None:
    code = authorization_code(sign_in(provider))

    assert oauth_error(exchange_code(provider, code, code_verifier=verifier)) == "invalid_grant"


def test_code_is_accepted_once(provider: IdentityProvider) -> None:
    code = authorization_code(sign_in(provider))
    exchange_code(provider, code)

    assert oauth_error(exchange_code(provider, code)) == "invalid_grant"


def test_challenge_must_be_hashed(provider: IdentityProvider) -> None:
    response = sign_in(provider, code_challenge=VERIFIER, code_challenge_method="plain")

    assert response.headers["Location"].startswith(f"{CALLBACK}?error=invalid_request")


def test_foreign_redirect_uri_is_rejected(provider: IdentityProvider) -> None:
    assert (
        oauth_error(sign_in(provider, redirect_uri="http://127.0.0.1:8666/")) == "invalid_request"
    )


@pytest.mark.parametrize(
    ("to", "status"), [("http://127.0.0.1:8000", 302), ("http://127.0.0.1:8666", 400)]
)
def test_sign_out_redirects_only_to_app(provider: IdentityProvider, to: str, status: int) -> None:
    response = requests.get(
        fetch_discovery(provider.discovery_url)["end_session_endpoint"],
        params={"client_id": provider.page.client_id, "logout_uri": to + SIGNED_OUT_PATH},
        allow_redirects=False,
        timeout=10,
    )

    assert response.status_code == status


@pytest.mark.parametrize("scope", ["slots/read", "slots/book", "slots/book slots/read"])
def test_booking_site_gets_requested_scopes(provider: IdentityProvider, scope: str) -> None:
    token = service_token(provider, provider.booking_site, scope).json()["access_token"]

    claims = verify_token(token, discovery_url=provider.discovery_url)
    assert claims["scope"] == scope
    assert claims["client_id"] == claims["sub"] == provider.booking_site.client_id
    assert "username" not in claims


def test_read_only_site_is_rejected_more_scopes(provider: IdentityProvider) -> None:
    response = service_token(provider, provider.sites["ReadingSite"], "slots/read slots/book")

    assert oauth_error(response) == "invalid_grant"


def test_unknown_scope_is_rejected(provider: IdentityProvider) -> None:
    assert (
        oauth_error(service_token(provider, provider.booking_site, "slots/cancel"))
        == "invalid_scope"
    )
