"""Doctors in the table: by id, by delegate, or page by page in the directory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import Struct
from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.errors import DoctorModifiedError, DoctorNotFoundError
from chalicelib.storage import doctor_directory, keys, pagination, table
from chalicelib.storage.audit_log import add_entry
from chalicelib.storage.decoding import decode_readable
from chalicelib.storage.doctor_mapping import (
    directory_sort_key,
    doctor_from_item,
    doctor_to_item,
)
from chalicelib.storage.doctor_names import add_names
from chalicelib.storage.errors import translate_read_errors
from chalicelib.storage.models import DelegateItem, DoctorItem, SharedIndex
from chalicelib.storage.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Collection

    from pynamodb.expressions.update import Action

    from chalicelib.domain.audit_log import AuditLogEntry
    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.table import Key


_MAX_DOCTORS_PER_DELEGATE = 100


class DoctorPage(Struct, frozen=True, kw_only=True):
    """``cursor`` is that of the next page; None if this is the last."""

    doctors: tuple[Doctor, ...]
    cursor: str | None


class DoctorRepository:
    """All doctors."""

    def get(self, doctor_id: str) -> Doctor:
        """Strongly consistent. Raises ``DoctorNotFoundError``, ``StoreUnavailableError``."""
        partition = keys.doctor_pk(doctor_id)
        try:
            with translate_read_errors():
                item = DoctorItem.get(partition, keys.DOCTOR_SK, consistent_read=True)
        except DoesNotExist:
            raise DoctorNotFoundError(doctor_id) from None
        return doctor_from_item(item)

    def get_many(self, doctor_ids: Collection[str]) -> dict[str, Doctor]:
        """Return those of at most 100 doctors that exist, by id, in one strongly consistent read.

        Raises ``StoreUnavailableError``.
        """
        doctor_keys = [(keys.doctor_pk(doctor_id), keys.DOCTOR_SK) for doctor_id in doctor_ids]
        items = table.batch_get(doctor_keys).values() if doctor_keys else ()
        doctors = decode_readable(items, doctor_from_item)
        return {doctor.doctor_id: doctor for doctor in doctors}

    def add(self, doctor: Doctor) -> bool:
        """Store a new doctor; return False and do nothing if the id exists."""
        try:
            self.save(doctor)
        except DoctorModifiedError:
            return False
        return True

    def save(
        self, doctor: Doctor, previous: Doctor | None = None, entry: AuditLogEntry | None = None
    ) -> Doctor:
        """Replace the ``previous`` settings (None: a new doctor), and return the stored ones.

        The links to delegates change in the same transaction, which also adds the ``entry`` to the
        audit log. Raises ``DoctorModifiedError`` if the
        stored settings are not the previous ones; ``FhirIdTakenError`` for a new doctor, or a new
        ``fhir_id``; ``StoreUnavailableError``, ``OutcomeUnknownError``.
        """
        saved = replace(doctor, version=(previous.version if previous else 0) + 1)
        transaction = Transaction()
        _write_settings(transaction, doctor_to_item(saved), previous)
        add_names(transaction, saved, previous)
        if previous is None or saved.fhir_id != previous.fhir_id:
            from chalicelib.storage.fhir_ids import claim_fhir_id  # noqa: PLC0415  few saves

            claim_fhir_id(transaction, saved)
        if entry is not None:
            add_entry(transaction, entry)
        delegates = previous.delegates if previous else frozenset()
        for name in sorted(saved.delegates - delegates):
            transaction.put(
                DelegateItem.to_raw(*_delegate_key(name, saved)),
                condition=None,
                on_failure=lambda _: DoctorModifiedError(),
            )
        for name in sorted(delegates - saved.delegates):
            transaction.delete(
                _delegate_key(name, saved),
                condition=None,
                on_failure=lambda _: DoctorModifiedError(),
            )
        transaction.commit()
        return saved

    def list_for_delegate(self, name: str) -> tuple[Doctor, ...]:
        """Return the doctors, at most 100, who name the delegate; strongly consistent, by id.

        Raises ``StoreUnavailableError``.
        """
        doctors = self.get_many(self.list_ids_for_delegate(name))
        return tuple(doctor for _, doctor in sorted(doctors.items()) if name in doctor.delegates)

    def list_ids_for_delegate(self, name: str) -> list[str]:
        """Return the ids of these doctors, in one strongly consistent read.

        Raises ``StoreUnavailableError``.
        """
        with translate_read_errors():
            links = list(
                DelegateItem.query(
                    keys.delegate_pk(name), consistent_read=True, limit=_MAX_DOCTORS_PER_DELEGATE
                )
            )
        return [keys.parse_doctor_pk(link.sk) for link in links]

    def list_ids(self, limit: int, cursor: str | None) -> pagination.DoctorIdPage:
        """Return a page of the ids of all doctors; eventually consistent.

        Raises ``StoreUnavailableError``.
        """
        page = self.list_page(specialty=None, location=None, limit=limit, cursor=cursor)
        return pagination.DoctorIdPage(
            tuple(doctor.doctor_id for doctor in page.doctors), page.cursor
        )

    def count(self) -> int:
        """Return the number of doctors; eventually consistent. Raises ``StoreUnavailableError``."""
        with translate_read_errors():
            return DoctorItem.count(keys.DIRECTORY_PK, index_name=SharedIndex.Meta.index_name)

    def list_page(
        self,
        *,
        specialty: str | None,
        location: str | None,
        limit: int,
        cursor: str | None,
        is_backward: bool = False,
    ) -> DoctorPage:
        """Return a page of doctors by specialty, location and id; eventually consistent.

        The page starts after the position of the cursor; ``is_backward``: it ends before it, and
        its own cursor leads to the page before. Reads as ``doctor_directory.list_items``. Raises
        ``RequestRejectedError`` for a cursor of another search, ``StoreUnavailableError``.
        """
        search = ("doctors", specialty, location)
        prefix = doctor_directory.sort_key_prefix(specialty, location)
        position = (
            pagination.decode_cursor(cursor, search=search, prefix=prefix, part_count=3)
            if cursor
            else None
        )
        with translate_read_errors():
            items = doctor_directory.list_items(
                specialty, location, position, limit=limit + 1, is_backward=is_backward
            )
        found = items[:limit]
        return DoctorPage(
            doctors=tuple(
                decode_readable(reversed(found) if is_backward else found, doctor_from_item)
            ),
            cursor=pagination.encode_cursor(str(found[-1].gsi1_sk), search=search)
            if len(items) > limit
            else None,
        )

    def cursor_at(self, doctor: Doctor, *, specialty: str | None, location: str | None) -> str:
        """Return the cursor of that search whose position is the doctor."""
        search = ("doctors", specialty, location)
        return pagination.encode_cursor(directory_sort_key(doctor), search=search)


def _write_settings(transaction: Transaction, item: DoctorItem, previous: Doctor | None) -> None:
    if previous is None:
        transaction.put(
            item.serialize(),
            condition=DoctorItem.pk.does_not_exist(),
            on_failure=lambda _: DoctorModifiedError(),
        )
    else:
        transaction.update(
            (item.pk, item.sk),
            _settings_actions(item),
            condition=DoctorItem.version == previous.version,
            on_failure=lambda _: DoctorModifiedError(),
        )


def _settings_actions(item: DoctorItem) -> list[Action]:
    """Return the update to these settings: unlike a put, it keeps attributes of a later release."""
    values = {name: getattr(item, name) for name in item.get_attributes().keys() - {"pk", "sk"}}
    return [
        attribute.remove() if values[name] is None else attribute.set(values[name])
        for name, attribute in item.get_attributes().items()
        if name in values
    ]


def _delegate_key(delegate: str, doctor: Doctor) -> Key:
    return keys.delegate_pk(delegate), keys.doctor_pk(doctor.doctor_id)
