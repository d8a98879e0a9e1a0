"""Ids of FHIR resources (https://hl7.org/fhir/R4/datatypes.html#id) for doctors, slots and places.

A FHIR id has letters, digits, ``-`` and ``.``, and at most 64 characters. Most doctor ids are FHIR
ids. One with ``_`` gets ``-`` in its place, and one that is too long, or whose FHIR id another
doctor has, is shortened and gets a digest of itself after a ``.``, which no doctor id has.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from chalicelib.domain.errors import ConcurrentModificationError
from chalicelib.domain.slot import SlotId, format_start, parse_start

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.doctor import Doctor

_FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
# The id of a slot is that of its doctor, a "." and its start, of 14 characters.
MAX_DOCTOR_ID_LENGTH = 64 - len(".20261123T0900Z")
_DIGEST_LENGTH = 12


class FhirIdTakenError(ConcurrentModificationError):
    """Another doctor has this FHIR id."""

    code = "fhir_id_taken"

    def __init__(self) -> None:
        super().__init__("Another doctor has this FHIR id")


def is_valid_fhir_id(text: str) -> bool:
    """Whether the text has the form of a FHIR id."""
    return _FHIR_ID.fullmatch(text) is not None


def is_own_fhir_id(doctor_id: str) -> bool:
    """Whether a doctor id can be the doctor's FHIR id as it is."""
    return "_" not in doctor_id and len(doctor_id) <= MAX_DOCTOR_ID_LENGTH


def fhir_id_of(doctor: Doctor) -> str | None:
    """Return a doctor's FHIR id.

    None if they need one of their own and have none: their settings were last saved by a release
    without FHIR.
    """
    if doctor.fhir_id is None and is_own_fhir_id(doctor.doctor_id):
        return doctor.doctor_id
    return doctor.fhir_id


def fhir_id_choices(doctor: Doctor) -> tuple[str | None, ...]:
    """Return what to try to store as ``Doctor.fhir_id``, the best first; None stores none.

    ``doctor.version`` is 0 for a new doctor.
    """
    doctor_id = doctor.doctor_id
    if doctor.fhir_id is not None:
        return (doctor.fhir_id,)
    if is_own_fhir_id(doctor_id):
        return (None, _digest_id(doctor_id)) if doctor.version == 0 else (None,)
    if len(doctor_id) > MAX_DOCTOR_ID_LENGTH:
        return (_digest_id(doctor_id),)
    return _as_fhir(doctor_id), _digest_id(doctor_id)


def _as_fhir(doctor_id: str) -> str:
    return doctor_id.replace("_", "-")


def _digest_id(doctor_id: str) -> str:
    digest = sha256(doctor_id.encode()).hexdigest()[:_DIGEST_LENGTH]
    return f"{_as_fhir(doctor_id)[: MAX_DOCTOR_ID_LENGTH - _DIGEST_LENGTH - 1]}.{digest}"


def slot_fhir_id(doctor_fhir_id: str, start: datetime) -> str:
    """Return the FHIR id of a slot: ``dr-lee.20261123T0900Z``."""
    return f"{doctor_fhir_id}.{format_start(start)}"


def parse_slot_fhir_id(text: str) -> SlotId:
    """The reverse of ``slot_fhir_id``, with the doctor's FHIR id as ``doctor_id``.

    Raises ``ValueError``.
    """
    doctor_id, _, start_text = text.rpartition(".")
    if not is_valid_fhir_id(doctor_id):
        raise ValueError(text)
    return SlotId(doctor_id, parse_start(start_text))


def place_fhir_id(*names: str) -> str:
    """Return the FHIR id of what has no id but its names: a location, or a specialty at one."""
    return sha256("\n".join(names).encode()).hexdigest()[:32]
