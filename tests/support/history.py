"""What clients are told: every answer, with when it was asked for, and what it says of slots."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.linearizability import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

# The app gives up on a call of the store after so many seconds, and the store may still do it.
_STORE_TIMEOUT_SECONDS = 4
# Seconds for which the same is sent until it is answered, and those in between.
_MAX_RETRY_SECONDS = 60
_RETRY_PAUSE_SECONDS = 0.3


@dataclass
class Response:
    """An answer, when it was asked for, and when it came; by the clock by which holds end."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: Any
    invoked_at: float
    completed_at: float

    @property
    def may_have_pending_write(self) -> bool:
        """Whether a call may be left behind it that takes effect yet."""
        return self.completed_at - self.invoked_at > _STORE_TIMEOUT_SECONDS


@dataclass
class History:
    """What all clients were told: deeds by slot, and what else can be compared.

    ``forgotten`` are the ends of holds whose holders did not come back.
    """

    calls: list[tuple[str, Call]] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    superseded: list[Response] = field(default_factory=list)
    saves: list[tuple[str, str, int, Response]] = field(default_factory=list)
    day_reads: list[tuple[str, int, Response]] = field(default_factory=list)
    expired_holds: list[float] = field(default_factory=list)

    def record(
        self, slot: str, operation: str, result: str, response: Response, **call_fields: str
    ) -> None:
        """What an answer says of that slot, and what it leaves open."""
        deed = Call(operation, result, response.invoked_at, response.completed_at, **call_fields)
        self.calls.append((slot, deed))
        if response.may_have_pending_write and deed.is_certain and operation != "see":
            self.calls.append((slot, replace(deed, result="unknown")))

    def status_counts(self) -> Counter[int]:
        """How often each."""
        return Counter(answer.status for answer in self.responses)

    def __str__(self) -> str:
        """What they were told how often, and how long it took."""
        counts = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.status_counts().items())
        )
        times = sorted(answer.completed_at - answer.invoked_at for answer in self.responses)
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        return (
            f"{len(times)} answers ({counts}): p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
            f"longest {times[-1] * 1000:.0f} ms; {len(self.saves)} saves, "
            f"{len(self.expired_holds)} holds left to the clock"
        )


class HttpClient:
    """One client's connection; all that comes over it is logged."""

    def __init__(self, url: str, history: History) -> None:
        """Nothing is asked yet."""
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=40)
        self.history = history

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def send(self, method: str, path: str, body: object = None, key: str = "") -> Response:
        """Send it once."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        asked = time.time()
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        told = Response(
            path=path,
            status=answer.status,
            headers=dict(answer.headers),
            body=json.loads(text) if text else None,
            invoked_at=asked,
            completed_at=time.time(),
        )
        self.history.responses.append(told)
        return told

    def resolve(self, method: str, path: str, body: object = None, key: str = "") -> list[Response]:
        """Send the same until it is clear what became of it: all the answers, which are 503 before.

        Fails where it never is.
        """
        answers = [self.send(method, path, body, key)]
        while answers[-1].status == http.client.SERVICE_UNAVAILABLE:
            assert answers[-1].completed_at < answers[0].invoked_at + _MAX_RETRY_SECONDS, (
                method,
                path,
                body,
            )
            time.sleep(_RETRY_PAUSE_SECONDS)
            answers.append(self.send(method, path, body, key))
        return answers
