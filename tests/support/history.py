"""The history of a load test: every response, and what it says about slots."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.support.linearizability import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

# The app gives up on a DynamoDB call after this time; DynamoDB may still execute it.
_STORE_TIMEOUT_SECONDS = 4


@dataclass
class Response:
    """A response with the times of its invocation and completion, by the clock that ends holds."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: Any
    invoked_at: float
    completed_at: float

    @property
    def may_have_pending_write(self) -> bool:
        """Whether a write of this request may still take effect after the response."""
        return self.completed_at - self.invoked_at > _STORE_TIMEOUT_SECONDS


@dataclass
class History:
    """The calls of all clients by slot, and the responses that other checks compare.

    ``superseded`` are responses that report another client's slot although the client's own first
    attempt has succeeded. ``expired_holds`` are the ends of holds whose holders did not return.
    """

    calls: list[tuple[str, Call]] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    superseded: list[Response] = field(default_factory=list)
    saves: list[tuple[str, str, int, Response]] = field(default_factory=list)
    day_reads: list[tuple[str, int, Response]] = field(default_factory=list)
    expired_holds: list[float] = field(default_factory=list)

    def record(
        self,
        slot: str,
        operation: str,
        result: str,
        response: Response,
        *,
        client: str = "",
        holder: str = "",
    ) -> None:
        """Add a call, and a second one with unknown outcome if a write may be pending."""
        call = Call(operation, result, response.invoked_at, response.completed_at, client, holder)
        self.calls.append((slot, call))
        if response.may_have_pending_write and call.is_certain and operation != "read":
            self.calls.append((slot, replace(call, result="unknown")))

    def status_counts(self) -> Counter[int]:
        return Counter(response.status for response in self.responses)

    def __str__(self) -> str:
        """The number of responses by status, and their latencies."""
        counts = ", ".join(
            f"{count} x {status}" for status, count in sorted(self.status_counts().items())
        )
        times = sorted(response.completed_at - response.invoked_at for response in self.responses)
        p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
        return (
            f"{len(times)} responses ({counts}): p50 {p50:.0f} ms, p99 {p99:.0f} ms, "
            f"longest {times[-1] * 1000:.0f} ms; {len(self.saves)} saves, "
            f"{len(self.expired_holds)} expired holds"
        )
