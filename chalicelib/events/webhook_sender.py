"""Send webhooks: POST to an address that was checked, without redirects, within a time limit.

The name of the URL is resolved once, all its addresses are checked, and the connection is made to
one of them: another answer of the name server a moment later has no effect (DNS rebinding). TLS
verifies the name of the URL.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.webhook_delivery import Attempt, DeliveryError
from chalicelib.domain.webhook_url import (
    EndpointUrl,
    is_loopback_host,
    is_public_address,
    parse_url,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SEND_SECONDS = 10.0
"""Within this time, the endpoint must have answered."""
_CONNECT_SECONDS = 3.0
_MAX_ADDRESSES = 3
_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": "MediLink-Slots-Webhooks/1",
    "Connection": "close",
}


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, those of IPv4 first. Raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for family, *_, address in sorted(found, key=lambda each: each[0])]


class WebhookSender:
    """Sends to public addresses by https; ``allow_loopback`` is for a local server.

    ``resolver`` finds the addresses of a name, ``tls`` verifies the endpoint. The answer must begin
    within ``seconds``; its body is not read.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolver: Callable[[str, int], Sequence[str]] = resolve,
        tls: ssl.SSLContext | None = None,
        seconds: float = SEND_SECONDS,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._resolve = resolver
        self._tls = tls or ssl.create_default_context()
        self._seconds = seconds

    def send(self, text: str, headers: Mapping[str, str], body: str) -> Attempt:
        """Send once, and return the status of the response, or why there is none."""
        try:
            url = parse_url(text, allow_loopback=self._allow_loopback)
            addresses = self._checked_addresses(url)
        except (RequestRejectedError, PermissionError):
            return Attempt(error=DeliveryError.NOT_PUBLIC)
        except (OSError, UnicodeError):
            return Attempt(error=DeliveryError.CONNECTION)
        connection = _CheckedConnection(url, addresses, self._tls, self._seconds)
        with closing(connection):
            return self._exchange(connection, url, headers, body)

    def _checked_addresses(self, url: EndpointUrl) -> Sequence[str]:
        """Return the addresses of the URL. Raises ``PermissionError`` if one is not allowed."""
        addresses = self._resolve(url.host, url.port)
        is_local = self._allow_loopback and is_loopback_host(url.host)
        is_allowed = is_loopback_host if is_local else is_public_address
        if not addresses or not all(map(is_allowed, addresses)):
            raise PermissionError
        return addresses[:_MAX_ADDRESSES]

    def _exchange(
        self,
        connection: _CheckedConnection,
        url: EndpointUrl,
        headers: Mapping[str, str],
        body: str,
    ) -> Attempt:
        limit = Timer(self._seconds, connection.abort)
        limit.daemon = True
        limit.start()
        try:
            connection.request("POST", url.target, body.encode(), {**_HEADERS, **headers})
            result = Attempt(status=connection.getresponse().status)
        except TimeoutError:
            result = Attempt(error=DeliveryError.TIMEOUT)
        except (OSError, HTTPException, ValueError):
            result = Attempt(error=DeliveryError.CONNECTION)
        finally:
            limit.cancel()
        # Headers that are cut off by the end of the time look complete.
        return Attempt(error=DeliveryError.TIMEOUT) if connection.is_aborted else result


class _CheckedConnection(HTTPConnection):
    """A connection to one of the addresses; ``abort`` ends it, whatever it waits for.

    A timeout of the socket alone would not do: an endpoint could send one byte after the other.
    """

    def __init__(
        self, url: EndpointUrl, addresses: Sequence[str], tls: ssl.SSLContext, seconds: float
    ) -> None:
        super().__init__(url.host, url.port, timeout=seconds)
        self.default_port = 443 if url.scheme == "https" else 80
        self.is_aborted = False
        self._addresses = addresses
        self._tls = tls if url.scheme == "https" else None
        self._guard: socket.socket | None = None

    def connect(self) -> None:
        sock = self._open()
        # The same connection, also while and after TLS takes over the socket.
        self._guard = sock.dup()
        sock.settimeout(self.timeout)
        self.sock = self._tls.wrap_socket(sock, server_hostname=self.host) if self._tls else sock

    def _open(self) -> socket.socket:
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), _CONNECT_SECONDS)
        return socket.create_connection((last, self.port), _CONNECT_SECONDS)

    def abort(self) -> None:
        """End the connection."""
        self.is_aborted = True
        if self._guard:
            with suppress(OSError):
                self._guard.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._guard:
            self._guard.close()
