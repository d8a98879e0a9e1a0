"""The errors of the domain. Each has an explicit public code and a sentence for people.

DomainError
├── RequestRejectedError              the request is invalid; ``violations`` lists every reason
│   ├── ConflictError                 ... in the current state of the slot or of the settings
│   └── SlotNotFoundError             ... because there is no such slot
├── DoctorNotFoundError
├── PermissionDeniedError
├── VersionMismatchError              the client requires another version of the day (If-Match)
├── IdempotencyKeyReusedError         the key belongs to a request with other content
├── ConcurrentModificationError       another write came first: read again and retry
│   ├── DayModifiedError
│   ├── DoctorModifiedError
│   └── SlotStateMismatchError
├── OutcomeUnknownError               no response to a write: it may have been committed
└── StoreUnavailableError             the store does not answer: send the same request later
    └── StoreBusyError                ... because of throttling or another transaction
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.booking import SlotClaim
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.violations import FieldViolation, SlotViolation


# Keeps the sentence readable; ``violations`` has all of them.
_MAX_VIOLATIONS_IN_MESSAGE = 3


class DomainError(Exception):
    """``code`` is the public name of the error in logs and metrics."""

    code: ClassVar[str]


class RequestRejectedError(DomainError):
    """The request is invalid and nothing of it was stored.

    ``zone`` is the time zone in which responses show the instants of the violations.
    """

    code = "refused"

    def __init__(
        self, *violations: SlotViolation | FieldViolation, zone: ZoneInfo | None = None
    ) -> None:
        reasons = [violation.detail for violation in violations[:_MAX_VIOLATIONS_IN_MESSAGE]]
        if more := len(violations) - len(reasons):
            reasons.append(f"and {more} more")
        super().__init__("; ".join(reasons))
        self.violations = violations
        self.zone = zone


class ConflictError(RequestRejectedError):
    """The current state of the slot or of the doctor's settings does not allow the request."""

    code = "conflict"


class SlotNotFoundError(RequestRejectedError):
    """The slot was never opened, or it was closed."""

    code = "slot_unknown"


class DoctorNotFoundError(DomainError):
    """No doctor has that id."""

    code = "doctor_not_found"

    def __init__(self, doctor_id: str) -> None:
        super().__init__(f'We couldn\'t find a doctor with the ID "{doctor_id}"')
        self.doctor_id = doctor_id


class PermissionDeniedError(DomainError):
    """The caller has no permission for this operation, or not for that doctor."""

    code = "not_allowed"


class VersionMismatchError(DomainError):
    """The day has another version than the client requires; ``version`` is the current one."""

    code = "version_mismatch"

    def __init__(self, version: int) -> None:
        super().__init__(f"This day has changed since you read it. It is now at version {version}.")
        self.version = version


class IdempotencyKeyReusedError(DomainError):
    """The idempotency key belongs to another request, which created ``version`` of the day."""

    code = "key_reused"

    def __init__(self, version: int) -> None:
        super().__init__(
            f"This Idempotency-Key belongs to an earlier save, which made version {version}"
        )
        self.version = version


class ConcurrentModificationError(DomainError):
    """Another write came first, so nothing was written."""

    code = "lost_race"


class DayModifiedError(ConcurrentModificationError):
    """The day is no longer as it was read; the slots are those known to conflict.

    ``already_existing`` could not be opened, ``still_taken`` could not be closed.
    """

    code = "day_changed"

    def __init__(
        self, *, already_existing: tuple[Slot, ...] = (), still_taken: tuple[Slot, ...] = ()
    ) -> None:
        super().__init__("Someone else changed this day at the same moment")
        self.already_existing = already_existing
        self.still_taken = still_taken


class DoctorModifiedError(ConcurrentModificationError):
    """The doctor's settings are no longer as they were read."""

    code = "doctor_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed the doctor's settings at the same moment")


class SlotStateMismatchError(ConcurrentModificationError):
    """The slot is not in the state that the write requires; ``stored`` is the slot, if any."""

    code = "slot_differs"

    def __init__(self, slot_id: SlotId, stored: SlotClaim | None) -> None:
        super().__init__(f"{slot_id} has another state than expected")
        self.slot_id = slot_id
        self.stored = stored


class OutcomeUnknownError(DomainError):
    """The store did not confirm the write, so it may have been committed."""

    code = "outcome_unknown"

    def __init__(self) -> None:
        super().__init__(
            "We don't know whether your request succeeded. Send the same request again."
        )


class StoreUnavailableError(DomainError):
    """The store does not answer; ``retry_after`` is in seconds."""

    code = "unavailable"

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("The schedule is unavailable right now. Try again in a moment.")
        self.retry_after = retry_after


class StoreBusyError(StoreUnavailableError):
    """The store throttles, or another transaction uses the same items."""

    code = "busy"
