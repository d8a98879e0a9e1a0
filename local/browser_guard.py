"""ASGI middleware that protects a server of this machine from web pages of other sites.

MiniStack allows every origin and checks no signature. A page that finds its port could change the
local table, or sign in as any user.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
# Names that AWS clients use, and that no other site can let point to this machine.
_RESERVED_SUFFIXES = (".localhost", ".amazonaws.com")


class BrowserGuard:
    """Responds 403 to requests of another origin, and to requests for a host of another name.

    The second case is DNS rebinding: a page's own host name suddenly points to this machine. Other
    responses allow no origin either.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_trusted(scope["headers"]):
            await self._app(scope, receive, _without_cors_headers(send))
            return
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": b"Forbidden for pages of other sites\n"})


def _without_cors_headers(send: Send) -> Send:
    async def send_rest(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [
                (name, value)
                for name, value in message["headers"]
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": headers}
        await send(message)

    return send_rest


def _is_trusted(raw_headers: list[tuple[bytes, bytes]]) -> bool:
    headers = {name.lower(): value.decode("latin-1") for name, value in raw_headers}
    host = headers.get(b"host", "")
    origin = headers.get(b"origin")
    return _is_local(host) and origin in (None, f"http://{host}")


def _is_local(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return not name or name in _LOOPBACK_HOSTS or name.endswith(_RESERVED_SUFFIXES)
