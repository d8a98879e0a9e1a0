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

from chalicelib.bootstrap import services
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from authlib.oauth2.auth import ClientAuth

# The issuer changes its addresses seldom, its keys now and then: an unknown key is asked about at
# once, but not again and again by whoever makes up key ids.
_LASTS = timedelta(hours=1)
_ASKED_AGAIN_AFTER = timedelta(seconds=30)
_TIMEOUT = urllib3.Timeout(connect=2, read=4)
# So that not every request waits those seconds for an issuer that is away.
_AWAY = timedelta(seconds=5)


class IssuerAway(Unavailable):
    """It gives no answer, or none that can be understood."""

    code = "issuer_away"

    def __init__(self) -> None:
        super().__init__(retry_after=int(_AWAY.total_seconds()))
        self.args = ("Signing in is not possible right now: try again in a moment",)


class _Read(Struct, frozen=True):
    document: dict[str, Any]
    at: datetime


class Issuer:
    """What is read from the issuer is remembered, and outlives an issuer that is away."""

    def __init__(self, discovery_url: str, now: Callable[[], datetime]) -> None:
        """Nothing is read before somebody signs in or brings a token."""
        self._discovery_url = discovery_url
        self._now = now
        self._http = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
        self._read: dict[str, _Read] = {}
        self._away_since: dict[str, datetime] = {}
        self._lock = Lock()

    def require_there(self) -> None:
        """Raise ``IssuerAway`` where it has just given no answer: its pages cannot be had then."""
        self._remembered(self._discovery_url, _ASKED_AGAIN_AFTER)
        if self._is_away(self._discovery_url):
            raise IssuerAway

    def address_of(self, what: str) -> str:
        """An endpoint by its name in the discovery document. Raise ``IssuerAway``."""
        address = self._remembered(self._discovery_url, _LASTS).get(what)
        if not isinstance(address, str):
            raise IssuerAway
        return address

    def keys(self, *, with_key: str | None) -> list[Any]:
        """The keys of its JSON Web Key Set (RFC 7517), read anew where that one is not in it.

        Raises ``IssuerAway`` where there is none.
        """
        url = self.address_of("jwks_uri")
        keys = self._remembered(url, _LASTS).get("keys")
        if not isinstance(keys, list) or with_key not in {key.get("kid") for key in keys}:
            keys = self._remembered(url, _ASKED_AGAIN_AFTER).get("keys")
        if not isinstance(keys, list):
            raise IssuerAway
        return keys

    def post(
        self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> Answer:
        """A form, sent as the OAuth client authenticates itself. Raise ``IssuerAway``.

        Named and shaped as Authlib's client calls the session it is given.
        """
        where, sent_headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        try:
            answer = self._http.request("POST", where, body=body, headers=sent_headers)
            return Answer(answer.status, json.loads(answer.data))
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise IssuerAway from error

    def _remembered(self, url: str, lasts: timedelta) -> dict[str, Any]:
        with self._lock:
            known = self._read.get(url)
            if known is not None and self._now() - known.at < lasts:
                return known.document
            if not self._is_away(url):
                try:
                    self._read[url] = known = _Read(self._get(url), self._now())
                except IssuerAway:
                    self._away_since[url] = self._now()
            if known is None:
                raise IssuerAway
            return known.document  # better old than none

    def _is_away(self, url: str) -> bool:
        since = self._away_since.get(url)
        return since is not None and self._now() - since < _AWAY

    def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = self._http.request("GET", url)
            document = json.loads(answer.data) if answer.status == HTTPStatus.OK else None
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise IssuerAway from error
        if not isinstance(document, dict):
            raise IssuerAway
        return document


class Answer(Struct, frozen=True):
    """An HTTP answer in JSON."""

    status_code: int
    document: Any

    def raise_for_status(self) -> None:
        """Raise ``IssuerAway`` where the issuer itself has failed."""
        if self.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise IssuerAway

    def json(self) -> Any:  # noqa: ANN401  whatever it is; the name is what OAuth clients call
        """The document."""
        return self.document


@lru_cache(maxsize=8)
def of(discovery_url: str) -> Issuer:
    """The issuer at that address, as this process knows it."""
    return Issuer(discovery_url, lambda: services().now())
