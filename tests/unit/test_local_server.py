"""What ``scripts/serve`` prints of requests, for whoever watches the terminal."""

from __future__ import annotations

import re
import socket
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from chalice.app import Chalice, Response
from chalice.config import Config

from local import server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """A server of two routes."""
    app = Chalice("app-of-a-test")

    @app.route("/slots/{slot_id}/hold", methods=["DELETE"])
    def release(slot_id: str) -> Response:
        del slot_id
        return Response(body="", status_code=204)

    @app.route("/news", methods=["GET"])
    def news() -> Response:
        return Response(body="", status_code=304)

    with server.serve(app, Config.create(), "127.0.0.1", 0) as url:
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        yield parts.hostname, parts.port


def send_request(address: tuple[str, int], method: str, path: str) -> int:
    connection = HTTPConnection(*address, timeout=10)
    connection.request(method, path)
    status = connection.getresponse().status
    connection.close()
    return status


def printed_lines(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """What was printed, without the time of day."""
    return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in capfd.readouterr().err.splitlines()]


def test_a_request_is_a_short_line_without_what_may_name_a_patient(
    address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert send_request(address, "DELETE", "/slots/dr-lee~20261123T0900Z/hold?holder=hannah") == 204

    assert printed_lines(capfd) == ["204 DELETE /slots/dr-lee~20261123T0900Z/hold"]


def test_a_page_that_looks_for_news_in_vain_is_not_told(
    address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert send_request(address, "GET", "/news") == 304

    assert printed_lines(capfd) == []


def test_bytes_that_a_terminal_would_obey_are_spelled_out(
    address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(address, timeout=10) as sent:
        sent.sendall(b"GET /\x1b[2J HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert b" 404 " in sent.recv(65536)

    assert printed_lines(capfd) == [r"404 GET /\x1b[2J"]
