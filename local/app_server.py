"""Local HTTP server: waitress, and an adapter that invokes the app as API Gateway does."""

import base64
import gzip
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from socket import socket
from typing import Any
from urllib.parse import quote, quote_from_bytes, unquote_to_bytes
from wsgiref.types import StartResponse, WSGIEnvironment

from chalice.app import Chalice, Request
from chalice.local import LambdaContext, LambdaEventConverter, LocalChalice, RouteMatcher
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error
from werkzeug.datastructures import Accept, EnvironHeaders, Headers
from werkzeug.http import parse_accept_header
from werkzeug.wrappers import Response

from chalicelib.web.api.problem_details import problem_from_error
from chalicelib.web.auth.origin_checks import SAFE_METHODS
from chalicelib.web.error_handler import render_problem
from chalicelib.web.http.cors import add_cors_headers
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.security_headers import BASE_HEADERS, DEFAULT_HEADERS
from chalicelib.web.pages.sign_out_form import allow_sign_out
from local import ports

MAX_BODY_BYTES = 10 * 1024 * 1024  # the limit of API Gateway
MAX_LINE_BYTES = 65_536
MIN_COMPRESSED_BYTES = 1024  # minimum_compression_size in .chalice/config.json
MAX_CONNECTIONS = 1000
THREADS = 64
SHUTDOWN_SECONDS = 5
_PAGE_NOT_FOUND = "Page not found"
_ROOT = LambdaEventConverter(RouteMatcher(["/"]))


