"""The API's document, led to what a server has: its doctors, some dates, the slots of those."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import SchemathesisConfig

from chalicelib.domain.slot import SlotId
from local import demo_data
from tools.openapi.document import build_document

if TYPE_CHECKING:
    from schemathesis.specs.openapi.schemas import OpenApiSchema

# Of each operation, besides the examples that reach every corner of its description.
_MAX_EXAMPLES = 120
_CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": _MAX_EXAMPLES},
    "checks": {
        # A save may be refused for what is stored, whatever its shape.
        "positive_data_acceptance": {"enabled": False},
        # A stale If-Match is refused before the body is looked into.
        "negative_data_rejection": {"expected-statuses": ["400", "404", "409", "412", "415"]},
    },
}
# For deeds in a row alone: what is malformed leads nowhere.
_STATEFUL_PHASES = {
    **{phase: {"enabled": False} for phase in ("examples", "coverage", "fuzzing")},
    "stateful": {"max-steps": 10, "generation": {"max-examples": 60, "mode": "positive"}},
}

_TODAY = datetime.now(UTC).date()
_DATES = [_TODAY + timedelta(days=days) for days in (30, 31)]
_DOCTORS = [doctor for doctor in demo_data.DOCTORS if doctor.doctor_id in ("dr-lee", "dr-okafor")]
SLOT_STARTS = {
    (doctor, on): [box.start for box in doctor.grid.candidate_slots(on)]
    for doctor in _DOCTORS
    for on in _DATES
}
"""The slots that the server has, by doctor and date."""


def openapi_with_examples(*, is_stateful: bool = False) -> OpenApiSchema:
    """Every description still holds, and half of all ids and dates that are made are real.

    ``in_a_row`` is for deeds of which one leads to the next, rather than for each on its own.
    """
    slots = [
        str(SlotId(doctor.doctor_id, start))
        for (doctor, _), starts in SLOT_STARTS.items()
        for start in starts
    ]
    doctors = [doctor.doctor_id for doctor in demo_data.DOCTORS]
    dates = [on.isoformat() for on in _DATES]
    document = build_document()
    parameters = document["components"]["parameters"]
    bodies = {name: s["properties"] for name, s in document["components"]["schemas"].items()}
    for described, real in (
        (bodies["BookingRequest"]["moves"]["anyOf"][0], slots),
        *((bodies[name]["doctor_id"], doctors) for name in ("SaveDayRequest", "DayFormFields")),
        *((bodies[name]["date"], dates) for name in ("SaveDayRequest", "DayFormFields")),
        (parameters["Slot"]["schema"], slots),
        *((parameters[name]["schema"], doctors) for name in ("Doctor", "DoctorOfDay")),
        *((parameters[name]["schema"], dates) for name in ("Date", "From", "To")),
    ):
        _prefer(described, real)
    for name, example in (("Slot", slots[0]), ("Date", dates[0]), ("From", dates[0])):
        parameters[name]["example"] = example
    config = _CONFIG | {"phases": _STATEFUL_PHASES if is_stateful else {}}
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))


def _prefer(schema: dict[str, Any], real_values: list[str]) -> None:
    other = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"enum": real_values}, other]
