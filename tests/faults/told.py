"""What clients are told: every answer, with when it was asked for, and what it says of slots."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.faults.serial import Deed

if TYPE_CHECKING:
    from collections.abc import Mapping

# The app gives up on a call of the store after so many seconds, and the store may still do it.
_PATIENCE = 4
# Seconds for which the same is sent until it is answered, and those in between.
_LONGEST = 60
_PAUSE = 0.3


@dataclass
class Told:
    """An answer, when it was asked for, and when it came; by the clock by which holds end."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: Any
    asked: float
    answered: float

    @property
    def is_late(self) -> bool:
        """Whether a call may be left behind it that takes effect yet."""
        return self.answered - self.asked > _PATIENCE


@dataclass
class Log:
    """What all clients were told: deeds by slot, and what else can be compared.

    ``forgotten`` are the ends of holds whose holders did not come back.
    """

    deeds: list[tuple[str, Deed]] = field(default_factory=list)
    answers: list[Told] = field(default_factory=list)
    overtaken: list[Told] = field(default_factory=list)
    saves: list[tuple[str, str, int, Told]] = field(default_factory=list)
    days: list[tuple[str, int, Told]] = field(default_factory=list)
    forgotten: list[float] = field(default_factory=list)

    def note(self, slot: str, what: str, said: str, told: Told, **who: str) -> None:
        """What an answer says of that slot, and what it leaves open."""
        deed = Deed(what, said, told.asked, told.answered, **who)
        self.deeds.append((slot, deed))
        if told.is_late and deed.is_sure and what != "see":
            self.deeds.append((slot, replace(deed, told="unknown")))

    def statuses(self) -> Counter[int]:
        """How often each."""
        return Counter(answer.status for answer in self.answers)

    def __str__(self) -> str:
        """What they were told how often, and how long it took."""
        counts = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.statuses().items())
        )
        times = sorted(answer.answered - answer.asked for answer in self.answers)
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        return (
            f"{len(times)} answers ({counts}): p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
            f"longest {times[-1] * 1000:.0f} ms; {len(self.saves)} saves, "
            f"{len(self.forgotten)} holds left to the clock"
        )


class Line:
    """One client's connection; all that comes over it is logged."""

    def __init__(self, url: str, log: Log) -> None:
        """Nothing is asked yet."""
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=40)
        self.log = log

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None, key: str = "") -> Told:
        """Send it once."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        asked = time.time()
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        told = Told(
            path=path,
            status=answer.status,
            headers=dict(answer.headers),
            body=json.loads(text) if text else None,
            asked=asked,
            answered=time.time(),
        )
        self.log.answers.append(told)
        return told

    def settle(self, method: str, path: str, body: object = None, key: str = "") -> list[Told]:
        """Send the same until it is clear what became of it: all the answers, which are 503 before.

        Fails where it never is.
        """
        answers = [self.ask(method, path, body, key)]
        while answers[-1].status == http.client.SERVICE_UNAVAILABLE:
            assert answers[-1].answered < answers[0].asked + _LONGEST, (method, path, body)
            time.sleep(_PAUSE)
            answers.append(self.ask(method, path, body, key))
        return answers
