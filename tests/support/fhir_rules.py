"""What must hold of published FHIR resources, beyond what validators of single resources check.

The rules of HL7 SMART Scheduling Links and of Inferno's kit for it are in ``publication_rules``.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Resource = dict[str, Any]
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
# https://hl7.org/fhir/R4/datatypes.html#instant
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# https://hl7.org/fhir/R4/valueset-slotstatus.html
_STATUSES = {"busy", "free", "busy-unavailable", "busy-tentative", "entered-in-error"}
_PATIENT_WORDS = ("patient", "booking", "holder", "client")


def find_violations(resources: Sequence[Resource]) -> list[str]:
    """Return what is wrong with resources that are published together."""
    slots = [each for each in resources if each.get("resourceType") == "Slot"]
    return [
        *_wrong_ids(resources),
        *_lost_references(resources),
        *(violation for each in resources for violation in _empty_values(each)),
        *(violation for slot in slots for violation in _wrong_slot(slot)),
        *_overlaps([slot for slot in slots if not list(_wrong_slot(slot))]),
    ]


def _name(resource: Resource) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def _wrong_ids(resources: Iterable[Resource]) -> Iterator[str]:
    for name, count in Counter(map(_name, resources)).items():
        if not _ID.fullmatch(name.partition("/")[2]):
            yield f"{name}: no FHIR id"
        if count > 1:
            yield f"{name}: {count} resources have this id"


def _lost_references(resources: Sequence[Resource]) -> Iterator[str]:
    names = set(map(_name, resources))
    for resource in resources:
        for key, value in _members(resource):
            if key == "reference" and value not in names:
                yield f"{_name(resource)}: {value} does not exist"


def _empty_values(resource: Resource) -> Iterator[str]:
    for key, value in _members(resource):
        if value in ("", [], {}, None):
            yield f"{_name(resource)}: {key} is empty"
        if any(word in key.lower() for word in _PATIENT_WORDS):
            yield f"{_name(resource)}: {key} is of a patient"


def _members(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _members(inner)
    if isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def _wrong_slot(slot: Resource) -> Iterator[str]:
    if slot.get("status") not in _STATUSES:
        yield f"{_name(slot)}: no status of a slot"
    if not str(slot.get("schedule", {}).get("reference")).startswith("Schedule/"):
        yield f"{_name(slot)}: no schedule"
    times = [str(slot.get(key)) for key in ("start", "end")]
    if not all(map(_INSTANT.fullmatch, times)):
        yield f"{_name(slot)}: no instants"
        return
    start, end = map(datetime.fromisoformat, times)
    if start >= end:
        yield f"{_name(slot)}: ends before it starts"


def _overlaps(slots: Iterable[Resource]) -> Iterator[str]:
    """Yield each slot of a schedule that starts before the one before it has ended."""
    in_order = sorted(slots, key=lambda slot: (_schedule(slot), _instant(slot, "start")))
    for one, other in pairwise(in_order):
        is_same = _schedule(one) == _schedule(other)
        if is_same and _instant(other, "start") < _instant(one, "end"):
            yield f"{_name(other)}: overlaps {_name(one)}"


def _schedule(slot: Resource) -> str:
    return str(slot["schedule"]["reference"])


def _instant(slot: Resource, key: str) -> datetime:
    return datetime.fromisoformat(slot[key])
