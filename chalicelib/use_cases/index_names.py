"""Let doctors be found by name who were stored before there was an index of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.storage import doctor_names, table

if TYPE_CHECKING:
    from chalicelib.storage.doctor_repository import DoctorRepository


def index_page(doctors: DoctorRepository, cursor: str | None) -> str | None:
    """Index those of a page of doctors who are not in the index of names yet.

    Return the cursor of the next page, None after the last. Can be repeated. Raises
    ``StoreBusyError``, ``StoreUnavailableError``, ``OutcomeUnknownError``.
    """
    page = doctors.list_page(
        specialty=None, location=None, limit=table.MAX_BATCH_KEYS, cursor=cursor
    )
    doctor_names.index_missing(page.doctors)
    return page.cursor
