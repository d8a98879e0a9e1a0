"""Who asks, and who may do what: one value, made once per request, given to every use case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import PermissionDeniedError

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor


class Role(StrEnum):
    """What somebody may be to us; a reader is a booking site that may book nothing."""

    DOCTOR = "doctor"
    DELEGATE = "delegate"
    BOOKING_SITE = "booking-site"
    READER = "reader"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a request needs of its caller; each route names it."""

    PUBLIC = "nothing"  # open to everybody, signed in or not
    READ = "read"  # doctors, availability, slots: everybody who is signed in
    BOOK = "book"  # hold, release, book, move, cancel
    MANAGE = "manage"  # a doctor's schedule
    CONFIGURE = "configure"  # a doctor's settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """``name`` and ``client`` (a page or a machine) are what the audit trail says."""

    name: str
    client: str
    roles: frozenset[Role]
    doctor_id: str | None = None

    def role_for(self, doctor: Doctor) -> Role | None:
        """As what the caller may manage her schedule, if at all.

        Her own, that of a doctor who names the caller, or as admin anybody's.
        """
        if Role.DOCTOR in self.roles and self.doctor_id == doctor.doctor_id:
            return Role.DOCTOR
        if Role.DELEGATE in self.roles and self.name in doctor.delegates:
            return Role.DELEGATE
        return Role.ADMIN if Role.ADMIN in self.roles else None

    def require_can_manage_any(self) -> None:
        """Raise ``NotAllowed`` unless there may be a schedule that the caller may manage."""
        if not self.roles & {Role.DOCTOR, Role.DELEGATE, Role.ADMIN}:
            raise PermissionDeniedError("You can't manage slots")

    def can_see_delegates(self, doctor: Doctor) -> bool:
        """The doctor herself and an admin."""
        return Role.ADMIN in self.roles or self.doctor_id == doctor.doctor_id

    def require_can_book(self) -> None:
        """Raise ``NotAllowed`` but for a booking site and an admin."""
        if not self.roles & {Role.BOOKING_SITE, Role.ADMIN}:
            raise PermissionDeniedError("You can't hold or book slots")

    def require_can_configure(self, existing: Doctor | None, requested: Doctor) -> None:
        """Raise ``NotAllowed`` unless an admin, or the doctor changing how she offers her time.

        ``known`` are her settings as they are, None where she is new.
        """
        if Role.ADMIN in self.roles:
            return
        if (
            existing is None
            or Role.DOCTOR not in self.roles
            or self.doctor_id != requested.doctor_id
        ):
            raise PermissionDeniedError(f"You can't change the settings of {requested.doctor_id}")
        fixed = ("name", "specialty", "location", "zone")
        if changed := [
            name for name in fixed if getattr(existing, name) != getattr(requested, name)
        ]:
            raise PermissionDeniedError(
                f"You can't change your {' or '.join(changed)}. Ask your administrator."
            )

    def require_role_for(self, doctor: Doctor) -> Role:
        """As what the caller may; raise ``NotAllowed`` where that is nothing."""
        role = self.role_for(doctor)
        if role is None:
            raise PermissionDeniedError(f"You can't manage {doctor.name}'s schedule")
        return role
