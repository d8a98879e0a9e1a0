"""How the booking site gets access tokens, from a fake identity provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, jsonify, request

from examples.booking_site.slots_api import SlotsApi, SlotsApiError, token_session
from tests.support.http_server import serve, unused_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from tests.support.fake_slots_api import FakeApi

SECRET = "client-secret"


@dataclass
class FakeTokenEndpoint:
    """Issues numbered tokens to one client."""

    token_seconds: int = 3600
    grant_types: list[str] = field(default_factory=list)

    def post(self) -> ResponseReturnValue:
        self.grant_types.append(request.form["grant_type"])
        client = request.authorization
        if not client or (client.username, client.password) != ("the-site", SECRET):
            return {"error": "invalid_client"}, 401
        token: dict[str, Any] = {
            "access_token": f"token-{len(self.grant_types)}",
            "token_type": "Bearer",
            "expires_in": self.token_seconds,
        }
        return jsonify(token)


@pytest.fixture
def endpoint() -> FakeTokenEndpoint:
    """A token endpoint without requests so far."""
    return FakeTokenEndpoint()


@pytest.fixture
def token_url(endpoint: FakeTokenEndpoint) -> Iterator[str]:
    """The URL of the token endpoint."""
    app = Flask(__name__)
    app.add_url_rule("/token", view_func=endpoint.post, methods=["POST"])
    with serve(app) as url:
        yield f"{url}/token"


def authenticated_api(url: str, token_url: str, secret: str = SECRET) -> SlotsApi:
    """Make a client of the API that sends access tokens."""
    return SlotsApi(url, token_session(token_url, "the-site", secret))


def test_valid_token_is_sent_with_every_request(
    fake_api: FakeApi, api_url: str, endpoint: FakeTokenEndpoint, token_url: str
) -> None:
    slots_api = authenticated_api(api_url, token_url)

    slots_api.get("doctors", "dr-lee")
    slots_api.get("doctors", "dr-okafor")

    assert fake_api.tokens == ["Bearer token-1", "Bearer token-1"]
    assert endpoint.grant_types == ["client_credentials"]


def test_token_about_to_expire_is_renewed(
    fake_api: FakeApi, api_url: str, endpoint: FakeTokenEndpoint, token_url: str
) -> None:
    endpoint.token_seconds = 30
    slots_api = authenticated_api(api_url, token_url)

    slots_api.get("doctors", "dr-lee")
    slots_api.get("doctors", "dr-lee")

    assert fake_api.tokens == ["Bearer token-1", "Bearer token-2"]


def test_rejected_client_credentials_raise_unavailable(
    fake_api: FakeApi, api_url: str, token_url: str
) -> None:
    with pytest.raises(SlotsApiError) as raised:
        authenticated_api(api_url, token_url, secret="a-guess").get("doctors", "dr-lee")

    assert "invalid_client" in str(raised.value)
    assert fake_api.requests == []


def test_identity_provider_offline_raises_unavailable(api_url: str) -> None:
    with pytest.raises(SlotsApiError):
        authenticated_api(api_url, f"{unused_url()}/token").get("doctors", "dr-lee")
