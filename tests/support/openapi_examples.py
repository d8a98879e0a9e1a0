"""The OpenAPI document with ids and dates that exist on the server under test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import SchemathesisConfig

from chalicelib.domain.slot import SlotId
from local import demo_data
from tests.support.profile import is_nightly, rounds
from tools.openapi.document import build_document

if TYPE_CHECKING:
    from schemathesis.specs.openapi.schemas import OpenApiSchema

# Per operation, in addition to the generated edge cases of its schemas.
_MAX_EXAMPLES = 120
_CONFIG = {
    "seed": 1,
    "generation": {
        "deterministic": True,
        "max-examples": _MAX_EXAMPLES,
        # The tests send a valid token in every request. A generated one that it replaces would be
        # the only invalid part of some requests, which then are valid.
        "with-security-parameters": False,
    },
    "checks": {
        # The stored state can make a valid save invalid.
        "positive_data_acceptance": {"enabled": False},
        # A stale If-Match is rejected before the body is parsed, another format before the query,
        # and a used Idempotency-Key before the slots of the body.
        "negative_data_rejection": {
            "expected-statuses": ["400", "404", "406", "409", "412", "415", "422"]
        },
    },
}
# Methods that a path does not have; by day one that others have, and one that none has.
_OTHER_METHODS = {} if is_nightly() else {"unexpected-methods": ["DELETE", "QUERY"]}
_SEQUENCES = rounds(daily=12, nightly=400)
# For sequences of requests, which invalid requests would end.
_STATEFUL_PHASES = {
    **{phase: {"enabled": False} for phase in ("examples", "coverage", "fuzzing")},
    "stateful": {"max-steps": 10, "generation": {"max-examples": _SEQUENCES, "mode": "positive"}},
}

_TODAY = datetime.now(UTC).date()
_DATES = [_TODAY + timedelta(days=days) for days in (30, 31)]
_DOCTORS = [doctor for doctor in demo_data.DOCTORS if doctor.doctor_id in ("dr-lee", "dr-okafor")]
SLOT_STARTS = {
    (doctor, date): [slot.start for slot in doctor.grid.candidate_slots(date)]
    for doctor in _DOCTORS
    for date in _DATES
}
"""The slots of the server under test, by doctor and date."""
# Of each doctor and date: every operation of a slot is tried with each of them.
_SLOTS_OF_REQUESTS = rounds(daily=1, nightly=100)


def openapi_with_examples(*, is_stateful: bool = False) -> OpenApiSchema:
    """Return the document's schemas, with existing ids and dates in half of the requests.

    ``is_stateful``: generate sequences of requests, each from a link of the previous response.
    """
    slots = [
        str(SlotId(doctor.doctor_id, start))
        for (doctor, _), starts in SLOT_STARTS.items()
        for start in starts[: None if is_stateful else _SLOTS_OF_REQUESTS]
    ]
    doctors = [doctor.doctor_id for doctor in demo_data.DOCTORS]
    dates = [date.isoformat() for date in _DATES]
    document = build_document()
    for methods in document["paths"].values():
        for operation in methods.values():
            # It would also match a status that the operation does not describe.
            del operation["responses"]["default"]
    parameters = document["components"]["parameters"]
    bodies = {name: s["properties"] for name, s in document["components"]["schemas"].items()}
    for schema, real_values in (
        (bodies["BookingRequest"]["moves"]["anyOf"][0], slots),
        *((bodies[name]["doctor_id"], doctors) for name in ("SaveDayRequest", "DayFormFields")),
        *((bodies[name]["date"], dates) for name in ("SaveDayRequest", "DayFormFields")),
        (parameters["Slot"]["schema"], slots),
        *((parameters[name]["schema"], doctors) for name in ("Doctor", "DoctorOfDay")),
        *((parameters[name]["schema"], dates) for name in ("Date", "From", "To")),
    ):
        _prefer(schema, real_values)
    for name, example in (("Slot", slots[0]), ("Date", dates[0]), ("From", dates[0])):
        parameters[name]["example"] = example
    phases = _STATEFUL_PHASES if is_stateful else {"coverage": _OTHER_METHODS}
    config = _CONFIG | {"phases": phases}
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


def _prefer(schema: dict[str, Any], real_values: list[str]) -> None:
    other = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"enum": real_values}, other]
