"""Requests that no client library sends get problem details, never a 500."""

from __future__ import annotations

import json
import socket
from http.client import HTTPResponse
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

OVERSIZED_LENGTH = 70_000


class RawResponse(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def authorization_header(admin_headers: dict[str, str]) -> bytes:
    """The raw header with an admin's token."""
    return b"Authorization: " + admin_headers["Authorization"].encode()


def send(server_url: str, first_line: bytes, *headers: bytes, body: bytes = b"") -> RawResponse:
    """Send raw bytes and read the response."""
    url = urlsplit(server_url)
    length = [b"Content-Length: %d" % len(body)] if body else []
    head = b"\r\n".join((first_line + b" HTTP/1.1", b"Host: localhost", *headers, *length))
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        connection.sendall(head + b"\r\n\r\n" + body)
        response = HTTPResponse(connection, method=first_line.split()[0].decode())
        response.begin()
        return RawResponse(response.status, dict(response.headers), response.read())


def assert_problem(response: RawResponse, status: int) -> None:
    assert response.status == status
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.body)["status"] == status


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_unknown_method_returns_allow_header(server_url: str, method: str) -> None:
    response = send(server_url, f"{method} /slots".encode())

    assert_problem(response, 405)
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_response_has_no_body(server_url: str, authorization_header: bytes) -> None:
    read, checked = (
        send(server_url, method + b" /doctors", authorization_header)
        for method in (b"GET", b"HEAD")
    )

    assert (checked.status, checked.body) == (200, b"")
    assert checked.headers["Content-Length"] == str(len(read.body))
    assert checked.headers["ETag"] == read.headers["ETag"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (b"/doctors/\xff\xfe", 404),
        (b"/doctors/%00", 404),
        (b"/static/\x00.css", 404),
        (b"/static/" + b"x" * OVERSIZED_LENGTH, 414),
        (b"/slots/%E2%82%AC~20261123T0900Z", 404),
        (b"/doctors?cursor=%00", 400),
        (b"/slots?date=%D9%A2026-11-23", 400),
        (b"*", 404),
    ],
)
def test_path_of_invalid_bytes_is_rejected(
    server_url: str, authorization_header: bytes, path: bytes, status: int
) -> None:
    assert_problem(send(server_url, b"GET " + path, authorization_header), status)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"Idempotency-Key: \xe9", 400),
        (b"If-Match: \xff\xfe", 400),
        (b"Content-Type: \xff", 415),
        (b"Content-Encoding: \xff", 415),
        (b"X-Long: " + b"x" * OVERSIZED_LENGTH, 431),
        (b"Transfer-Encoding: chunked", 411),
    ],
)
def test_header_of_invalid_bytes_is_rejected(
    server_url: str, authorization_header: bytes, header: bytes, status: int
) -> None:
    slot = b'{"start": "09:00", "status": "free"}'
    day = b'{"doctor_id": "dr-lee", "date": "2030-01-01", "slots": [%s]}' % slot

    json_type = b"" if header.startswith(b"Content-Type") else b"Content-Type: application/json"
    headers = filter(None, (authorization_header, json_type, header))

    assert_problem(send(server_url, b"POST /slots", *headers, body=day), status)


@pytest.mark.parametrize(
    "header", [b"If-None-Match: \xff", b"Accept: \xff;q=\xb2", b"Cookie: \xff"]
)
def test_invalid_bytes_in_optional_header_are_ignored(
    server_url: str, authorization_header: bytes, header: bytes
) -> None:
    assert send(server_url, b"GET /doctors", authorization_header, header).status == 200


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer \xff",
        b"Authorization: Bearer",
        b"Authorization: Bearer a.b.c",
        b"Authorization: Bearer " + b"x" * 30_000,
        b"Authorization: \x00",
        b"Cookie: session=\xff",
        b"Cookie: ;;;=;",
    ],
)
def test_malformed_credentials_are_unauthorized(server_url: str, header: bytes) -> None:
    assert_problem(send(server_url, b"GET /doctors", header), 401)


@pytest.mark.parametrize(
    "body",
    [
        b'{"holder": "\\ud800", "seconds": 30}',
        b'{"holder": "\\u0000", "seconds": 30}',
        b'{"holder": "\xff", "seconds": 30}',
        b'\xef\xbb\xbf{"holder": "h", "seconds": 30}',
        b'{"holder": "h", "seconds": 1e999}',
        b'{"holder": "h", "seconds": ' + b"9" * 5000 + b"}",
        b'{"holder": "h", "seconds": 30, "seconds": 3}',
        b'{"holder": ' + b"[" * 30_000 + b"]" * 30_000 + b', "seconds": 30}',
    ],
    ids=["surrogate", "nul", "utf-8", "bom", "infinite", "huge", "twice", "deep"],
)
def test_invalid_json_is_rejected(
    server_url: str, authorization_header: bytes, body: bytes
) -> None:
    path = b"PUT /slots/dr-lee~20300101T0900Z/hold"

    assert_problem(
        send(server_url, path, authorization_header, b"Content-Type: application/json", body=body),
        400,
    )


@pytest.mark.parametrize("doctor_id", ["dr-lee", "dr-okafor", "dr-walker"])
@pytest.mark.parametrize(
    ("date", "status"),
    [("2010-12-31", 400), ("2011-01-01", 200), ("9999-12-30", 200), ("9999-12-31", 400)],
)
def test_dates_are_accepted_up_to_calendar_limits(
    server_url: str, authorization_header: bytes, doctor_id: str, date: str, status: int
) -> None:
    for path in (
        f"/slots?doctor_id={doctor_id}&date={date}",
        f"/doctors/{doctor_id}/slots?from={date}",
        f"/availability?specialty=cardiology&from={date}",
    ):
        assert send(server_url, f"GET {path}".encode(), authorization_header).status == status
