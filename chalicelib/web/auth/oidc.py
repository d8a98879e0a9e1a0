"""The OpenID Connect provider: discovery, keys, and sign-in by authorization code with PKCE."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import urllib3
from msgspec import Struct

from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.settings import OidcSettings
    from chalicelib.web.auth.sessions import LoginAttempt

_CACHE_TTL = timedelta(hours=1)
# An unknown key id refreshes the keys before the TTL, but a client that invents key ids must not
# refresh them with each request.
_MIN_REFRESH_INTERVAL = timedelta(seconds=30)
_TIMEOUT = urllib3.Timeout(connect=2, read=4)
# While the provider is unavailable, only one request in five seconds waits for its timeout.
_COOLDOWN = timedelta(seconds=5)


_SCOPE = "openid profile"
# Cognito's scope for a person's own account: the password, but also the second factor.
ACCOUNT_SCOPE = "aws.cognito.signin.user.admin"


class IdentityProviderUnavailableError(StoreUnavailableError):
    """The provider does not respond, or its response is unusable."""

    code = "issuer_away"

    def __init__(self) -> None:
        super().__init__(retry_after=int(_COOLDOWN.total_seconds()))
        self.args = ("Sign-in is unavailable right now. Try again in a moment.",)


class LoginRejectedError(Exception):
    """The provider does not exchange the authorization code for tokens."""


class _CachedDocument(Struct, frozen=True):
    document: dict[str, Any]
    fetched_at: datetime


class OidcProvider:
    """The provider's discovery document and keys (OpenID Connect Discovery 1.0).

    They are fetched on first use and cached. If the provider is unavailable, the cached documents
    stay in use.
    """

    def __init__(self, settings: OidcSettings, now: Callable[[], datetime]) -> None:
        self._discovery_url = settings.discovery_url
        self._issuer = settings.issuer
        self._now = now
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._cache: dict[str, _CachedDocument] = {}
        self._failed_at: dict[str, datetime] = {}
        self._lock = Lock()

    def require_available(self) -> None:
        """Raise ``IdentityProviderUnavailableError`` if the last request to the provider failed.

        A browser that is redirected to its pages would only get an error there.
        """
        self._cached(self._discovery_url, _MIN_REFRESH_INTERVAL)
        if self._is_in_cooldown(self._discovery_url):
            raise IdentityProviderUnavailableError

    def endpoint(self, name: str) -> str:
        """Return the URL of an endpoint by its name in the discovery document.

        Raises:
            IdentityProviderUnavailableError: there is no document, it is that of another issuer, or
                it has no such endpoint.
        """
        document = self._cached(self._discovery_url, _CACHE_TTL)
        url = document.get(name)
        if document.get("issuer") != self._issuer or not isinstance(url, str):
            raise IdentityProviderUnavailableError
        return url

    def keys(self, *, key_id: str | None) -> list[Any]:
        """Return the JSON Web Key Set (RFC 7517), refreshed if it does not contain ``key_id``.

        Raises:
            IdentityProviderUnavailableError: there is no key set.
        """
        url = self.endpoint("jwks_uri")
        keys = self._cached(url, _CACHE_TTL).get("keys")
        if not isinstance(keys, list) or key_id not in {key.get("kid") for key in keys}:
            keys = self._cached(url, _MIN_REFRESH_INTERVAL).get("keys")
        if not isinstance(keys, list):
            raise IdentityProviderUnavailableError
        return keys

    def post(self, url: str, headers: Mapping[str, str], form: str) -> dict[str, Any]:
        """Send a form to one of the provider's endpoints and return its JSON, also of a 4xx error.

        Raises:
            IdentityProviderUnavailableError: there is no response, or it is a 5xx error.
        """
        response = self._request("POST", url, body=form, headers=headers)
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise IdentityProviderUnavailableError
        return _json_object(response.data)

    def _cached(self, url: str, max_age: timedelta) -> dict[str, Any]:
        with self._lock:
            cached = self._cache.get(url)
            if cached is not None and self._now() - cached.fetched_at < max_age:
                return cached.document
            if not self._is_in_cooldown(url):
                try:
                    self._cache[url] = cached = _CachedDocument(self._get(url), self._now())
                except IdentityProviderUnavailableError:
                    self._failed_at[url] = self._now()
            if cached is None:
                raise IdentityProviderUnavailableError
            return cached.document  # perhaps older than max_age, which is better than an error

    def _is_in_cooldown(self, url: str) -> bool:
        failed_at = self._failed_at.get(url)
        return failed_at is not None and self._now() - failed_at < _COOLDOWN

    def _get(self, url: str) -> dict[str, Any]:
        response = self._request("GET", url)
        if response.status != HTTPStatus.OK:
            raise IdentityProviderUnavailableError
        return _json_object(response.data)

    def _request(
        self,
        method: str,
        url: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._http.request(method, url, body=body, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise IdentityProviderUnavailableError from error


class Tokens(Struct, frozen=True, kw_only=True):
    """What a sign-in gets; the access token is for the provider's own API, not for this app."""

    id_token: str
    access_token: str


