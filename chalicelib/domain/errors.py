"""Errors of the domain, each with an explicit public ``code``.

DomainError
├── RequestRejectedError            the request is invalid; ``violations`` names every reason
│   ├── ConflictError               ... in the current state of a slot or of the settings
│   ├── TooManyHoldsError           ... because the client holds too many slots
│   └── SlotNotFoundError           ... because there is no such slot
├── NotFoundError                   there is no such thing; those of plans are in ``plan_errors``
│   ├── DoctorNotFoundError
│   ├── ChangeNotFoundError
│   └── PersonNotFoundError
├── SignInRepeatedError             a sign-in completes once
├── PermissionDeniedError
│   └── NameTakenError              the name belongs to another account
├── VersionMismatchError            If-Match names another version than the current one
│   └── SettingsMismatchError       ... of a doctor's settings
├── IdempotencyKeyReusedError       the key was used for another request
├── ConcurrentModificationError     what a write was decided on has changed: read and decide again
│   ├── DayModifiedError
│   ├── DoctorModifiedError
│   ├── PersonModifiedError
│   └── SlotStateMismatchError
├── UnreadableItemError             stored data that this release cannot read
├── OutcomeUnknownError             no response to a write, which may have been committed
└── StoreUnavailableError           nothing was done; the same request can be repeated later
    └── StoreBusyError              ... in a moment: a conflict with other writes, or throttling
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from chalicelib.domain.text import Text

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from chalicelib.domain.booking import Observed
    from chalicelib.domain.slot import Slot
    from chalicelib.domain.violations import FieldViolation, SlotViolation

# More would make an unreadable message; ``violations`` has all of them.
_MAX_VIOLATIONS_IN_MESSAGE = 3


class DomainError(Exception):
    """Base of all errors. The message is for people, ``code`` for logs, metrics and clients."""

    code: ClassVar[str]

    @property
    def detail(self) -> str:
        """The message, which the web layer can translate if it is a ``Text``."""
        detail: str = self.args[0]
        return detail


class RequestRejectedError(DomainError):
    """The request is invalid, and nothing of it is stored.

    ``zone`` is the time zone in which to show the instants of the violations.
    """

    code = "refused"

    def __init__(
        self, *violations: SlotViolation | FieldViolation, zone: ZoneInfo | None = None
    ) -> None:
        details = [violation.detail for violation in violations[:_MAX_VIOLATIONS_IN_MESSAGE]]
        if more := len(violations) - len(details):
            details.append(f"and {more} more")
        super().__init__("; ".join(details))
        self.violations = violations
        self.zone = zone


class ConflictError(RequestRejectedError):
    """The current state of the slot or of the doctor's settings does not allow the request."""

    code = "conflict"


class TooManyHoldsError(RequestRejectedError):
    """The client holds too many slots; the first hold ends after ``retry_after`` seconds."""

    code = "too_many_holds"

    def __init__(self, violation: SlotViolation, *, zone: ZoneInfo, retry_after: int) -> None:
        super().__init__(violation, zone=zone)
        self.retry_after = retry_after


class SlotNotFoundError(RequestRejectedError):
    """The slot was never opened, or it has been closed."""

    code = "slot_unknown"


class NotFoundError(DomainError):
    """What the request names does not exist. Only its subclasses are raised, each with a code."""


class DoctorNotFoundError(NotFoundError):
    code = "doctor_not_found"

    def __init__(self, doctor_id: str) -> None:
        super().__init__(
            Text('We couldn\'t find a doctor with the ID "%(doctor_id)s"', doctor_id=doctor_id)
        )
        self.doctor_id = doctor_id


class ChangeNotFoundError(NotFoundError):
    """There is no such change of a date."""

    code = "change_not_found"

    def __init__(self) -> None:
        super().__init__(Text("There is no such change"))


class PersonNotFoundError(NotFoundError):
    """No account with this name has ever signed in."""

    code = "person_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(
            Text('We couldn\'t find a person with the name "%(name)s" who has signed in', name=name)
        )