@contextmanager
def serve(
    app: Chalice, bound_socket: socket, after_write: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """Serve requests in threads on a bound socket, while the block runs; yields the base URL.

    It calls ``after_write`` after each request whose method may write.
    At the end of the block, it waits for requests in progress.
    """
    sockets: dict[int, Any] = {}
    server = create_server(
        ApiGateway(app, after_write),
        map=sockets,
        sockets=[bound_socket],
        threads=THREADS,
        connection_limit=MAX_CONNECTIONS,
        # If the connection closes while a client still sends, the client loses the response. So the
        # server reads bodies that are too large, and ApiGateway rejects them.
        max_request_body_size=10 * MAX_BODY_BYTES,
        log_socket_errors=False,
        ident=None,
    )
    server.channel_class = _Channel
    loop = threading.Thread(target=server.run, daemon=True)
    loop.start()
    try:
        yield f"http://{ports.HOST}:{server.effective_port}"
    finally:
        _shut_down(server, sockets)
        loop.join(SHUTDOWN_SECONDS)


def _shut_down(server: TcpWSGIServer, sockets: dict[int, Any]) -> None:
    """Stop accepting, finish the requests in progress, then close all connections."""
    # Only the loop's thread may close sockets; the trigger calls a function in that thread.
    server.trigger.pull_trigger(partial(wasyncore.dispatcher.close, server))
    server.task_dispatcher.shutdown(timeout=SHUTDOWN_SECONDS)
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    while time.monotonic() < deadline and any(
        channel.total_outbufs_len for channel in list(server.active_channels.values())
    ):
        time.sleep(0.01)
    # If the loop wakes by itself in between, it has closed everything, the trigger included.
    with suppress(OSError):
        server.trigger.pull_trigger(partial(wasyncore.close_all, sockets, ignore_all=True))


class ApiGateway:
    """WSGI application that invokes the app as API Gateway invokes Lambda (REST API, proxy).

    A path without a route returns 404, as with the template's ``GatewayResponses`` in AWS.
    """

    def __init__(self, app: Chalice, after_write: Callable[[], None]) -> None:
        # A Chalice app has one current request, as in Lambda; LocalChalice has one per thread.
        app.__class__ = type("ThreadSafeChalice", (LocalChalice, type(app)), {})
        self._app = app
        self._after_write = after_write
        self._converter = LambdaEventConverter(RouteMatcher(list(app.routes)))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        headers = {name.lower(): value for name, value in EnvironHeaders(environ)}
        try:
            _require_valid(target, headers, environ["SERVER_PROTOCOL"])
            content = environ["wsgi.input"].read()
            response = self._invoke(method, normalize_target(target), headers, content)
        except HttpError as error:
            response = _render(error, headers)
        if method not in SAFE_METHODS:
            self._after_write()
        _compress(response, headers.get("accept-encoding", ""))
        _log_request(response.status_code, method, target)
        return response(environ, start_response)

    def _invoke(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Response:
        try:
            event = self._converter.create_lambda_event(method, target, headers, body or None)
        except ValueError:
            raise HttpError(HTTPStatus.NOT_FOUND, _PAGE_NOT_FOUND) from None
        result = self._app(event, LambdaContext(self._app.app_name, memory_size=0))
        text = result["body"]
        content = base64.b64decode(text) if result.get("isBase64Encoded") else text.encode()
        response_headers = Headers({**result["headers"], **result["multiValueHeaders"]})
        return _response(result["statusCode"], response_headers, content)


_ABSOLUTE_FORM = re.compile(r"https?://[^/?]*", re.IGNORECASE)
_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = "-._~"
_HOST = re.compile(r"([A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\])?(:[0-9]*)?")


def normalize_target(target: str) -> str:
    """Return path and query such that Chalice matches the path as API Gateway does.

    Of percent-encoded characters, those that never need it are decoded (RFC 3986, section 6.2.2.2);
    an encoded slash separates nothing. Chalice's parser gives a meaning to ``;``, ``#`` and a
    leading ``//`` that they don't have in a path.
    """
    path, mark, query = _ABSOLUTE_FORM.sub("", target, count=1).partition("?")
    decoded = _ENCODED.sub(lambda match: quote(unquote_to_bytes(match[0]), safe=_UNRESERVED), path)
    decoded = decoded.replace(";", "%3B").replace("#", "%23")
    if decoded.startswith("//"):
        raise HttpError(HTTPStatus.NOT_FOUND, _PAGE_NOT_FOUND)
    return f"{decoded or '/'}{mark}{query}"


def _response(status: int, headers: Headers, body: bytes) -> Response:
    content_type = headers.get("Content-Type", "application/json")
    phrase = HTTPStatus(status).phrase
    return Response(body, f"{status} {phrase}", headers, content_type=content_type)


def _compress(response: Response, accepted: str) -> None:
    """Compress the body as API Gateway does, so that a page loads locally as in AWS."""
    body = response.get_data()
    if len(body) >= MIN_COMPRESSED_BYTES and parse_accept_header(accepted, Accept)["gzip"]:
        response.set_data(gzip.compress(body, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def _require_valid(target: str, headers: dict[str, str], protocol: str) -> None:
    """Raise ``HttpError`` for requests that waitress accepts: too long, or without one host."""
    if len(target) > MAX_LINE_BYTES:
        raise HttpError(HTTPStatus.REQUEST_URI_TOO_LONG, "The URL is too long.")
    if max(map(len, headers.values()), default=0) > MAX_LINE_BYTES:
        raise HttpError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "A header is too long.")
    # RFC 9112, section 3.2: HTTP/1.1 requires the header, HTTP/1.0 does not know it.
    is_missing = protocol == "HTTP/1.1" and "host" not in headers
    if is_missing or not _HOST.fullmatch(headers.get("host", "")):
        raise HttpError(HTTPStatus.BAD_REQUEST, "Send one Host header.")
    if int(headers.get("content-length", 0)) > MAX_BODY_BYTES:
        detail = f"A request's body may have {MAX_BODY_BYTES:,} bytes at most."
        raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


def _render(error: HttpError, request_headers: dict[str, str]) -> Response:
    """Render an error of the gateway itself as the app renders its own errors."""
    event = _ROOT.create_lambda_event("GET", "/", request_headers, None)
    problem = problem_from_error(error)
    # The app's middleware does not see this response, and browsers would block the sign-out, or
    # hide the error from another site's page.
    rendered = add_cors_headers(
        Request(event),
        partial(allow_sign_out, get_response=lambda request: render_problem(problem, request)),
    )
    headers = Headers({**DEFAULT_HEADERS, **rendered.headers, **BASE_HEADERS})
    return _response(rendered.status_code, headers, rendered.body.encode())


def _log_request(status: int, method: str, target: str) -> None:
    """Print one line per request, except for 304 responses to polls.

    The query is left out: it may name a patient. Control characters are escaped, since a terminal
    would interpret them.
    """
    if status != HTTPStatus.NOT_MODIFIED:
        line = f"{status} {method} {target.partition('?')[0]}".encode("unicode_escape").decode()
        print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


class _LengthRequiredError(Error):
    code = HTTPStatus.LENGTH_REQUIRED
    reason = HTTPStatus.LENGTH_REQUIRED.phrase


class _RequestParser(HTTPRequestParser):
    """Parser that passes unusual bytes on to the app, and rejects chunked bodies."""

    def parse_header(self, header_plus: bytes) -> None:
        target, line_end, fields = header_plus.partition(b"\r\n")
        quoted = quote_from_bytes(target, safe=bytes(range(128))).encode()
        # RFC 9110, section 5.5: a server rejects NUL or replaces it with a space.
        super().parse_header(quoted + line_end + fields.replace(b"\0", b" "))
        if self.chunked:
            self.body_rcv = None
            self.error = _LengthRequiredError("Send a Content-Length, not chunks")


class _ResponseTask(WSGITask):
    """Response whose header names are spelled as the app spells them, such as ``ETag``."""

    def build_response_header(self) -> bytes:
        names = [name for name, _ in self.response_headers]
        header: bytes = super().build_response_header()
        for name in names:
            header = header.replace(f"\r\n{name.title()}: ".encode(), f"\r\n{name}: ".encode())
        return header


class _ProblemTask(ErrorTask):
    """Response to a request that the server cannot parse."""

    def execute(self) -> None:
        request = self.request
        error = HttpError(HTTPStatus(request.error.code), f"{request.error.body}.")
        response = _render(error, {"accept": request.headers.get("ACCEPT", "")})
        path = getattr(request, "request_uri", "")
        _log_request(response.status_code, getattr(request, "command", "-"), path)
        self.status = response.status
        self.response_headers.extend(response.headers.to_wsgi_list())
        self.set_close_on_finish()
        self.content_length = response.content_length
        self.write(response.get_data())


class _Channel(HTTPChannel):
    parser_class = _RequestParser
    task_class = _ResponseTask
    error_task_class = _ProblemTask
