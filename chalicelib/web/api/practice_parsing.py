"""Parse requests for the practice day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.slot import is_valid_doctor_id
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.manage_practice import MAX_DOCTORS, PracticeSearch
from chalicelib.use_cases.manage_slots import SaveRequest, compute_fingerprint
from chalicelib.web.api import practice_schemas
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.parsing import idempotency_key, parse_slot_change
from chalicelib.web.api.validators import invalid_field, parse_date, search_text
from chalicelib.web.http.request import queries, query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request


def parse_practice_search(request: Request) -> PracticeSearch:
    """The doctors to show. Raises ``RequestRejectedError``."""
    violations = Violations()
    with violations:
        specialty = search_text(request, "specialty")
    with violations:
        location = search_text(request, "location")
    with violations:
        doctor_ids = parse_doctor_ids(queries(request, "doctor_id"))
    violations.raise_any()
    return PracticeSearch(
        specialty=specialty,
        location=location,
        doctor_ids=doctor_ids,
        cursor=query(request, "cursor"),
    )


def parse_doctor_ids(texts: Sequence[str], name: str = "doctor_id") -> tuple[str, ...]:
    """Up to 20 different doctors. Raises ``RequestRejectedError``."""
    ids = tuple(dict.fromkeys(texts))
    if len(ids) > MAX_DOCTORS:
        detail = Text("At most %(limit)s doctors at once", limit=MAX_DOCTORS)
        raise RequestRejectedError(FieldViolation(name, "too_many", detail))
    if not all(map(is_valid_doctor_id, ids)):
        raise _invalid_doctor_id(name)
    return ids


def _invalid_doctor_id(name: str) -> RequestRejectedError:
    return invalid_field(name, Text("1 to 64 letters, digits, _ or -"))


def parse_save_practice_json(request: Request) -> list[SaveRequest]:
    """``POST /practice``: a save of each doctor's date.

    All have the key of the request and the fingerprint of all its doctors, so that the key stands
    for the whole request. Raises ``RequestRejectedError``, ``HttpError``.
    """
    sent, violations = decode_json(request, practice_schemas.SavePracticeRequest)
    with violations:
        date = parse_date(sent.date)
    with violations:
        doctor_ids = _parse_doctors(sent.doctors)
    with violations:
        request_id = idempotency_key(request)
    violations.raise_any()
    fingerprint = compute_fingerprint(
        (f"{each.doctor_id} {slot.start}", slot.status)
        for each in sent.doctors
        for slot in each.slots
    )
    return [
        SaveRequest(
            doctor_id=doctor_id,
            date=date,
            changes=tuple(parse_slot_change(slot.start, slot.status) for slot in each.slots),
            request_id=request_id,
            fingerprint=fingerprint,
        )
        for doctor_id, each in zip(doctor_ids, sent.doctors, strict=True)
    ]


def _parse_doctors(doctors: Sequence[practice_schemas.SaveDoctorRequest]) -> tuple[str, ...]:
    if not doctors:
        violation = FieldViolation("doctors", "nothing_to_save", Text("There is nothing to save"))
        raise RequestRejectedError(violation)
    for number, each in enumerate(doctors):
        if not is_valid_doctor_id(each.doctor_id):
            raise _invalid_doctor_id(f"doctors[{number}].doctor_id")
    ids = parse_doctor_ids([each.doctor_id for each in doctors], "doctors")
    if len(ids) < len(doctors):
        raise invalid_field("doctors", Text("each doctor once"))
    return ids
