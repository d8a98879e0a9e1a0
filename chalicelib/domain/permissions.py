"""Roles and permissions, and the caller: made once per request and passed to each use case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain import time_zones
from chalicelib.domain.errors import PermissionDeniedError
from chalicelib.domain.names import trim_name
from chalicelib.domain.text import Text

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor


PRACTICE = "practice"
"""The owner of what the doctor, delegates and admins book: any of them may change it."""


class Role(StrEnum):
    """A role of a caller; a reader is a booking site that may not book."""

    DOCTOR = "doctor"
    DELEGATE = "delegate"
    BOOKING_SITE = "booking-site"
    READER = "reader"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a route requires of its caller."""

    PUBLIC = "nothing"  # for all, signed in or not
    READ = "read"  # doctors, availability, slots: all who are signed in
    HOLD = "hold"  # hold and release
    BOOK = "book"  # book, move, cancel, list bookings: booking sites, and the practice's desk
    MANAGE = "manage"  # a doctor's schedule
    CONFIGURE = "configure"  # a doctor's settings
    SUBSCRIBE = "subscribe"  # webhooks
    ACCOUNT = "account"  # one's own account: people, not booking sites
    ADMINISTER = "administer"  # what only admins may do


_ROLES_BY_PERMISSION = {
    Permission.READ: frozenset(Role),
    Permission.HOLD: frozenset({Role.BOOKING_SITE, Role.ADMIN}),
    Permission.BOOK: frozenset({Role.BOOKING_SITE, Role.DOCTOR, Role.DELEGATE, Role.ADMIN}),
    Permission.MANAGE: frozenset({Role.DOCTOR, Role.DELEGATE, Role.ADMIN}),
    Permission.CONFIGURE: frozenset({Role.DOCTOR, Role.ADMIN}),
    Permission.SUBSCRIBE: frozenset({Role.BOOKING_SITE, Role.ADMIN}),
    Permission.ACCOUNT: frozenset({Role.DOCTOR, Role.DELEGATE, Role.ADMIN}),
    Permission.ADMINISTER: frozenset({Role.ADMIN}),
}
_DENIALS = {
    Permission.HOLD: Text("You can't hold or move slots"),
    Permission.BOOK: Text("You can't book slots"),
    Permission.MANAGE: Text("You can't manage slots"),
    Permission.CONFIGURE: Text("You can't change a doctor's settings"),
    Permission.SUBSCRIBE: Text("You can't manage webhooks"),
    Permission.ACCOUNT: Text("Only people have a password here"),
    Permission.ADMINISTER: Text("Only admins can do this"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The authenticated caller; the audit log has their ``name``, ``client`` and ``subject``.

    ``subject`` is the ``sub`` of the identity provider.
    """

    name: str
    client: str
    roles: frozenset[Role]
    doctor_id: str | None = None
    subject: str | None = None

    def role_for(self, doctor: Doctor) -> Role | None:
        """Return the role in which the caller may manage the doctor's slots, or None."""
        if Role.DOCTOR in self.roles and self.doctor_id == doctor.doctor_id:
            return Role.DOCTOR
        if Role.DELEGATE in self.roles and self.name in doctor.delegates:
            return Role.DELEGATE
        return Role.ADMIN if Role.ADMIN in self.roles else None

    def require_permission(self, permission: Permission) -> None:
        """Raise ``PermissionDeniedError`` if none of the caller's roles ever has the permission."""
        if not self.roles & _ROLES_BY_PERMISSION[permission]:
            raise PermissionDeniedError(_DENIALS[permission])

    @property
    def can_manage_any(self) -> bool:
        """Whether the caller can manage the schedule of some doctor, at least in principle."""
        return bool(self.roles & _ROLES_BY_PERMISSION[Permission.MANAGE])

    def require_can_manage_any(self) -> None:
        """Raise ``PermissionDeniedError`` if the caller can manage no doctor's slots at all."""
        self.require_permission(Permission.MANAGE)

    def can_see_delegates(self, doctor: Doctor) -> bool:
        """Return whether the caller is this doctor or an admin."""
        return Role.ADMIN in self.roles or self.doctor_id == doctor.doctor_id

    def require_owner(self, doctor: Doctor) -> str:
        """Return the owner of what the caller books: the practice, or the caller's client.

        Raises ``PermissionDeniedError`` if the caller may not book slots of this doctor.
        """
        if self.role_for(doctor) is not None:
            return PRACTICE
        if Role.BOOKING_SITE not in self.roles:
            raise PermissionDeniedError(Text("You can't book slots of this doctor"))
        return self.client

    def require_can_hold(self) -> None:
        """Raise ``PermissionDeniedError`` unless the caller is a booking site or an admin.

        Only they hold, release and move.
        """
        self.require_permission(Permission.HOLD)

    def require_admin(self) -> None:
        """Raise ``PermissionDeniedError`` unless the caller is an admin."""
        self.require_permission(Permission.ADMINISTER)

    def acting_role(self, doctor: Doctor) -> Role:
        """Return the role for the audit log: on the doctor's side, or as a booking site."""
        return self.role_for(doctor) or Role.BOOKING_SITE

    def require_can_configure_id(self, doctor_id: str) -> None:
        """Raise ``PermissionDeniedError`` unless the caller is an admin or this doctor."""
        is_own = Role.DOCTOR in self.roles and self.doctor_id == doctor_id
        if not is_own and Role.ADMIN not in self.roles:
            raise PermissionDeniedError(_settings_denied(doctor_id))

    def require_can_configure(self, existing: Doctor | None, requested: Doctor) -> None:
        """Raise ``PermissionDeniedError`` unless the caller may make these settings.

        Admins may make any. Doctors may change their own, except those that identify them.
        ``existing`` is None for a new doctor.
        """
        self.require_can_configure_id(requested.doctor_id)
        if Role.ADMIN in self.roles:
            return
        if existing is None:
            raise PermissionDeniedError(_settings_denied(requested.doctor_id))
        former, new = _identity(existing), _identity(requested)
        if changed := [name for name in new if new[name] != former[name]]:
            raise PermissionDeniedError(
                Text(
                    "You can't change your %(settings)s. Ask your administrator.",
                    settings=" or ".join(changed),
                )
            )

    def require_role_for(self, doctor: Doctor) -> Role:
        """Return the caller's role for this doctor. Raises ``PermissionDeniedError`` if none."""
        role = self.role_for(doctor)
        if role is None:
            raise PermissionDeniedError(
                Text("You can't manage %(doctor)s's schedule", doctor=doctor.name)
            )
        return role


def _settings_denied(doctor_id: str) -> Text:
    return Text("You can't change the settings of %(doctor_id)s", doctor_id=doctor_id)


def _identity(doctor: Doctor) -> dict[str, str]:
    """Return the settings that only an admin may change, as they would be stored today."""
    return {
        "name": trim_name(doctor.name),
        "specialty": trim_name(doctor.specialty),
        "location": trim_name(doctor.location),
        "setting active": str(doctor.is_active),
        "time zone": time_zones.canonical_name(doctor.zone.key),
    }
