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

    def require_may_manage(self, doctor: Doctor) -> None:
        """Raise ``NotAllowed`` unless the caller may."""
        if not self.may_manage(doctor):
            raise NotAllowed(doctor.doctor_id)
