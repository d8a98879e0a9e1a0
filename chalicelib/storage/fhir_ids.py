"""FHIR ids of doctors in the table: each belongs to one doctor, the first to be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.fhir_ids import FhirIdTakenError, fhir_id_of
from chalicelib.storage import keys, table
from chalicelib.storage.decoding import decode_readable, decoder, require
from chalicelib.storage.doctor_mapping import doctor_from_item
from chalicelib.storage.models import BaseItem, DoctorItem

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.domain.doctor import Doctor
    from chalicelib.storage.transaction import Transaction


class FhirIdItem(BaseItem, discriminator="fhir_id"):
    """The doctor who has a FHIR id that is not their own id."""

    doctor_id = UnicodeAttribute()


def claim_fhir_id(transaction: Transaction, doctor: Doctor) -> None:
    """Require that no other doctor has the doctor's FHIR id, and store it if it is not their id.

    Of two doctors whose FHIR ids would be the same, the second one to be saved gets
    ``FhirIdTakenError``: one has a condition on the item that the other one writes.
    """
    fhir_id = fhir_id_of(doctor)
    if fhir_id is None:
        return
    key = (keys.doctor_pk(fhir_id), keys.FHIR_ID_SK)
    if doctor.fhir_id is None:
        transaction.check(
            key,
            condition=FhirIdItem.pk.does_not_exist(),
            on_failure=lambda _: FhirIdTakenError(),
        )
        return
    transaction.check(
        (keys.doctor_pk(fhir_id), keys.DOCTOR_SK),
        condition=DoctorItem.pk.does_not_exist(),
        on_failure=lambda _: FhirIdTakenError(),
    )
    transaction.put(
        FhirIdItem.to_raw(*key, doctor_id=doctor.doctor_id),
        condition=FhirIdItem.pk.does_not_exist(),
        on_failure=lambda _: FhirIdTakenError(),
    )


def find_doctors(fhir_ids: Collection[str]) -> dict[str, Doctor]:
    """Return those doctors who have one of at most 50 FHIR ids, by FHIR id.

    One strongly consistent read, and one more if an id is not the doctor's own. Raises
    ``StoreUnavailableError``.
    """
    pks = dict.fromkeys(map(keys.doctor_pk, fhir_ids))
    wanted = [(pk, sk) for pk in pks for sk in (keys.DOCTOR_SK, keys.FHIR_ID_SK)]
    items = table.batch_get(wanted) if wanted else {}
    claims = [item for (_, sk), item in items.items() if sk == keys.FHIR_ID_SK]
    others = [(keys.doctor_pk(each), keys.DOCTOR_SK) for each in decode_readable(claims, _owner)]
    found = table.batch_get(others) if others else {}
    profiles = {key: item for key, item in items.items() if key[1] == keys.DOCTOR_SK} | found
    doctors = decode_readable(profiles.values(), doctor_from_item)
    by_id = {fhir_id_of(doctor): doctor for doctor in doctors}
    return {fhir_id: by_id[fhir_id] for fhir_id in fhir_ids if fhir_id in by_id}


@decoder
def _owner(item: FhirIdItem) -> str:
    return require(item.doctor_id)