class SignInRepeatedError(DomainError):
    """The response of the identity provider has been used already."""

    code = "sign_in_repeated"

    def __init__(self) -> None:
        super().__init__(
            Text("We couldn't sign you in: this sign-in is complete already. Try again.")
        )


class PermissionDeniedError(DomainError):
    """The caller's roles do not permit this, or not for that doctor."""

    code = "not_allowed"


class NameTakenError(PermissionDeniedError):
    """Another account has signed in with this name before."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(
            Text(
                "The name %(name)s belongs to another account here, so you can't sign in with it. "
                "Ask your administrator to release the name.",
                name=name,
            )
        )


class VersionMismatchError(DomainError):
    """The client requires another version of the day; ``version`` is the current one."""

    code = "version_mismatch"
    message_template = Text(
        "This day has changed since you read it. It is now at version %(version)s."
    )

    def __init__(self, version: int) -> None:
        super().__init__(Text(self.message_template, version=version))
        self.version = version


class SettingsMismatchError(VersionMismatchError):
    """The client requires other settings of the doctor; 0 is the version of a missing doctor."""

    code = "settings_mismatch"
    message_template = Text(
        "The doctor's settings are not as you expect: they have version %(version)s."
    )


class IdempotencyKeyReusedError(DomainError):
    """Another request used the idempotency key; ``version`` is the one that it made."""

    code = "key_reused"

    def __init__(self, version: int) -> None:
        super().__init__(
            Text(
                "This Idempotency-Key belongs to an earlier save, which made version %(version)s",
                version=version,
            )
        )
        self.version = version


class ConcurrentModificationError(DomainError):
    """Another write came first (optimistic concurrency); nothing was written."""

    code = "lost_race"


class DayModifiedError(ConcurrentModificationError):
    """The day has changed since it was read.

    Of the slots known to conflict, ``already_existing`` were to be opened, and ``still_taken`` to
    be closed. ``last_change`` is the instant that another attempt must be later than, if the clock
    of this process has not reached it.
    """

    code = "day_changed"

    def __init__(
        self,
        *,
        already_existing: tuple[Slot, ...] = (),
        still_taken: tuple[Slot, ...] = (),
        last_change: datetime | None = None,
    ) -> None:
        super().__init__("Someone else changed this day at the same moment")
        self.already_existing = already_existing
        self.still_taken = still_taken
        self.last_change = last_change


class DoctorModifiedError(ConcurrentModificationError):
    """The doctor's settings have changed since they were read."""

    code = "doctor_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed the doctor's settings at the same moment")


class PersonModifiedError(ConcurrentModificationError):
    """The person's account has changed since it was read."""

    code = "person_changed"

    def __init__(self) -> None:
        super().__init__("Someone else changed this person at the same moment")


class SlotStateMismatchError(ConcurrentModificationError):
    """Stored items are not in the state that the write requires; ``observed`` has these items."""

    code = "slot_differs"

    def __init__(self, observed: Observed) -> None:
        super().__init__("A slot has another state than expected")
        self.observed = observed


class OutcomeUnknownError(DomainError):
    """There was no response to a write, which may have been committed."""

    code = "outcome_unknown"

    def __init__(self) -> None:
        super().__init__(
            Text("We don't know whether your request succeeded. Send the same request again.")
        )


class UnreadableItemError(DomainError):
    """What the request is about is stored in a form that this release cannot read.

    Repeating the request does not help: an operator must repair the item, which the log names.
    """

    code = "unreadable"

    def __init__(self) -> None:
        super().__init__(
            Text(
                "We can't read the stored data that this request is about. Report this to support."
            )
        )


class StoreUnavailableError(DomainError):
    """The store cannot be reached; ``retry_after`` is in seconds, None for a random short time."""

    code = "unavailable"

    def __init__(self, retry_after: int | None = None) -> None:
        super().__init__(Text("The schedule is unavailable right now. Try again in a moment."))
        self.retry_after = retry_after


class StoreBusyError(StoreUnavailableError):
    """Another transaction is writing the same items, or DynamoDB throttles."""

    code = "busy"
