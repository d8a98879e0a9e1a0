"""List people for admins: when they last signed in, and for which doctors delegates work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.doctor import Doctor
from chalicelib.domain.permissions import Role
from chalicelib.domain.person import Person
from chalicelib.storage import table
from chalicelib.storage.concurrent_reads import read_each

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from chalicelib.domain.permissions import Caller
    from chalicelib.storage.doctor_repository import DoctorRepository
    from chalicelib.storage.people_repository import PeopleRepository

PAGE_SIZE = 60
MAX_NAMED_DOCTORS = 5
"""The maximum number of a delegate's doctors whose names are read."""
_MAX_EXAMINED_DOCTORS = 100
_MAX_NAMED_PEOPLE = 200


class KnownPerson(Struct, frozen=True, kw_only=True):
    """A person with the roles of their last sign-in, or those that the records of doctors imply.

    ``doctors`` name them as delegate, and so do ``further_doctors`` more. ``last_sign_in`` is None
    if none is on record.
    """

    name: str
    roles: frozenset[str] = frozenset()
    last_sign_in: datetime | None = None
    doctors: tuple[Doctor, ...] = ()
    further_doctors: int = 0


class KnownPeople(Struct, frozen=True, kw_only=True):
    """A page of people by name; ``cursor`` leads to the next, None if this is the last."""

    people: tuple[KnownPerson, ...]
    cursor: str | None


class NamedPeople(Struct, frozen=True, kw_only=True):
    """Doctors and delegates by name; ``is_complete`` is false if not all doctors were read."""

    people: tuple[KnownPerson, ...]
    is_complete: bool


class ListPeople:
    """People by our own records.

    All methods raise ``PermissionDeniedError`` for callers who aren't admins,
    ``StoreUnavailableError`` and ``StoreBusyError``.
    """

    def __init__(self, people: PeopleRepository, doctors: DoctorRepository) -> None:
        self._people = people
        self._doctors = doctors

    def describe(
        self, caller: Caller, names: Collection[str], delegates: Sequence[str]
    ) -> dict[str, KnownPerson]:
        """Return what is on record of these people; of ``delegates`` also their doctors."""
        caller.require_admin()
        records = self._people.get_many(names)
        people = [records.get(name) or Person(name=name) for name in names]
        return {each.name: each for each in self._add_doctors(people, delegates)}

    def list_signed_in(self, caller: Caller, cursor: str | None) -> KnownPeople:
        """Return those whose sign-in is on record. Raises ``RequestRejectedError``."""
        caller.require_admin()
        page = self._people.list_signed_in(PAGE_SIZE, cursor)
        delegates = [each.name for each in page.people if Role.DELEGATE in each.roles]
        return KnownPeople(
            people=tuple(self._add_doctors(page.people, delegates)), cursor=page.cursor
        )

    def list_not_signed_in(self, caller: Caller) -> NamedPeople:
        """Return doctors and their delegates without a sign-in on record, of the first doctors."""
        caller.require_admin()
        page = self._doctors.list_page(
            specialty=None, location=None, limit=_MAX_EXAMINED_DOCTORS, cursor=None
        )
        named: dict[str, list[Doctor]] = {each.doctor_id: [] for each in page.doctors}
        for doctor in page.doctors:
            for name in doctor.delegates:
                named.setdefault(name, []).append(doctor)
        names = sorted(named)[:_MAX_NAMED_PEOPLE]
        records = self._people.get_many(names)
        return NamedPeople(
            people=tuple(
                _named(name, named[name])
                for name in names
                if name not in records or records[name].last_sign_in is None
            ),
            is_complete=page.cursor is None and len(names) == len(named),
        )

    def _add_doctors(self, people: Iterable[Person], delegates: Sequence[str]) -> list[KnownPerson]:
        links = read_each(self._doctors.list_ids_for_delegate, delegates)
        ids = dict(zip(delegates, links, strict=True))
        doctors = self._read_doctors({each for found in links for each in _shown(found)})
        return [
            KnownPerson(
                name=person.name,
                roles=person.roles,
                last_sign_in=person.last_sign_in,
                doctors=tuple(doctors[each] for each in _shown(found) if each in doctors),
                further_doctors=max(0, len(found) - MAX_NAMED_DOCTORS),
            )
            for person in people
            for found in [ids.get(person.name, [])]
        ]

    def _read_doctors(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        wanted, found = sorted(doctor_ids), dict[str, Doctor]()
        for start in range(0, len(wanted), table.MAX_BATCH_KEYS):
            found |= self._doctors.get_many(wanted[start : start + table.MAX_BATCH_KEYS])
        return found


def _shown(doctor_ids: Iterable[str]) -> list[str]:
    return [*doctor_ids][:MAX_NAMED_DOCTORS]


def _named(name: str, doctors: list[Doctor]) -> KnownPerson:
    role = Role.DELEGATE if doctors else Role.DOCTOR
    return KnownPerson(
        name=name,
        roles=frozenset({str(role)}),
        doctors=tuple(doctors[:MAX_NAMED_DOCTORS]),
        further_doctors=max(0, len(doctors) - MAX_NAMED_DOCTORS),
    )
