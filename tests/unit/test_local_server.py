"""The HTTP server of ``scripts/serve``: rejected requests, its log, and shutdown."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from chalice.app import Chalice, Response

from local import app_server, ports

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server_address() -> Iterator[tuple[str, int]]:
    """The address of a server with two routes."""
    app = Chalice("test-app")

    @app.route("/slots/{slot_id}/hold", methods=["DELETE"])
    def release(slot_id: str) -> Response:
        del slot_id
        return Response(body="", status_code=204)

    @app.route("/news", methods=["GET"])
    def news() -> Response:
        return Response(body="", status_code=304, headers={"ETag": '"1"'})

    @app.route("/words/{count}", methods=["GET"])
    def get_words(count: str) -> Response:
        return Response(body="word" * int(count), headers={"Content-Type": "text/plain"})

    @app.route("/names/{name}", methods=["GET", "HEAD"])
    def get_name(name: str) -> Response:
        return Response(body=name, headers={"Content-Type": "text/plain"})

    with app_server.serve(app, ports.bind(0)) as url:
        yield parse_address(url)


def parse_address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return parts.hostname, parts.port


def send_request(address: tuple[str, int], method: str, path: str) -> int:
    connection = HTTPConnection(*address, timeout=10)
    connection.request(method, path)
    status = connection.getresponse().status
    connection.close()
    return status


def printed_lines(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Return the printed lines without the time of day."""
    return [re.sub(r"^\d\d:\d\d:\d\d ", "", line) for line in capfd.readouterr().err.splitlines()]


