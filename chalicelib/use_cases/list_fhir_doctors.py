"""The doctors whom other systems read as FHIR resources: one by one, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.fhir_ids import fhir_id_of, is_valid_fhir_id
from chalicelib.domain.text import Text
from chalicelib.storage import fhir_ids
from chalicelib.use_cases.retry import retry_on_conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.doctor_repository import DoctorRepository

# About as many as one page of a query has: 1 MB.
_PAGE_SIZE = 1000


class FhirResourceNotFoundError(NotFoundError):
    """There is no resource of that type with that id; without an id, no such type."""

    code = "resource_not_found"

    def __init__(self, resource_type: str, resource_id: str = "") -> None:
        unknown_type = Text("%(type)s is not a resource type here", type=resource_type)
        unknown_id = Text(
            "There is no %(type)s with the id %(resource_id)s",
            type=resource_type,
            resource_id=resource_id,
        )
        super().__init__(unknown_id if resource_id else unknown_type)


class FhirDoctor(Struct, frozen=True):
    """A doctor with their FHIR id."""

    fhir_id: str
    doctor: Doctor


class ListFhirDoctors:
    """Doctors by FHIR id; ``pause`` waits before a further attempt.

    All methods raise ``StoreUnavailableError``.
    """

    def __init__(self, doctors: DoctorRepository, pause: Callable[[int], None]) -> None:
        self._doctors = doctors
        self._pause = pause

    def get(self, resource_type: str, fhir_id: str) -> FhirDoctor:
        """Return the doctor, as stored now.

        One or two reads. Raises ``FhirResourceNotFoundError`` for a resource of that type.
        """
        if found := self.get_many([fhir_id]):
            return found[0]
        raise FhirResourceNotFoundError(resource_type, fhir_id)

    def get_many(self, ids: Sequence[str]) -> list[FhirDoctor]:
        """Return those of at most 50 doctors that exist, in the order of their ids."""
        valid = sorted({each for each in ids if is_valid_fhir_id(each)})
        found = retry_on_conflict(lambda: fhir_ids.find_doctors(valid), self._pause)
        return [FhirDoctor(each, found[each]) for each in valid if each in found]

    def list_all(self) -> list[FhirDoctor]:
        """Return all doctors by FHIR id, those who take no bookings too; eventually consistent.

        One query for about a thousand doctors.
        """
        found = retry_on_conflict(lambda: list(self._read_all()), self._pause)
        return sorted(found, key=lambda each: each.fhir_id)

    def list_active(self) -> list[FhirDoctor]:
        """Return those who take bookings."""
        return [each for each in self.list_all() if each.doctor.is_active]

    def _read_all(self) -> Iterator[FhirDoctor]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._doctors.list_page(
                specialty=None, location=None, limit=_PAGE_SIZE, cursor=cursor or None
            )
            for doctor in page.doctors:
                if fhir_id := fhir_id_of(doctor):
                    yield FhirDoctor(fhir_id, doctor)
            cursor = page.cursor
