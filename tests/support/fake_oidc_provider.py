"""An issuer of one's own: it signs whatever a test wants, and can be away."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.factories import SUNDAY_NOON

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_CLIENT_ID, SERVICE_CLIENT_ID = "the-page", "a-booking-site"


@cache
def rsa_key(number: int, key_id: str) -> RSAKey:
    """Return the private key of that number and id, generated once per process.

    Generating a 2048-bit key takes a tenth of a second, and every test needs one.
    """
    del number  # only tells keys with the same id apart
    return RSAKey.generate_key(2048, {"kid": key_id}, private=True)


class FakeOidcProvider:
    """Speaks discovery and keys (OpenID Connect Discovery 1.0, RFC 7517)."""

    def __init__(self, url: str) -> None:
        """It begins with one key."""
        self.url = url
        self.is_down = False
        self.requests: list[str] = []
        self.token_requests: list[dict[str, str]] = []
        self.id_tokens_by_code: dict[str, str] = {}
        self.keys: list[RSAKey] = []
        self.other_keys: list[dict[str, str]] = []
        self._rotations = 0
        self.rotate_key()

    @property
    def discovery_url(self) -> str:
        """Where it describes itself."""
        return f"{self.url}/.well-known/openid-configuration"

    def rotate_key(self) -> RSAKey:
        """A new key, which signs from now on; those before stay in the set."""
        key = rsa_key(self._rotations, f"key-{len(self.keys)}")
        self._rotations += 1
        self.keys.append(key)
        return key

    def documents(self) -> dict[str, Any]:
        """What it answers, by path."""
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "end_session_endpoint": f"{self.url}/logout",
            },
            "/keys": {
                "keys": [*self.other_keys, *(key.as_dict(private=False) for key in self.keys)]
            },
        }

    def id_token(self, name: str, group: str, **overrides: Any) -> str:  # noqa: ANN401
        """That somebody has signed in at the page."""
        claims = {"cognito:username": name, "cognito:groups": [group], "aud": PAGE_CLIENT_ID}
        return self.access_token({**claims, "token_use": "id"}, **overrides)

    def access_token(self, claims: dict[str, Any], **overrides: Any) -> str:  # noqa: ANN401
        """One that is valid at the tests' Sunday noon, but for what is changed."""
        now = int(SUNDAY_NOON.timestamp())
        usual = {"iss": self.url, "exp": now + 3600, "iat": now, "token_use": "access", "sub": "x"}
        signing = {name: overrides.pop(name) for name in ("key", "alg") if name in overrides}
        return self.sign({**usual, **claims, **overrides}, **signing)

    def sign(self, claims: dict[str, Any], *, key: Any = None, alg: str = "RS256") -> str:  # noqa: ANN401
        """A token of those claims; what is None is left out."""
        signing = key or self.keys[-1]
        header = {"alg": alg, "kid": self.keys[-1].kid}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, kept, signing, algorithms=[alg])


@contextmanager
def run_fake_oidc_provider() -> Iterator[FakeOidcProvider]:
    """On a free port of this machine, while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.requests.append(self.path)
            document = None if issuer.is_down else issuer.documents().get(self.path)
            body = json.dumps(document).encode()
            self.send_response(503 if document is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            issuer.token_requests.append(dict(parse_qsl(sent)))
            code = issuer.token_requests[-1].get("code", "")
            is_known = code in issuer.id_tokens_by_code and not issuer.is_down
            status = 503 if issuer.is_down else 200 if is_known else 400
            answer = (
                {"id_token": issuer.id_tokens_by_code.get(code)}
                if is_known
                else {"error": "invalid_grant"}
            )
            body = json.dumps({"token_type": "Bearer", "access_token": "x", **answer}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if is_known else json.dumps(answer).encode().ljust(len(body)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = FakeOidcProvider(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