def test_request_log_line_has_no_patient_data(
    server_address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert (
        send_request(server_address, "DELETE", "/slots/dr-lee~20261123T0900Z/hold?holder=hannah")
        == 204
    )

    assert printed_lines(capfd) == ["204 DELETE /slots/dr-lee~20261123T0900Z/hold"]


def test_unchanged_poll_is_not_logged(
    server_address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    assert send_request(server_address, "GET", "/news") == 304

    assert printed_lines(capfd) == []


def test_control_characters_are_escaped(
    server_address: tuple[str, int], capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(server_address, timeout=10) as sent:
        sent.sendall(b"GET /\x1b[2J HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert b" 404 " in sent.recv(65536)

    assert printed_lines(capfd) == [r"404 GET /\x1b[2J"]


def exchange(address: tuple[str, int], *lines: bytes) -> bytes:
    """Send these lines of a request, and return the response."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(b"\r\n".join(lines))
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("status", "lines"),
    [
        (400, [b"rubbish", b"", b""]),
        (400, [b"GET /news HTTP/1.1", b"Host: a", b"Host: b", b"Connection: close", b"", b""]),
        (400, [b"GET /news HTTP/1.1", b"Connection: close", b"", b""]),
        (400, [b"GET /news HTTP/1.1", b"Content-Length: 5", b"Content-Length: 6", b"", b"hello"]),
        (400, [b"GET /news HTTP/1.1", b"Content-Length: +5", b"", b"hello"]),
        (400, [b"GET /news HTTP/1.1", b"Host : a", b"", b""]),
        (411, [b"POST /news HTTP/1.1", b"Transfer-Encoding: chunked", b"", b"0", b"", b""]),
    ],
    ids=[
        "no HTTP",
        "two hosts",
        "no host",
        "two lengths",
        "no number",
        "space in a name",
        "chunks",
    ],
)
def test_an_ambiguous_request_is_rejected_with_a_problem(
    server_address: tuple[str, int], status: int, lines: list[bytes]
) -> None:
    head, _, body = exchange(server_address, *lines).partition(b"\r\n\r\n")

    assert head.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.0 %d " % status))
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["status"] == status


def get_text(address: tuple[str, int], target: bytes) -> bytes:
    """Return the status and the content of the response to a GET, in one line."""
    head, _, body = exchange(address, b"GET " + target + b" HTTP/1.0", b"", b"").partition(
        b"\r\n\r\n"
    )
    return head.split(b" ")[1] + b" " + body


def test_the_response_to_head_has_the_length_and_no_content(
    server_address: tuple[str, int],
) -> None:
    request = b"/names/lee HTTP/1.1", b"Host: a", b"Connection: close", b"", b""

    get = exchange(server_address, b"GET " + request[0], *request[1:])
    head = exchange(server_address, b"HEAD " + request[0], *request[1:])

    assert b"\r\nContent-Length: 3\r\n" in head
    assert get == head + b"lee"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (b"/names/dr-lee", b"dr-lee"),
        (b"/%6eames/dr%2Dlee%7e1", b"dr-lee~1"),
        (b"http://host/names/lee?x=1", b"lee"),
        (b"/names/lee;v=1", b"lee%3Bv=1"),
        (b"/names/lee%3bv", b"lee%3Bv"),
        (b"/names/a%2fb", b"a%2Fb"),
        (b"/names/%2e%2e", b".."),
        (b"/names/%25%C3%A9", b"%25%C3%A9"),
        (b"/names/%zz", b"%zz"),
        (b"/names/lee?a;b", b"lee"),
    ],
)
def test_unreserved_characters_of_a_path_are_decoded(
    server_address: tuple[str, int], target: bytes, name: bytes
) -> None:
    assert get_text(server_address, target) == b"200 " + name


@pytest.mark.parametrize("target", [b"//names/lee", b"/names%2Flee", b"/names/a/b", b"/names/"])
def test_other_paths_do_not_match_a_route(server_address: tuple[str, int], target: bytes) -> None:
    assert get_text(server_address, target).startswith(b"404 ")


@pytest.mark.parametrize(
    ("accepted", "count", "encoding"),
    [
        ("gzip, deflate, br", 256, "gzip"),
        ("gzip", 255, None),
        ("identity", 256, None),
        ("gzip;q=0", 256, None),
    ],
)
def test_long_content_is_compressed_for_who_accepts_it(
    server_address: tuple[str, int], accepted: str, count: int, encoding: str | None
) -> None:
    with closing(HTTPConnection(*server_address, timeout=10)) as connection:
        connection.request("GET", f"/words/{count}", headers={"Accept-Encoding": accepted})
        response = connection.getresponse()
        content = response.read()

    assert response.headers["Content-Encoding"] == encoding
    assert (gzip.decompress(content) if encoding else content) == b"word" * count


def test_a_body_over_the_limit_of_api_gateway_is_rejected(server_address: tuple[str, int]) -> None:
    with closing(HTTPConnection(*server_address, timeout=30)) as connection:
        connection.request("DELETE", "/slots/x/hold", body=bytes(app_server.MAX_BODY_BYTES + 1))
        response = connection.getresponse()
        problem = json.loads(response.read())

    assert response.status == problem["status"] == 413


def test_header_names_are_spelled_as_the_app_spells_them(server_address: tuple[str, int]) -> None:
    assert b'\r\nETag: "1"\r\n' in exchange(server_address, b"GET /news HTTP/1.0", b"", b"")


def test_a_connection_serves_many_requests(server_address: tuple[str, int]) -> None:
    with closing(HTTPConnection(*server_address, timeout=10)) as connection:
        connection.connect()
        used = connection.sock
        for _ in range(3):
            connection.request("GET", "/nothing")
            connection.getresponse().read()
            assert connection.sock is used


def test_the_end_waits_for_a_request_in_progress() -> None:
    app = Chalice("test-app")
    started, ends = threading.Event(), threading.Event()

    @app.route("/slow", methods=["GET"])
    def slow() -> str:
        started.set()
        assert ends.wait(10)
        return "x" * 1_000_000

    with app_server.serve(app, ports.bind(0)) as url, ThreadPoolExecutor() as executor:
        response = executor.submit(exchange, parse_address(url), b"GET /slow HTTP/1.0", b"", b"")
        assert started.wait(10)
        threading.Timer(0.5, ends.set).start()

    assert response.result().endswith(b"x" * 1_000_000)


def test_only_requests_that_may_write_are_reported() -> None:
    app = Chalice("test-app")
    writes: list[str] = []

    @app.route("/slots", methods=["GET", "POST"])
    def answer() -> str:
        return ""

    with app_server.serve(app, ports.bind(0), lambda: writes.append("write")) as url:
        assert send_request(parse_address(url), "GET", "/slots") == 200
        assert writes == []
        assert send_request(parse_address(url), "POST", "/slots") == 200

    assert writes == ["write"]


def test_each_thread_has_a_request_of_its_own() -> None:
    app = Chalice("test-app")
    barrier = threading.Barrier(8, timeout=10)

    @app.route("/names/{name}", methods=["GET"])
    def get_name(name: str) -> dict[str, str]:
        del name
        barrier.wait()
        assert app.current_request
        assert app.current_request.uri_params
        return dict(app.current_request.uri_params)

    def get_number(number: int) -> bytes:
        return exchange(parse_address(url), b"GET /names/%d HTTP/1.0" % number, b"", b"")

    with app_server.serve(app, ports.bind(0)) as url, ThreadPoolExecutor(8) as executor:
        responses = list(executor.map(get_number, range(8)))

    assert [json.loads(response.partition(b"\r\n\r\n")[2])["name"] for response in responses] == [
        *map(str, range(8))
    ]
