"""What a request wants back, and under which prefix."""

from __future__ import annotations

import pytest
from chalice.app import Request

from chalicelib.web.http.negotiation import wants_html
from chalicelib.web.http.request import url_prefix


def make_request(path: str = "/slots", resource: str = "/slots", **headers: str) -> Request:
    return Request(
        {
            "requestContext": {"httpMethod": "GET", "resourcePath": resource, "path": path},
            "headers": {name.replace("_", "-"): value for name, value in headers.items()},
            "pathParameters": None,
            "stageVariables": None,
            "multiValueQueryStringParameters": None,
            "body": None,
        }
    )


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("text/html", True),
        ("TEXT/HTML; charset=utf-8", True),
        ("*/*", False),
        ("", False),
        ("application/json", False),
        ("application/json, text/html", False),
        ("application/json;q=0.1, text/html;q=0.2", True),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        ("image/png", False),
        ("text/*", True),
        ("text/html;level=1", True),
        ("text/html;q=0.5, */*", False),
        ("*/*;q=0.8, text/html;q=0.7", False),
        ("*/*;q=0.7, text/html;q=0.8", True),
        ("application/*;q=0.9, text/html;q=0.8", False),
        ("application/*;q=0.8, text/html;q=0.9", True),
        ("text/html;q=0.3, application/problem+json", False),
        ("text/*, text/html;q=0", False),
    ],
)
def test_html_requires_preference_over_json(accept: str, *, html: bool) -> None:
    assert wants_html(make_request(accept=accept)) is html


def test_htmx_gets_html_for_any_accept() -> None:
    assert wants_html(make_request(accept="*/*", hx_request="true"))
    assert wants_html(make_request(accept="*/*", hx_history_restore_request="true"))


@pytest.mark.parametrize(
    ("path", "resource", "base"),
    [
        ("/slots", "/slots", ""),
        ("/api/slots", "/slots", "/api"),
        ("/api/slots/", "/slots", "/api"),
        ("/", "/", ""),
        ("/api", "/", "/api"),
        ("/api/", "/", "/api"),
        ("/api/static/x.css", "/static/{name}", "/api"),
        ("/a/b/doctors/dr-lee", "/doctors/{doctor_id}", "/a/b"),
    ],
)
def test_links_have_request_prefix(path: str, resource: str, base: str) -> None:
    assert url_prefix(make_request(path, resource)) == base
