"""Backfill the doctors of earlier releases: their entries in the index of names, and FHIR ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import doctor_names, table
from chalicelib.use_cases.assign_fhir_ids import assign_missing_fhir_ids

if TYPE_CHECKING:
    from chalicelib.storage.doctor_repository import DoctorRepository


def backfill_page(doctors: DoctorRepository, cursor: str | None) -> str | None:
    """Index the names of a page of doctors, and store FHIR ids, for those who have none yet.

    Return the cursor of the next page, None after the last. Can be repeated. Raises
    ``StoreBusyError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
    """
    page = doctors.list_page(
        specialty=None, location=None, limit=table.MAX_BATCH_KEYS, cursor=cursor
    )
    doctor_names.index_missing(page.doctors)
    assign_missing_fhir_ids(doctors, page.doctors)
    return page.cursor
