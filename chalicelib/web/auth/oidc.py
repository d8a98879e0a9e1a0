"""The issuer (OpenID Connect Discovery 1.0): what it says of itself, its keys, its tokens."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import urllib3
from msgspec import Struct

from chalicelib.bootstrap import get_services
from chalicelib.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from authlib.oauth2.auth import ClientAuth

# The issuer changes its addresses seldom, its keys now and then: an unknown key is asked about at
# once, but not again and again by whoever makes up key ids.
_CACHE_TTL = timedelta(hours=1)
_MIN_REFRESH_INTERVAL = timedelta(seconds=30)
_TIMEOUT = urllib3.Timeout(connect=2, read=4)
# So that not every request waits those seconds for an issuer that is away.
_COOLDOWN = timedelta(seconds=5)


class IdentityProviderUnavailableError(StoreUnavailableError):
    """It gives no answer, or none that can be understood."""

    code = "issuer_away"

    def __init__(self) -> None:
        super().__init__(retry_after=int(_COOLDOWN.total_seconds()))
        self.args = ("Sign-in is unavailable right now. Try again in a moment.",)


class _CachedDocument(Struct, frozen=True):
    document: dict[str, Any]
    fetched_at: datetime


class OidcProvider:
    """What is read from the issuer is remembered, and outlives an issuer that is away."""

    def __init__(self, discovery_url: str, now: Callable[[], datetime]) -> None:
        """Nothing is read before somebody signs in or brings a token."""
        self._discovery_url = discovery_url
        self._now = now
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._cache: dict[str, _CachedDocument] = {}
        self._failed_at: dict[str, datetime] = {}
        self._lock = Lock()

    def require_available(self) -> None:
        """Raise ``IssuerAway`` where it has just given no answer: its pages cannot be had then."""
        self._cached(self._discovery_url, _MIN_REFRESH_INTERVAL)
        if self._is_in_cooldown(self._discovery_url):
            raise IdentityProviderUnavailableError

    def endpoint(self, name: str) -> str:
        """An endpoint by its name in the discovery document. Raise ``IssuerAway``."""
        address = self._cached(self._discovery_url, _CACHE_TTL).get(name)
        if not isinstance(address, str):
            raise IdentityProviderUnavailableError
        return address

    def keys(self, *, key_id: str | None) -> list[Any]:
        """The keys of its JSON Web Key Set (RFC 7517), read anew where that one is not in it.

        Raises ``IssuerAway`` where there is none.
        """
        url = self.endpoint("jwks_uri")
        keys = self._cached(url, _CACHE_TTL).get("keys")
        if not isinstance(keys, list) or key_id not in {key.get("kid") for key in keys}:
            keys = self._cached(url, _MIN_REFRESH_INTERVAL).get("keys")
        if not isinstance(keys, list):
            raise IdentityProviderUnavailableError
        return keys

    def post(
        self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> JsonResponse:
        """A form, sent as the OAuth client authenticates itself. Raise ``IssuerAway``.

        Named and shaped as Authlib's client calls the session it is given.
        """
        where, sent_headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        try:
            answer = self._http.request("POST", where, body=body, headers=sent_headers)
            return JsonResponse(answer.status, json.loads(answer.data))
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise IdentityProviderUnavailableError from error

    def _cached(self, url: str, max_age: timedelta) -> dict[str, Any]:
        with self._lock:
            known = self._cache.get(url)
            if known is not None and self._now() - known.fetched_at < max_age:
                return known.document
            if not self._is_in_cooldown(url):
                try:
                    self._cache[url] = known = _CachedDocument(self._get(url), self._now())
                except IdentityProviderUnavailableError:
                    self._failed_at[url] = self._now()
            if known is None:
                raise IdentityProviderUnavailableError
            return known.document  # better old than none

    def _is_in_cooldown(self, url: str) -> bool:
        since = self._failed_at.get(url)
        return since is not None and self._now() - since < _COOLDOWN

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = self._http.request("GET", url)
            document = json.loads(answer.data) if answer.status == HTTPStatus.OK else None
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise IdentityProviderUnavailableError from error
        if not isinstance(document, dict):
            raise IdentityProviderUnavailableError
        return document


class JsonResponse(Struct, frozen=True):
    """An HTTP answer in JSON."""

    status_code: int
    document: Any

    def raise_for_status(self) -> None:
        """Raise ``IssuerAway`` where the issuer itself has failed."""
        if self.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise IdentityProviderUnavailableError

    def json(self) -> Any:  # noqa: ANN401  whatever it is; the name is what OAuth clients call
        """The document."""
        return self.document


@lru_cache(maxsize=8)
def get_provider(discovery_url: str) -> OidcProvider:
    """The issuer at that address, as this process knows it."""
    return OidcProvider(discovery_url, lambda: get_services().now())
