"""Doctors, for those who manage their schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.doctor_cache import DoctorCache


def read_managed_doctor(caller: Caller, doctor_cache: DoctorCache, doctor_id: str) -> Doctor:
    """Read the doctor from the table, and check that the caller may manage their schedule.

    Raises ``DoctorNotFoundError``, ``PermissionDeniedError``, ``StoreUnavailableError``.
    """
    doctor = doctor_cache.refresh(doctor_id)
    caller.require_role_for(doctor)
    return doctor
