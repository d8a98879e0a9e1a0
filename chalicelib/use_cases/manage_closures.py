"""Use case of admins: close the practice on some dates, and lift that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.audit_log import Actor
from chalicelib.domain.closure import Closure
from chalicelib.domain.errors import ConflictError, RequestRejectedError
from chalicelib.domain.imports import line_violation
from chalicelib.domain.permissions import Role
from chalicelib.domain.text import Text
from chalicelib.domain.time_off import validate_time_off
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.closure_repository import ClosureRepository
    from chalicelib.storage.doctor_repository import DoctorRepository


class ClosureRequest(Struct, frozen=True, kw_only=True):
    """A closure as a client requests it, for whole dates, both included.

    ``line`` is that of a file.
    """

    name: str
    first: date
    last: date
    line: int | None = None


class ManageClosures:
    """Closures apply to every doctor; ``ApplyClosures`` gives them to each.

    ``new_id`` returns a random text for an id, in letters and digits.
    """

    def __init__(
        self,
        closures: ClosureRepository,
        doctors: DoctorRepository,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        pause: Callable[[int], None],
    ) -> None:
        self._closures = closures
        self._doctors = doctors
        self._new_id = new_id
        self._now = now
        self._pause = pause

    def create(self, caller: Caller, requests: Sequence[ClosureRequest]) -> tuple[Closure, ...]:
        """Store the closures, all if they are valid; nothing is closed yet.

        Raises ``RequestRejectedError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        caller.require_admin()
        now = self._now()
        _require_valid(requests, now)
        count = retry_on_conflict(self._doctors.count, self._pause)
        closures = tuple(
            Closure(
                closure_id=f"{now:%Y%m%dT%H%M%S}Z-{self._new_id()}",
                name=request.name,
                first=request.first,
                last=request.last,
                author=Actor.of(caller, Role.ADMIN),
                changed_at=now,
                doctors_expected=count,
            )
            for request in requests
        )
        for closure in closures:
            self._closures.put(closure)
        return closures

    def list_all(self, caller: Caller) -> tuple[Closure, ...]:
        """Return all closures, the soonest first.

        Raises ``PermissionDeniedError``, ``StoreUnavailableError``.
        """
        caller.require_admin()
        found = retry_on_conflict(self._closures.list_all, self._pause)
        return tuple(sorted(found, key=lambda each: (each.first, each.closure_id)))

    def get(self, caller: Caller, closure_id: str) -> Closure:
        """Return a closure. Raises ``ClosureNotFoundError``, and as ``list_all``."""
        caller.require_admin()
        return retry_on_conflict(lambda: self._closures.get(closure_id), self._pause)

    def lift(self, caller: Caller, closure_id: str) -> Closure:
        """Store that the closure is lifted; nothing is opened yet. Repeated, it changes nothing.

        Raises ``ConflictError`` if it is over, and as ``get``.
        """
        closure = self.get(caller, closure_id)
        if closure.is_lifted:
            return closure
        if closure.last < local_time.dates_anywhere(self._now())[0]:
            detail = Text("This closure is over")
            raise ConflictError(FieldViolation("closure_id", "in_past", detail))
        count = retry_on_conflict(self._doctors.count, self._pause)
        lifted = closure.lifted(count, self._now())
        self._closures.put(lifted)
        return lifted


def _require_valid(requests: Sequence[ClosureRequest], now: datetime) -> None:
    """Raise ``RequestRejectedError`` with everything that is wrong."""
    # The earliest date anywhere: a closure is in the past only once it is over for every doctor.
    today = local_time.dates_anywhere(now)[0]
    violations = [
        line_violation(request.line, each.code, each.detail)
        if request.line
        else FieldViolation(each.field, each.code, each.detail)
        for request in requests
        for each in validate_time_off(
            name=request.name,
            first=request.first,
            last=request.last,
            hours=None,
            today=today,
            now=now,
        )
    ]
    if violations:
        raise RequestRejectedError(*violations)
