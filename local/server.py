"""``chalice local``, made fast and honest about HTTP."""

import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from weakref import WeakSet

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    LocalChalice,
    LocalGateway,
    LocalGatewayException,
    ThreadedHTTPServer,
)
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.http import parse_accept_header

from local.refusals import PROBLEM, Refusal, UnusableBody, as_page, as_problem

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes; API Gateway takes no larger request either."""

WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)

SHUTDOWN_POLL_SECONDS = 0.1
LAST_ANSWERS_SECONDS = 5
UNREAD_BODY_SECONDS = 2


@contextmanager
def serve(app: Chalice, config: Config, host: str, port: int) -> Iterator[str]:
    """Answer requests, each in a thread, while the block runs; gives the base URL.

    Port 0 takes any free port. The end of the block waits for the answers under way.

    Raises:
        OSError: the port cannot be had.
    """
    gateway = Gateway(_with_a_request_per_thread(app), config)
    server = Server((host, port), partial(Handler, gateway=gateway))
    answering = partial(server.serve_forever, poll_interval=SHUTDOWN_POLL_SECONDS)
    threading.Thread(target=answering, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.finish_answers()
        server.server_close()


def _with_a_request_per_thread(app: Chalice) -> Chalice:
    """Let threads share the app: as Chalice ships it, it holds one current request."""
    if not isinstance(app, LocalChalice):
        app.__class__ = type("ThreadedChalice", (LocalChalice, type(app)), {})
    return app


class Gateway(LocalGateway):
    """API Gateway as the cloud stack configures it.

    To a path without a route Chalice says what API Gateway says unless told otherwise: 403 "Missing
    Authentication Token". In the cloud the template's ``GatewayResponses`` make a 404 of that,
    here this class does.
    """

    def _generate_lambda_event(
        self, method: str, path: str, headers: dict[str, Any], body: bytes | None
    ) -> dict[str, Any]:
        try:
            return super()._generate_lambda_event(method, path, headers, body)
        except ValueError:
            detail = f"There is nothing at {path.partition('?')[0]}."
            raise Refusal(HTTPStatus.NOT_FOUND, detail) from None

    def _has_user_defined_options_method(self, _lambda_event: dict[str, Any]) -> bool:
        """Have the app answer OPTIONS too: Chalice itself says 200, and nothing of use."""
        return True


class Handler(ChaliceRequestHandler):
    """One connection: HTTP's rules about bodies, and errors in the project's one shape."""

    # Nagle's algorithm holds back the second packet of each answer: 40 ms a request.
    disable_nagle_algorithm = True

    def __init__(
        self,
        request: socket.socket,
        client_address: object,
        server: HTTPServer,
        *,
        gateway: Gateway,
    ) -> None:
        self.local_gateway = gateway
        # Chalice's own __init__ only adds a gateway per connection.
        BaseHTTPRequestHandler.__init__(self, request, client_address, server)

    def _generic_handle(self) -> None:
        try:
            super()._generic_handle()
        except UnusableBody as refusal:
            self._refuse(refusal.status, refusal.detail, close=True)
            self._drop_unread_body()

    # http.server's names.
    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _generic_handle  # noqa: N815
    do_TRACE = do_QUERY = _generic_handle  # noqa: N815  known to HTTP, so 405 rather than 501

    def _parse_payload(self) -> tuple[dict[str, Any], bytes | None]:
        length = self._body_length()
        body = self.rfile.read(length)
        if len(body) < length:
            detail = f"The body ended after {len(body)} of {length} bytes."
            raise UnusableBody(HTTPStatus.BAD_REQUEST, detail)
        return dict(self.headers), body or None

    def _body_length(self) -> int:
        if "Transfer-Encoding" in self.headers:
            raise UnusableBody(HTTPStatus.LENGTH_REQUIRED, "Send a Content-Length, not chunks.")
        given = self.headers.get_all("Content-Length", ["0"])
        if len(set(given)) > 1 or not (given[0].isascii() and given[0].isdigit()):
            detail = f"Content-Length is no number of bytes: {', '.join(given)}"
            raise UnusableBody(HTTPStatus.BAD_REQUEST, detail)
        # Longer than the limit has digits: int() refuses thousands of them.
        if len(given[0]) > len(str(BODY_LIMIT)) or int(given[0]) > BODY_LIMIT:
            detail = f"A request's body may have {BODY_LIMIT:,} bytes at most."
            raise UnusableBody(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
        return int(given[0])

    def _drop_unread_body(self) -> None:
        """Let the client finish sending: to close before that would destroy the answer."""
        until = time.monotonic() + UNREAD_BODY_SECONDS
        self.connection.settimeout(UNREAD_BODY_SECONDS)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while self.connection.recv(65536) and time.monotonic() < until:
                pass

    def _send_error_response(self, error: LocalGatewayException) -> None:
        if isinstance(error, Refusal):
            self._refuse(error.status, error.detail)
        else:
            super()._send_error_response(error)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Say in the project's shape what ``http.server`` says in HTML of its own."""
        status = HTTPStatus(code)
        self._refuse(status, f"{message or explain or status.description}.", close=True)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tell whoever watches how a request ended, but for a page that looks for news in vain.

        What stands behind the ``?`` is left out: a holder or a booking may be named there.
        """
        del size
        if code != HTTPStatus.NOT_MODIFIED:
            # A request whose first line is no HTTP has no path.
            path = getattr(self, "path", "").partition("?")[0]
            self.log_message("%s %s %s", int(code), self.command or "-", path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
        """One short line, and whatever bytes a client sends, one that leaves the terminal alone."""
        told = (format % args).encode("unicode_escape").decode("ascii")
        print(f"{time.strftime('%H:%M:%S')} {told}", file=sys.stderr, flush=True)

    def _refuse(self, status: HTTPStatus, detail: str, *, close: bool = False) -> None:
        as_html = self._wants_html()
        headers = {
            "Content-Type": "text/html; charset=utf-8" if as_html else PROBLEM,
            "Vary": "Accept, HX-Request",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        if as_html:
            headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        if close:
            headers["Connection"] = "close"
        self._send_http_response(
            status, headers, (as_page if as_html else as_problem)(status, detail)
        )

    def _wants_html(self) -> bool:
        # A request whose first line is no HTTP has no headers.
        headers: Mapping[str, str] = getattr(self, "headers", {})
        accept = parse_accept_header(headers.get("Accept", "*/*"), MIMEAccept)
        best = accept.best_match([PROBLEM, "application/json", "text/html"])
        return best == "text/html" or "HX-Request" in headers

    def _send_http_response(
        self, code: int, headers: dict[str, Any], body: str | bytes | None
    ) -> None:
        content = body.encode() if isinstance(body, str) else body or b""
        # Names without regard to case, and a list of values as so many lines.
        answer = Headers(headers)
        if code in WITHOUT_BODY:
            content = b""
            answer.remove("Content-Type")
        else:
            answer["Content-Length"] = len(content)
            if body is not None:
                answer.setdefault("Content-Type", "application/json")
        self.send_response(code)
        for name, value in answer:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class Server(ThreadedHTTPServer):
    """A thread per connection, and an end that cuts nobody off."""

    # The five that Python lets wait for a thread are too few for a browser and a load test.
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: partial[Handler]) -> None:
        self._connections = WeakSet[socket.socket]()
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def finish_answers(self) -> None:
        """Let the answers under way be sent, and nothing more be asked."""
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        until = time.monotonic() + LAST_ANSWERS_SECONDS
        while any(map(_is_open, self._connections)) and time.monotonic() < until:
            time.sleep(0.01)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Print a traceback for a bug, not for a client that has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _is_open(connection: socket.socket) -> bool:
    return connection.fileno() >= 0
