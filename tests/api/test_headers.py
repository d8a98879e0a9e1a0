"""Security and cache headers of every response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app import app
from chalicelib.web.http import static_files
from tests.support.all_routes import CALLERS, is_sampled, open_slot, send_request
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider


ROUTES = [
    f"{method} {path}"
    for path, methods in app.routes.items()
    for method in methods
    if method != "OPTIONS"  # test_cors.py
]
FILE_ROUTES = ("GET /static/{name}", "GET /openapi.json", "GET /docs")
SAMPLE_CALLERS = ("anonymous", "own", "slots/book", "admin")
ACCEPT_HEADERS = {
    "json": {"Accept": "application/json"},
    "html": {"Accept": "text/html"},
    "htmx": {"Accept": "text/html", "HX_Request": "true"},
}
# By day, one caller accepts each kind, and each other caller one.
SAMPLE = [
    (caller, kind)
    for number, caller in enumerate(SAMPLE_CALLERS)
    for kind in ACCEPT_HEADERS
    if is_nightly() or caller == "own" or kind == list(ACCEPT_HEADERS)[number % 3]
]
DAY_PATH = "/slots?doctor_id=dr-lee&date=2026-11-23"


@pytest.fixture
def caller_headers(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> dict[str, dict[str, str]]:
    """The headers with which each caller authenticates; Dr Lee has an open slot."""
    bearers = {
        caller: {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}
        for caller, claims in CALLERS.items()
    }
    open_slot(authenticated_client, **bearers["admin"])
    return bearers


def is_html(response: AppResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def expected_cache_control(route: str, response: AppResponse) -> str:
    """Return the ``Cache-Control`` that a response must have."""
    if response.status == 200 and route.replace("HEAD", "GET") in FILE_ROUTES:
        return "no-cache"
    if response.status == 200 and route.endswith("/fhir/bulk-publish/{file}"):
        return "private, max-age=300"
    if response.status >= 300 or is_html(response):
        return "no-store"
    return "private, no-cache"


def test_every_response_has_cache_and_security_headers(
    authenticated_client: AppClient, caller_headers: dict[str, dict[str, str]]
) -> None:
    cache_headers, pages, other_headers, policies = {}, {}, set(), set()
    for route in ROUTES:
        for caller, kind in [pair for pair in SAMPLE if is_sampled(route, pair[0])]:
            sent = {**ACCEPT_HEADERS[kind], **caller_headers[caller]}
            response = send_request(authenticated_client, route, **sent)
            name = f"{route} {caller} {kind}: {response.status}"
            headers = response.headers
            cache_headers[name] = (
                headers.get("Cache-Control"),
                expected_cache_control(route, response),
            )
            other_headers.add((headers["X-Content-Type-Options"],
                        headers["Cross-Origin-Resource-Policy"]))  # fmt: skip
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], name
            if is_html(response):
                pages[name] = headers
            else:
                policies.add(headers["Content-Security-Policy"])

    assert {name: pair for name, pair in cache_headers.items() if pair[0] != pair[1]} == {}
    assert {actual for actual, _ in cache_headers.values()} == {
        "no-store",
        "no-cache",
        "private, no-cache",
        "private, max-age=300",
    }
    assert other_headers == {("nosniff", "same-origin")}
    assert policies == {"default-src 'none'; frame-ancestors 'none'"}
    assert {name.partition(" ")[2].partition(" ")[0] for name in pages} >= {"/slots", "/docs"}
    for name, headers in pages.items():
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in headers["Permissions-Policy"], name


@pytest.mark.parametrize("path", ["/slots", "/doctors/x.y", "/static/slots.css", "/health", "/"])
def test_tls_response_has_hsts_header(authenticated_client: AppClient, path: str) -> None:
    """Without TLS there is no HSTS header, because an attacker in the middle could set it."""
    by_tls = authenticated_client.get(path, X_Forwarded_Proto="https")
    without = authenticated_client.get(path)

    assert by_tls.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in without.headers


def test_internal_error_is_not_stored(
    authenticated_client: AppClient, caller_headers: dict[str, dict[str, str]]
) -> None:
    with authenticated_client.inject_responses("BatchGetItem", ValueError("a bug")):
        broken = authenticated_client.get(DAY_PATH, **caller_headers["own"])

    assert (broken.status, broken.headers["Cache-Control"]) == (500, "no-store")


@pytest.mark.parametrize(
    ("path", "accept", "cache_control"),
    [
        (DAY_PATH, "application/json", "private, no-cache"),
        ("/doctors/dr-lee/slots", "application/json", "private, no-cache"),
        ("/slots/history?doctor_id=dr-lee&date=2026-11-23", "application/json",
         "private, no-cache"),
        (DAY_PATH, "text/html", "no-store"),
        ("/openapi.json", "application/json", "no-cache"),
        ("/docs", "text/html", "no-cache"),
        ("/static/slots.css", "*/*", "no-cache"),
        (f"/static/{static_files.fingerprinted_name('slots.css')}", "*/*",
         "public, max-age=31536000, immutable"),
    ],
)  # fmt: skip
def test_not_modified_repeats_cache_headers(
    authenticated_client: AppClient,
    caller_headers: dict[str, dict[str, str]],
    path: str,
    accept: str,
    cache_control: str,
) -> None:
    first = authenticated_client.get(path, Accept=accept, **caller_headers["own"])
    conditional = {"Accept": accept, "If_None_Match": first.headers["ETag"]}

    again = authenticated_client.get(path, **conditional, **caller_headers["own"])

    assert (first.status, again.status) == (200, 304)
    if first.headers["Content-Type"].startswith("text/html"):
        policy = first.headers["Content-Security-Policy"]
        assert again.headers.get("Content-Security-Policy", policy) == policy
    for response in (first, again):
        assert response.headers["Cache-Control"] == cache_control
        assert "Accept" in response.headers["Vary"]
    # A cache updates the stored response with the headers of a 304.
    policy = first.headers["Content-Security-Policy"]
    assert again.headers.get("Content-Security-Policy", policy) == policy
    is_open = path.startswith(("/static", "/openapi", "/docs"))
    anonymous = authenticated_client.get(path, **{**conditional, "Accept": "application/json"})
    assert anonymous.status == (304 if is_open else 401)


def test_doctor_has_an_etag_for_those_who_see_delegates(
    authenticated_client: AppClient, caller_headers: dict[str, dict[str, str]]
) -> None:
    responses = {
        caller: authenticated_client.get("/doctors/dr-lee", **caller_headers[caller])
        for caller in ("own", "other", "slots/read", "admin")
    }

    etags = {caller: response.headers["ETag"] for caller, response in responses.items()}
    assert etags["own"] == etags["admin"] != etags["other"] == etags["slots/read"]
    for caller, response in responses.items():
        assert ("delegates" in response.json) == (caller in ("own", "admin"))
        again = authenticated_client.get(
            "/doctors/dr-lee", If_None_Match=etags[caller], **caller_headers[caller]
        )
        assert (again.status, again.text) == (304, "")