class OidcClient:
    """This app as a client of the provider: authorization code flow with PKCE (RFC 7636)."""

    def __init__(self, settings: OidcSettings, provider: OidcProvider) -> None:
        self._settings = settings
        self._provider = provider

    def authorization_url(self, attempt: LoginAttempt, redirect_uri: str) -> str:
        """Return the URL of the provider's sign-in page.

        Raises:
            IdentityProviderUnavailableError: the provider does not respond.
        """
        # Authlib is imported here because only a sign-in needs it.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        self._provider.require_available()
        url: str = prepare_grant_uri(
            self._provider.endpoint("authorization_endpoint"),
            self._settings.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=f"{_SCOPE} {ACCOUNT_SCOPE}" if attempt.needs_account_token else _SCOPE,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.code_verifier),
            code_challenge_method="S256",
        )
        return url

    def fetch_tokens(self, code: str, attempt: LoginAttempt, redirect_uri: str) -> Tokens:
        """Exchange the authorization code for an ID token and an access token.

        Raises:
            LoginRejectedError: the provider rejects the code.
            IdentityProviderUnavailableError: the provider does not respond.
        """
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        secret = self._settings.client_secret
        method = "client_secret_basic" if secret else "none"
        form = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=redirect_uri,
            code_verifier=attempt.code_verifier,
        )
        url, headers, body = ClientAuth(self._settings.client_id, secret, method).prepare(
            "POST", self._provider.endpoint("token_endpoint"), dict(_FORM_HEADERS), form
        )
        tokens = self._provider.post(url, headers, body)
        if "error" in tokens or not isinstance(tokens.get("id_token"), str):
            raise LoginRejectedError
        return Tokens(id_token=tokens["id_token"], access_token=str(tokens.get("access_token", "")))

    def logout_url(self, return_url: str) -> str | None:
        """Return the URL that ends the provider's own session; None if it has none right now."""
        try:
            self._provider.require_available()
            endpoint = self._provider.endpoint("end_session_endpoint")
        except IdentityProviderUnavailableError:
            return None
        parameters = {
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": return_url,
            "logout_uri": return_url,  # Cognito's name for the same
        }
        return f"{endpoint}?{urlencode(parameters)}"

    def sign_out_origin(self) -> str | None:
        """Return the origin of the provider's sign-out; None if it has none right now."""
        try:
            parts = urlsplit(self._provider.endpoint("end_session_endpoint"))
        except IdentityProviderUnavailableError:
            return None
        origin = f"{parts.scheme}://{parts.netloc}"
        return origin if _ORIGIN.fullmatch(origin) else None


# It becomes part of the Content-Security-Policy.
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
_FORM_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
}


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except ValueError as error:
        raise IdentityProviderUnavailableError from error
    if not isinstance(document, dict):
        raise IdentityProviderUnavailableError
    return document
