"""How the site signs in at the API: access tokens by client credentials (RFC 6749, section 4.4)."""

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
    """Signs requests with a bearer token; asks for the next a minute before the last runs out.

    Raises ``requests.RequestException`` where the issuer gives none.
    """

    def __init__(self, token_url: str, *, client_id: str, client_secret: str) -> None:
        self._issuer = OAuth2Session(
            client_id,
            client_secret,
            token_endpoint=token_url,
            grant_type="client_credentials",
            default_timeout=TIMEOUT_SECONDS,
        )
        # Two visitors who come as it runs out shall not both ask.
        self._asking = Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token()}"
        return request

    def _token(self) -> str:
        with self._asking:
            if not self._issuer.token or self._issuer.token.is_expired():
                try:
                    self._issuer.fetch_token()
                except OAuthError as error:
                    message = f"The issuer gives no token: {error}"
                    raise RequestException(message) from error
            return str(self._issuer.token["access_token"])
