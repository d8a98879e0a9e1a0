"""What no route may do for any caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import app
from tests.support.all_routes import CALLERS, is_sampled, open_slot, send_request
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider


ROUTES = [
    f"{method} {path}"
    for path, methods in app.routes.items()
    for method in methods
    if method != "OPTIONS"  # test_cors.py
]
SENDERS = CALLERS if is_nightly() else ("anonymous", "own", "slots/book", "admin")
ACCEPTED = ("application/json", "text/html")
OTHER_ORIGIN = {"Origin": "https://elsewhere.example", "Sec_Fetch_Site": "cross-site"}
CONTENT_TYPES = {
    "application/json",
    "application/problem+json",
    "application/fhir+json",
    "application/fhir+ndjson",
    "text/html; charset=utf-8",
    "text/css; charset=utf-8",
    "text/csv; charset=utf-8; header=present",
}


@pytest.fixture
def bearers(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> dict[str, dict[str, str]]:
    """The headers with which each sender authenticates; Dr Lee has an open slot."""
    headers = {
        sender: {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}
        for sender, claims in CALLERS.items()
        if sender in SENDERS
    }
    open_slot(authenticated_client, **headers["admin"])
    return headers


def send_all(
    client: AppClient, bearers: dict[str, dict[str, str]], routes: list[str], **headers: str
) -> Iterator[tuple[str, AppResponse]]:
    """Send every route as every caller, and yield what was sent with the response.

    By day, one caller accepts both types, and each other caller one.
    """
    for route in routes:
        for number, (caller, bearer) in enumerate(bearers.items()):
            if not is_sampled(route, caller):
                continue
            for accepted in ACCEPTED:
                if is_nightly() or caller == "own" or accepted == ACCEPTED[number % 2]:
                    sent = {**bearer, **headers, "Accept": accepted}
                    yield f"{route} {caller} {accepted}", send_request(client, route, **sent)


def test_responses_have_type_and_charset_and_no_cors_headers(
    authenticated_client: AppClient, bearers: dict[str, dict[str, str]]
) -> None:
    """JSON is UTF-8 by definition (RFC 8259), so its type has no charset."""
    allowed, types = [], set()
    for name, response in send_all(authenticated_client, bearers, ROUTES, **OTHER_ORIGIN):
        if any(header.lower().startswith("access-control") for header in response.headers):
            allowed.append(name)
        if response.text:
            types.add(response.headers.get("Content-Type"))

    assert allowed == []
    assert types == CONTENT_TYPES


def test_reads_change_nothing(
    authenticated_client: AppClient, bearers: dict[str, dict[str, str]]
) -> None:
    reads = [route for route in ROUTES if route.startswith(("GET ", "HEAD "))]
    # The first token of a name links the name to its account.
    for bearer in bearers.values():
        authenticated_client.get("/doctors", **bearer)
    before = authenticated_client.export()

    statuses = {response.status for _, response in send_all(authenticated_client, bearers, reads)}

    assert statuses >= {200, 401, 403}
    assert authenticated_client.export() == before
