"""Roles, permissions and the caller: the rules of who may do what, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import PermissionDeniedError

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor


class Role(StrEnum):
    """The roles of callers. A reader is a booking site without permission to book."""

    DOCTOR = "doctor"
    DELEGATE = "delegate"
    BOOKING_SITE = "booking-site"
    READER = "reader"
    ADMIN = "admin"


class Permission(StrEnum):
    """The permission that a route requires."""

    PUBLIC = "nothing"  # no sign-in required
    READ = "read"  # doctors, availability, slots: every signed-in caller
    BOOK = "book"  # hold, release, book, move, cancel
    MANAGE = "manage"  # a doctor's schedule
    CONFIGURE = "configure"  # a doctor's settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The authenticated caller. The audit log records ``name`` and ``client``."""

    name: str
    client: str
    roles: frozenset[Role]
    doctor_id: str | None = None

    def role_for(self, doctor: Doctor) -> Role | None:
        """Return the role in which the caller can manage the doctor's schedule, or None.

        Doctors manage their own schedule, delegates those of doctors who name them, admins all.
        """
        if Role.DOCTOR in self.roles and self.doctor_id == doctor.doctor_id:
            return Role.DOCTOR
        if Role.DELEGATE in self.roles and self.name in doctor.delegates:
            return Role.DELEGATE
        return Role.ADMIN if Role.ADMIN in self.roles else None

    def require_can_manage_any(self) -> None:
        """Raise ``PermissionDeniedError`` unless the role allows managing schedules at all."""
        if not self.roles & {Role.DOCTOR, Role.DELEGATE, Role.ADMIN}:
            raise PermissionDeniedError("You can't manage slots")

    def can_see_delegates(self, doctor: Doctor) -> bool:
        """Return whether the caller is the doctor or an admin."""
        return Role.ADMIN in self.roles or self.doctor_id == doctor.doctor_id

    def require_can_book(self) -> None:
        """Raise ``PermissionDeniedError`` unless the caller is a booking site or an admin."""
        if not self.roles & {Role.BOOKING_SITE, Role.ADMIN}:
            raise PermissionDeniedError("You can't hold or book slots")

    def require_can_configure(self, existing: Doctor | None, requested: Doctor) -> None:
        """Raise ``PermissionDeniedError`` unless the caller can save these settings.

        Admins can save all settings, doctors only those of their own hours and delegates.
        ``existing`` is None for a new doctor.
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
        """Return the role as ``role_for`` does; raise ``PermissionDeniedError`` without one."""
        role = self.role_for(doctor)
        if role is None:
            raise PermissionDeniedError(f"You can't manage {doctor.name}'s schedule")
        return role
