"""How the booking site signs in, at an issuer in memory."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from examples.booking_site.access import ClientCredentials
from examples.booking_site.slots_api import SlotsApi, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from tests.examples.fake_api import FakeApi

CLIENT_SECRET = "its-secret"


@dataclass
class FakeTokenEndpoint:
    """Gives out numbered tokens to one client."""

    token_seconds: int = 3600
    requests: list[str] = field(default_factory=list)

    def respond(self) -> ResponseReturnValue:
        """The token endpoint."""
        self.requests.append(request.form["grant_type"])
        who = request.authorization
        if not who or (who.username, who.password) != ("the-site", CLIENT_SECRET):
            return {"error": "invalid_client"}, 401
        told: dict[str, Any] = {
            "access_token": f"token-{len(self.requests)}",
            "token_type": "Bearer",
        }
        return jsonify(told | {"expires_in": self.token_seconds})

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Answer while the block runs; gives the address of the token endpoint."""
        app = Flask(__name__)
        app.add_url_rule("/token", view_func=self.respond, methods=["POST"])
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/token"
        server.shutdown()
        server.server_close()


@pytest.fixture
def issuer() -> FakeTokenEndpoint:
    """Nobody has asked it yet."""
    return FakeTokenEndpoint()


@pytest.fixture
def token_url(issuer: FakeTokenEndpoint) -> Iterator[str]:
    """Where it answers."""
    with issuer.serve() as url:
        yield url


def authenticated_api(url: str, token_url: str, secret: str = CLIENT_SECRET) -> SlotsApi:
    """A client of the API that signs in there."""
    access = ClientCredentials(token_url, client_id="the-site", client_secret=secret)
    return SlotsApi(url, access)


def test_one_token_goes_with_every_request(
    api: FakeApi, url: str, issuer: FakeTokenEndpoint, token_url: str
) -> None:
    slots_api = authenticated_api(url, token_url)

    slots_api.doctor("dr-lee")
    slots_api.doctor("dr-okafor")

    assert api.tokens == ["Bearer token-1", "Bearer token-1"]
    assert issuer.requests == ["client_credentials"]


def test_a_token_that_is_about_to_run_out_is_followed_by_another(
    api: FakeApi, url: str, issuer: FakeTokenEndpoint, token_url: str
) -> None:
    issuer.token_seconds = 30
    slots_api = authenticated_api(url, token_url)

    slots_api.doctor("dr-lee")
    slots_api.doctor("dr-lee")

    assert api.tokens == ["Bearer token-1", "Bearer token-2"]


def test_an_issuer_that_says_no_makes_the_calendars_unavailable(
    api: FakeApi, url: str, token_url: str
) -> None:
    with pytest.raises(Unavailable) as raised:
        authenticated_api(url, token_url, secret="a-guess").doctor("dr-lee")

    assert "invalid_client" in raised.value.reason
    assert api.requests == []


def test_an_issuer_that_is_away_makes_the_calendars_unavailable(url: str) -> None:
    with pytest.raises(Unavailable):
        authenticated_api(url, "http://127.0.0.1:9/token").doctor("dr-lee")
