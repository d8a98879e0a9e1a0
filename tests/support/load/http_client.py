"""An HTTP client that records its responses in a history."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.history import Response

if TYPE_CHECKING:
    from tests.support.history import History

_MAX_RETRY_SECONDS = 60
_RETRY_PAUSE_SECONDS = 0.3


class HttpClient:
    """One client's connection to a server."""

    def __init__(self, url: str, history: History) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=40)
        self.history = history

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, path: str, body: object = None, key: str = "") -> Response:
        """Send a request once."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        invoked_at = time.time()
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        received = self._connection.getresponse()
        text = received.read()
        response = Response(
            path=path,
            status=received.status,
            headers=dict(received.headers),
            body=json.loads(text) if text else None,
            invoked_at=invoked_at,
            completed_at=time.time(),
        )
        self.history.responses.append(response)
        return response

    def resolve(self, method: str, path: str, body: object = None, key: str = "") -> list[Response]:
        """Retry a request until its outcome is known; return all responses, all but the last 503.

        Fails if the outcome stays unknown.
        """
        responses = [self.send(method, path, body, key)]
        while responses[-1].status == http.client.SERVICE_UNAVAILABLE:
            assert responses[-1].completed_at < responses[0].invoked_at + _MAX_RETRY_SECONDS, (
                method,
                path,
                body,
            )
            time.sleep(_RETRY_PAUSE_SECONDS)
            responses.append(self.send(method, path, body, key))
        return responses
