"""Everything that the rules say no to.

DomainError
├── Refused           a request at fault; ``faults`` says what and why, each and every one
│   ├── Conflict      ... for what is stored: in another state of it, the same might be done
│   └── SlotUnknown   ... since there is no such slot
├── DoctorNotFound
├── NotAllowed
├── VersionMismatch   the client asked for another version of the day than the one there is
├── KeyReused         an idempotency key came again with another request
├── LostRace          what a write was decided on is no longer so; it is decided anew
│   ├── DayChanged
│   ├── DoctorChanged
│   └── SlotDiffers
├── OutcomeUnknown    no answer to a write; a fresh read tells whether it took effect
└── Unavailable       the store cannot answer now; the same request may be sent again later
    └── Busy          ... and a moment later it can: another was at work there, or too many
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.booking import SlotClaim
    from chalicelib.domain.slot import Slot, SlotId
    from chalicelib.domain.violations import FieldViolation, SlotViolation


# A sentence stays readable; ``faults`` has all of them.
_MAX_VIOLATIONS_IN_MESSAGE = 3


class DomainError(Exception):
    """Its text is a sentence for a person, ``code`` its public name in logs and metrics."""

    code: ClassVar[str]


class RequestRejectedError(DomainError):
    """Nothing of the request was stored."""

    code = "refused"

    def __init__(
        self, *violations: SlotViolation | FieldViolation, zone: ZoneInfo | None = None
    ) -> None:
        """``zone`` is the one in which the faults' instants are told."""
        told = [fault.detail for fault in violations[:_MAX_VIOLATIONS_IN_MESSAGE]]
        if more := len(violations) - len(told):
            told.append(f"and {more} more")
        super().__init__("; ".join(told))
        self.violations = violations
        self.zone = zone


class ConflictError(RequestRejectedError):
    """Not now, in the state in which the slot or the doctor's settings are."""

    code = "conflict"


class SlotNotFoundError(RequestRejectedError):
    """The slot was never opened, or it was closed."""

    code = "slot_unknown"


class DoctorNotFoundError(DomainError):
    """Nobody is known under that id."""

    code = "doctor_not_found"

    def __init__(self, doctor_id: str) -> None:
        super().__init__(f'We couldn\'t find a doctor with the ID "{doctor_id}"')
        self.doctor_id = doctor_id


class PermissionDeniedError(DomainError):
    """The caller may not do this, or not for that doctor."""

    code = "not_allowed"


class VersionMismatchError(DomainError):
    """``version`` is the day's current one."""

    code = "version_mismatch"

    def __init__(self, version: int) -> None:
        super().__init__(f"This day has changed since you read it. It is now at version {version}.")
        self.version = version


class IdempotencyKeyReusedError(DomainError):
    """``version`` is what the first request with this key made of the day."""

    code = "key_reused"

    def __init__(self, version: int) -> None:
        super().__init__(
            f"This Idempotency-Key belongs to an earlier save, which made version {version}"
        )
        self.version = version


class ConcurrentModificationError(DomainError):
    """Somebody else was faster; nothing was written."""

    code = "lost_race"


class DayModifiedError(ConcurrentModificationError):
    """What was read is no longer so; the slots are those known to stand in the way.

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
    """Her settings are no longer those that were read."""

    code = "doctor_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed the doctor's settings at the same moment")


class SlotStateMismatchError(ConcurrentModificationError):
    """The slot is not as the write wanted it; ``found`` is what stands there, if anything does."""

    code = "slot_differs"

    def __init__(self, slot_id: SlotId, stored: SlotClaim | None) -> None:
        super().__init__(f"{slot_id} has another state than expected")
        self.slot_id = slot_id
        self.stored = stored


class OutcomeUnknownError(DomainError):
    """The write may have taken effect or not."""

    code = "outcome_unknown"

    def __init__(self) -> None:
        super().__init__(
            "We don't know whether your request succeeded. Send the same request again."
        )


class StoreUnavailableError(DomainError):
    """``retry_after`` is in seconds."""

    code = "unavailable"

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("The schedule is unavailable right now. Try again in a moment.")
        self.retry_after = retry_after


class StoreBusyError(StoreUnavailableError):
    """Another transaction was at work on the same items, or the store asks for patience."""

    code = "busy"
