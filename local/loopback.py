"""Ports of this machine, and who answers there."""

import http.client
import socket
from contextlib import closing

HOST = "127.0.0.1"
ANSWER_SECONDS = 5


def bind(port: int) -> socket.socket:
    """Bind a TCP socket as a server would; port 0 means any free one.

    Raises:
        OSError: ``EADDRINUSE`` where something listens there already.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


def free_port() -> int:
    """Give a port that nobody listens on at the moment."""
    with bind(0) as bound:
        return int(bound.getsockname()[1])


def status(port: int, path: str) -> int | None:
    """Give the HTTP status of a ``GET``, or ``None`` while nobody answers."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=ANSWER_SECONDS)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
