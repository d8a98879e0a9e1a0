"""TCP ports of this machine."""

import http.client
import os
import socket
from contextlib import closing

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 5


def bind(port: int) -> socket.socket:
    """Return a listening TCP socket; port 0 means any free one."""
    return socket.create_server((HOST, port))


def free_port() -> int:
    """Return a port on which nothing listens at the moment."""
    with bind(0) as bound:
        return int(bound.getsockname()[1])


def status(port: int, path: str) -> int | None:
    """Return the HTTP status of a ``GET``, or ``None`` while no server answers."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None


def bypass_proxy() -> None:
    """Add this machine to ``no_proxy``: a proxy of the network cannot reach it."""
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = dict.fromkeys([*filter(None, given.split(",")), HOST, "localhost"])
    # "*" excludes everything, but only alone. Programs differ in which of the two they read.
    excluded = given if given == "*" else ",".join(hosts)
    os.environ.update({"no_proxy": excluded, "NO_PROXY": excluded})
