"""Access tokens for the API by the OAuth client credentials grant (RFC 6749, section 4.4)."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests import RequestException
from requests.auth import AuthBase

if TYPE_CHECKING:
    from requests import PreparedRequest

TIMEOUT_SECONDS = 5


class ClientCredentials(AuthBase):
    """Adds a bearer token to each request, and renews it a minute before it expires.

    Raises:
        requests.RequestException: the identity provider issues no token.
    """

    def __init__(self, token_url: str, *, client_id: str, client_secret: str) -> None:
        self._session = OAuth2Session(
            client_id,
            client_secret,
            token_endpoint=token_url,
            grant_type="client_credentials",
            default_timeout=TIMEOUT_SECONDS,
        )
        # Requests of two threads must not both renew an expired token.
        self._renewal_lock = Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def _token(self) -> str:
        with self._renewal_lock:
            if not self._session.token or self._session.token.is_expired():
                self._renew()
            return str(self._session.token["access_token"])

    def _renew(self) -> None:
        try:
            self._session.fetch_token()
        except OAuthError as error:
            message = f"The identity provider issues no token: {error}"
            raise RequestException(message) from error
