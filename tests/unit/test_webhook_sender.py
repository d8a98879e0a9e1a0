"""Sending a webhook: which addresses it connects to, and how long it waits."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.domain.webhook_delivery import Attempt, DeliveryError
from chalicelib.events.webhook_sender import WebhookSender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NOT_PUBLIC = Attempt(error=DeliveryError.NOT_PUBLIC)
TIMEOUT = Attempt(error=DeliveryError.TIMEOUT)
CONNECTION = Attempt(error=DeliveryError.CONNECTION)


def read_request(connection: socket.socket) -> None:
    """Read all of it: closing a connection with something unread would lose the response."""
    received = b""
    while not received.endswith(b"{}") and (more := connection.recv(65536)):
        received += more


def respond_ok(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(OK)


@contextmanager
def listening(
    respond: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """Accept connections while the block runs; yield the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with suppress(OSError), connection:
                    wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
                    respond(wrapped)
                    wrapped.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def send(url: str, sender: WebhookSender | None = None) -> Attempt:
    return (sender or WebhookSender(allow_loopback=True, seconds=0.3)).send(url, {}, "{}")


def test_status_of_the_response_is_returned() -> None:
    with listening(respond_ok) as port:
        assert send(f"http://127.0.0.1:{port}/") == Attempt(status=200)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["::1"], []]
)
def test_private_address_is_not_connected_to(addresses: list[str]) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return addresses

    with listening(respond_ok) as port:
        sender = WebhookSender(allow_loopback=True, resolver=resolve, seconds=0.3)
        assert send(f"https://hooks.example.org:{port}/", sender) == NOT_PUBLIC
    assert asked == ["hooks.example.org"]


def test_name_is_resolved_once_so_a_second_answer_has_no_effect() -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    with listening(respond_ok) as port:
        sender = WebhookSender(allow_loopback=True, resolver=lambda *_: next(answers))
        assert send(f"http://localhost:{port}/", sender) == Attempt(status=200)
    assert next(answers) == ["10.0.0.1"]


def test_loopback_is_refused_in_the_cloud() -> None:
    assert send("http://127.0.0.1:9/", WebhookSender()) == NOT_PUBLIC
    assert send("https://localhost/", WebhookSender()) == NOT_PUBLIC


def test_local_name_that_leaves_this_machine_is_refused() -> None:
    sender = WebhookSender(allow_loopback=True, resolver=lambda *_: ["8.8.8.8"])
    assert send("http://localhost/", sender) == NOT_PUBLIC


def test_name_without_an_address_is_an_error_of_the_connection() -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    assert send("https://hooks.example.org/", WebhookSender(resolver=resolve)) == CONNECTION


def test_second_address_is_tried_if_the_first_does_not_connect() -> None:
    with listening(respond_ok) as port:
        sender = WebhookSender(allow_loopback=True, resolver=lambda *_: ["127.0.0.9", "127.0.0.1"])
        assert send(f"http://localhost:{port}/", sender) == Attempt(status=200)


def hang(connection: socket.socket) -> None:
    with suppress(OSError):
        while connection.recv(65536):
            pass


def drip(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)


@pytest.mark.parametrize("respond", [hang, drip])
def test_endpoint_that_hangs_is_given_up(respond: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with listening(respond) as port:
        assert send(f"http://127.0.0.1:{port}/") == TIMEOUT
    assert time.monotonic() - began < 5


def test_endpoint_that_speaks_no_http_is_an_error() -> None:
    with listening(lambda connection: connection.sendall(b"SSH-2.0\r\n")) as port:
        assert send(f"http://127.0.0.1:{port}/") == CONNECTION


def test_long_body_is_not_read() -> None:
    def respond(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n" + b"x" * 9999
        )

    with listening(respond) as port:
        assert send(f"http://127.0.0.1:{port}/") == Attempt(status=200)


def make_certificate(folder: Path, name: str) -> Path:
    """Write a self-signed certificate of a host with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("203.0.113.9"))]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + certificate.public_bytes(pem))
    return file


@pytest.mark.parametrize(
    ("name", "expected"), [("localhost", Attempt(status=200)), ("other.example", CONNECTION)]
)
def test_tls_verifies_the_name_of_the_url(tmp_path: Path, name: str, expected: Attempt) -> None:
    file = make_certificate(tmp_path, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=str(file))

    with listening(respond_ok, tls) as port:
        sender = WebhookSender(allow_loopback=True, tls=trusting, seconds=2)
        assert send(f"https://localhost:{port}/", sender) == expected


def test_certificate_of_an_unknown_issuer_is_refused(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(make_certificate(tmp_path, "localhost"))

    with listening(respond_ok, tls) as port:
        assert send(f"https://localhost:{port}/") == CONNECTION


def test_handshake_that_hangs_is_given_up() -> None:
    with listening(hang) as port:
        assert send(f"https://localhost:{port}/") == TIMEOUT
