"""The types of resources that are made of doctors, with their search parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.web.fhir import resources
from chalicelib.web.fhir.parameters import (
    SearchParameter,
    matches_reference,
    matches_text,
    matches_token,
)
from chalicelib.web.fhir.resources import Base, Place, Resource, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor

ACTOR_TYPES = ("PractitionerRole", "Practitioner", "Location", "HealthcareService")


class Kind(Struct, frozen=True, kw_only=True):
    """A type of resource: how doctors make its entities, and an entity its resource.

    ``entities`` has no entity twice. ``is_of_doctor`` if each doctor has one, with their FHIR id.
    """

    name: str
    entities: Callable[[Iterable[FhirDoctor]], list[Any]]
    build: Callable[[Any, Base, datetime], Resource]
    parameters: tuple[SearchParameter, ...]
    is_of_doctor: bool = True


def matches_actor(owner: FhirDoctor, value: str, base: Base) -> bool:
    """Whether the doctor's schedule has that actor."""
    references = [each["reference"] for each in resources.actors(owner)]
    return matches_reference(value, references, base)


def _matches_id(entity: Any, value: str, _base: Base) -> bool:  # noqa: ANN401  any entity
    return bool(entity.fhir_id == value)


def _matches_doctor_id(owner: FhirDoctor, value: str, base: Base) -> bool:
    identifier = base.identifier("doctors", owner.doctor.doctor_id)
    return matches_token(value, identifier["system"], identifier["value"])


def _reference(
    name: str, targets: tuple[str, ...], find: Callable[[Any], str], documentation: str
) -> SearchParameter:
    return SearchParameter(
        name=name,
        kind="reference",
        documentation=documentation,
        matches=lambda entity, value, base: matches_reference(value, [find(entity)], base),
        targets=targets,
    )


_ID = SearchParameter(
    name="_id", kind="token", documentation="The id of the resource.", matches=_matches_id
)
_DOCTOR_ID = SearchParameter(
    name="identifier",
    kind="token",
    documentation="The doctor_id of the JSON API.",
    matches=_matches_doctor_id,
)

SCHEDULE = Kind(
    name="Schedule",
    entities=list,
    build=resources.schedule,
    parameters=(
        _ID,
        _DOCTOR_ID,
        SearchParameter(
            name="actor",
            kind="reference",
            documentation="Whose availability it is: a person, their role, a place or a service.",
            matches=matches_actor,
            targets=ACTOR_TYPES,
        ),
    ),
)
PRACTITIONER = Kind(
    name="Practitioner",
    entities=list,
    build=lambda owner, base, _now: resources.practitioner(owner, base),
    parameters=(
        _ID,
        _DOCTOR_ID,
        SearchParameter(
            name="name",
            kind="string",
            documentation="The beginning of the name, or of a word of it.",
            matches=lambda owner, value, _base: matches_text(value, owner.doctor.name),
        ),
    ),
)
PRACTITIONER_ROLE = Kind(
    name="PractitionerRole",
    entities=list,
    build=lambda owner, base, _now: resources.practitioner_role(owner, base),
    parameters=(
        _ID,
        _DOCTOR_ID,
        _reference(
            "practitioner",
            ("Practitioner",),
            lambda owner: f"Practitioner/{owner.fhir_id}",
            "The person.",
        ),
        _reference(
            "location",
            ("Location",),
            lambda owner: f"Location/{Place.of(owner.doctor).fhir_id}",
            "The place.",
        ),
        _reference(
            "service",
            ("HealthcareService",),
            lambda owner: f"HealthcareService/{Service.of(owner.doctor).fhir_id}",
            "The specialty at the place.",
        ),
    ),
)
_NAME = SearchParameter(
    name="name",
    kind="string",
    documentation="The beginning of the name, or of a word of it.",
    matches=lambda named, value, _base: matches_text(value, named.name),
)
LOCATION = Kind(
    name="Location",
    entities=lambda owners: sorted({Place.of(owner.doctor) for owner in owners}),
    build=lambda place, base, _now: resources.location(place, base),
    parameters=(
        _ID,
        _NAME,
    ),
    is_of_doctor=False,
)
HEALTHCARE_SERVICE = Kind(
    name="HealthcareService",
    entities=lambda owners: sorted({Service.of(owner.doctor) for owner in owners}),
    build=lambda service, base, _now: resources.healthcare_service(service, base),
    parameters=(
        _ID,
        _NAME,
        _reference(
            "location",
            ("Location",),
            lambda service: f"Location/{service.place.fhir_id}",
            "The place.",
        ),
    ),
    is_of_doctor=False,
)
KINDS = {
    kind.name: kind
    for kind in (SCHEDULE, PRACTITIONER, PRACTITIONER_ROLE, LOCATION, HEALTHCARE_SERVICE)
}
"""Every type but Slot."""
