"""Web pages of other sites cannot use a server of this machine."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from local.browser_guard import BrowserGuard


async def respond_ok(_scope: object, _receive: object, send: Any) -> None:  # noqa: ANN401  ASGI
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"Access-Control-Allow-Origin", b"*"), (b"content-length", b"0")],
        }
    )


def get_start(host: str | None, origin: str | None = None) -> dict[str, Any]:
    """Return the status and headers of a request through the guard, as ASGI has them."""
    sent: list[dict[str, Any]] = []
    headers = [
        (name, value.encode())
        for name, value in ((b"host", host), (b"origin", origin))
        if value is not None
    ]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asyncio.run(BrowserGuard(respond_ok)({"type": "http", "headers": headers}, receive, send))
    return sent[0]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:4566", None),
        ("localhost:4566", None),
        ("[::1]:4566", None),
        (None, None),
        ("x.execute-api.localhost:4566", None),
        ("dynamodb.eu-west-2.amazonaws.com", None),
        ("127.0.0.1:4566", "http://127.0.0.1:4566"),
    ],
)
def test_programs_and_own_pages_are_served(host: str | None, origin: str | None) -> None:
    assert get_start(host, origin)["status"] == 200


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:4566", "http://evil.example"),
        ("127.0.0.1:4566", "https://127.0.0.1:4566"),
        ("127.0.0.1:4566", "http://127.0.0.1:8080"),
        ("127.0.0.1:4566", "null"),
        ("127.0.0.1:4566", ""),
        ("evil.example:4566", "http://evil.example:4566"),
        ("evil.example:4566", None),
        ("127.0.0.1.evil.example", None),
        ("[", None),
    ],
)
def test_pages_of_other_sites_are_rejected(host: str, origin: str | None) -> None:
    assert get_start(host, origin)["status"] == 403


def test_no_page_of_another_origin_may_read_a_response() -> None:
    assert get_start("127.0.0.1:4566")["headers"] == [(b"content-length", b"0")]
