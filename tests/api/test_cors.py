"""Pages of other sites in a browser: those that may read responses, and what they may send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from app import app
from tests.support.app_client import build_services
from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

SITE = "https://www.clinic.example"
SLOTS = "/doctors/dr-lee/slots"
PREFLIGHT = {"Access-Control-Request-Method": "GET"}


@pytest.fixture
def client_of_site(sign_in: SignIn) -> AppClient:
    """A booking site's token, in an app that lists two origins."""
    client = sign_in("slots/read")
    settings = replace(
        client.services.settings, cors_origins=frozenset({SITE, "http://localhost:3000"})
    )
    client.use_services(build_services(settings, client.clock))
    return client


def cors_headers(response: AppResponse) -> dict[str, str]:
    return {
        name.removeprefix("Access-Control-"): value
        for name, value in response.headers.items()
        if name.startswith("Access-Control-")
    }


def test_page_of_listed_site_reads_responses_and_errors(client_of_site: AppClient) -> None:
    slots = client_of_site.get(SLOTS, Origin=SITE)
    unchanged = client_of_site.get(SLOTS, Origin=SITE, If_None_Match=slots.headers["ETag"])
    errors = [
        client_of_site.get("/doctors/dr-who/slots", Origin=SITE),
        client_of_site.get(f"/slots?date={MONDAY}", Origin=SITE),
        client_of_site.get(SLOTS, Origin=SITE, Authorization="Bearer none"),
    ]

    responses = [slots, unchanged, *errors]
    assert [response.status for response in responses] == [200, 304, 404, 403, 401]
    for response in responses:
        assert cors_headers(response) == {
            "Allow-Origin": SITE,
            "Expose-Headers": "ETag, Retry-After",
        }
        assert response.headers["Vary"] == "Accept, HX-Request, Origin"


def test_internal_error_has_headers_too(client_of_site: AppClient) -> None:
    with client_of_site.inject_responses("Query", ValueError("a bug")):
        broken = client_of_site.get(SLOTS, Origin=SITE)

    assert broken.status == 500
    assert cors_headers(broken)["Allow-Origin"] == SITE


def test_preflight_of_listed_site_allows_to_read(client_of_site: AppClient) -> None:
    preflight = client_of_site.request("OPTIONS", SLOTS, headers={"Origin": SITE, **PREFLIGHT})

    assert (preflight.status, preflight.text) == (204, "")
    assert preflight.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert preflight.headers["Vary"] == "Origin"
    assert cors_headers(preflight) == {
        "Allow-Origin": SITE,
        "Allow-Methods": "GET, HEAD",
        "Allow-Headers": "Accept, Authorization, If-None-Match",
        "Max-Age": "7200",
    }


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", f"{SITE}.example", f"{SITE}:8443", "null", ""]
)
def test_page_of_another_site_gets_no_headers(client_of_site: AppClient, origin: str) -> None:
    preflight = client_of_site.request("OPTIONS", SLOTS, headers={"Origin": origin, **PREFLIGHT})
    response = client_of_site.get(SLOTS, Origin=origin)

    assert (preflight.status, response.status) == (204, 200)
    assert cors_headers(preflight) == cors_headers(response) == {}
    assert response.headers["Vary"].endswith(", Origin")


def test_response_to_a_change_is_not_readable(client_of_site: AppClient) -> None:
    rejected = client_of_site.request("PUT", f"{SLOTS}/booking", headers={"Origin": SITE})

    assert cors_headers(rejected) == {}


def test_no_page_reads_anything_by_default(sign_in: SignIn) -> None:
    client = sign_in("slots/read")

    preflight = client.request("OPTIONS", SLOTS, headers={"Origin": SITE, **PREFLIGHT})
    response = client.get(SLOTS, Origin=SITE)

    assert cors_headers(preflight) == cors_headers(response) == {}
    assert "Vary" not in preflight.headers
    assert response.headers["Vary"] == "Accept, HX-Request"


def test_options_are_answered_wherever_get_is() -> None:
    assert {path for path, methods in app.routes.items() if "GET" in methods} == {
        path for path, methods in app.routes.items() if "OPTIONS" in methods
    }
