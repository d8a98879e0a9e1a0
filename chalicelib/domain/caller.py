"""Who asks: one value, made once per request, that every use case is given."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import NotAllowed

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor


class Role(StrEnum):
    """What somebody may be to us."""

    DOCTOR = "doctor"
    DELEGATE = "delegate"
    BOOKING_SITE = "booking-site"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """``name`` and ``client`` (a page or a machine) are what the audit trail says."""

    name: str
    client: str
    roles: frozenset[Role]
    doctor_id: str | None = None

    def may_manage(self, doctor: Doctor) -> bool:
        """Her own schedule, that of a doctor who names the caller, or as admin anybody's."""
        return (
            Role.ADMIN in self.roles
            or (Role.DOCTOR in self.roles and self.doctor_id == doctor.doctor_id)
            or (Role.DELEGATE in self.roles and self.name in doctor.delegates)
        )

    def may_see_delegates(self, doctor: Doctor) -> bool:
        """The doctor herself and an admin."""
        return Role.ADMIN in self.roles or self.doctor_id == doctor.doctor_id

    def require_may_book(self) -> None:
        """Raise ``NotAllowed`` but for a booking site and an admin."""
        if not self.roles & {Role.BOOKING_SITE, Role.ADMIN}:
            raise NotAllowed("You may not hold or book slots")

    def require_may_configure(self, known: Doctor | None, wanted: Doctor) -> None:
        """Raise ``NotAllowed`` unless an admin, or the doctor changing how she offers her time.

        ``known`` are her settings as they are, None where she is new.
        """
        if Role.ADMIN in self.roles:
            return
        if known is None or Role.DOCTOR not in self.roles or self.doctor_id != wanted.doctor_id:
            raise NotAllowed(f"You may not change the settings of {wanted.doctor_id}")
        fixed = ("name", "specialty", "location", "zone")
        if changed := [name for name in fixed if getattr(known, name) != getattr(wanted, name)]:
            raise NotAllowed(f"You may not change your {' and '.join(changed)}: ask an admin")

    def require_may_manage(self, doctor: Doctor) -> None:
        """Raise ``NotAllowed`` unless the caller may."""
        if not self.may_manage(doctor):
            raise NotAllowed(f"You may not manage the slots of {doctor.doctor_id}")
