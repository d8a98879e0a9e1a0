"""Store doctors with a FHIR id that no other doctor has."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.errors import DoctorModifiedError
from chalicelib.domain.fhir_ids import FhirIdTakenError, fhir_id_choices, fhir_id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.doctor_repository import DoctorRepository


def save_with_fhir_id(doctor: Doctor, save: Callable[[Doctor], Doctor]) -> Doctor:
    """Save the doctor with their FHIR id, or with another one if that is taken.

    Return what ``save`` returns. Raises what it raises, ``FhirIdTakenError`` if all are taken.
    """
    *choices, last = fhir_id_choices(doctor)
    for fhir_id in choices:
        with suppress(FhirIdTakenError):
            return save(replace(doctor, fhir_id=fhir_id))
    return save(replace(doctor, fhir_id=last))


def assign_missing_fhir_ids(repository: DoctorRepository, doctors: Iterable[Doctor]) -> None:
    """Store the FHIR ids of those doctors who need one and have none, from before FHIR.

    A doctor who is changed meanwhile is left out: the change stores the id itself. Raises
    ``StoreBusyError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
    """
    for doctor in doctors:
        if fhir_id_of(doctor) is None:
            with suppress(DoctorModifiedError):
                save_with_fhir_id(doctor, partial(repository.save, previous=doctor))
