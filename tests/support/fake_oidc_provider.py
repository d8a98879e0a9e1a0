"""A fake OpenID Connect provider that signs any claims and can be down."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cache
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from joserfc import jws
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Request, Response

from chalicelib.settings import OidcSettings
from tests.support.factories import SUNDAY_NOON
from tests.support.http_server import serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from wsgiref.types import StartResponse, WSGIEnvironment

PAGE_CLIENT_ID, SERVICE_CLIENT_ID = "the-page", "a-booking-site"
# The account of every user, unless a test names another one.
SUBJECT = "x"
OTHER_SERVICE_CLIENT_ID = "another-site"


@cache
def rsa_key(number: int, key_id: str) -> RSAKey:
    """Return the private key of that number and id, generated once per process.

    Generating a 2048-bit key takes a tenth of a second, and every test needs one.
    """
    del number  # distinguishes keys with the same id
    return RSAKey.generate_key(2048, {"kid": key_id}, private=True)


class FakeOidcProvider:
    """A provider with discovery, keys and a token endpoint (OpenID Connect Discovery, RFC 7517).

    ``url`` is set when it is served. It starts with one key.
    """

    def __init__(self, url: str = "") -> None:
        self.url = url
        self.is_down = False
        self.discovered_issuer: str | None = None
        self.requests: list[str] = []
        self.token_requests: list[dict[str, str]] = []
        self.id_tokens_by_code: dict[str, str] = {}
        self.keys: list[RSAKey] = []
        self.other_keys: list[dict[str, str]] = []
        self._rotations = 0
        self.rotate_key()

    @property
    def discovery_url(self) -> str:
        return f"{self.url}/.well-known/openid-configuration"

    def settings(self) -> OidcSettings:
        """Return the settings of an app that uses this provider."""
        return OidcSettings(
            issuer=self.url,
            discovery_url=self.discovery_url,
            client_id=PAGE_CLIENT_ID,
            client_secret=None,
            machine_clients=frozenset({SERVICE_CLIENT_ID, OTHER_SERVICE_CLIENT_ID}),
            session_keys=("k" * 32,),
        )

    def rotate_key(self) -> RSAKey:
        """Sign with a new key from now on; the key set keeps the old ones."""
        key = rsa_key(self._rotations, f"key-{len(self.keys)}")
        self._rotations += 1
        self.keys.append(key)
        return key

    def documents(self) -> dict[str, Any]:
        """Return the JSON documents by path."""
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.discovered_issuer or self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/logout",
            },
            "/keys": {
                "keys": [*self.other_keys, *(key.as_dict(private=False) for key in self.keys)]
            },
        }

    def id_token(self, name: str, group: str, **overrides: Any) -> str:  # noqa: ANN401  claims of any type
        """Sign the id token of a user who signed in at the page."""
        claims = {"cognito:username": name, "cognito:groups": [group], "aud": PAGE_CLIENT_ID}
        return self.access_token({**claims, "token_use": "id"}, **overrides)

    def access_token(self, claims: dict[str, Any], **overrides: Any) -> str:  # noqa: ANN401  claims of any type
        """Sign an access token that is valid at Sunday noon, unless ``overrides`` change that."""
        now = int(SUNDAY_NOON.timestamp())
        defaults = {
            "iss": self.url,
            "exp": now + 3600,
            "iat": now,
            "token_use": "access",
            "sub": SUBJECT,
        }
        names = ("key", "alg", "header")
        signing = {name: overrides.pop(name) for name in names if name in overrides}
        return self.sign({**defaults, **claims, **overrides}, **signing)

    def sign(
        self,
        claims: dict[str, Any],
        *,
        key: Any = None,  # noqa: ANN401  a key of any kind
        alg: str = "RS256",
        header: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Sign a token; claims that are None are left out."""
        signing = key or self.keys[-1]
        full_header = {"typ": "JWT", "alg": alg, "kid": self.keys[-1].kid, **header}
        present = {name: value for name, value in claims.items() if value is not None}
        # JSON of ASCII can have half of a surrogate pair, which no UTF-8 has.
        content = json.dumps(present).encode("ascii")
        return jws.serialize_compact(full_header, content, signing, algorithms=[alg])

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve the documents (GET) and the token endpoint (POST)."""
        response = self._respond(Request(environ))
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.method == "POST":
            self.token_requests.append(request.form.to_dict())
            return self._token_response(request.form.get("code", ""))
        self.requests.append(request.path)
        document = self.documents().get(request.path)
        return _json_response(document if not self.is_down else None)

    def _token_response(self, code: str) -> Response:
        if self.is_down:
            return _json_response(None)
        if code not in self.id_tokens_by_code:
            return _json_response({"error": "invalid_grant"}, HTTPStatus.BAD_REQUEST)
        tokens = {"access_token": "x", "id_token": self.id_tokens_by_code[code]}
        return _json_response({"token_type": "Bearer", **tokens})


def _json_response(document: object, status: int = HTTPStatus.OK) -> Response:
    status = HTTPStatus.SERVICE_UNAVAILABLE if document is None else status
    return Response(json.dumps(document), status, content_type="application/json")


@contextmanager
def run_fake_oidc_provider() -> Iterator[FakeOidcProvider]:
    """Serve a provider on a free port of this machine while the block runs."""
    provider = FakeOidcProvider()
    with serve(provider.wsgi_app) as url:
        provider.url = url
        yield provider
