"""FHIR R4 resources made of doctors, their places, and slots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from chalicelib.domain import local_time
from chalicelib.domain.fhir_ids import place_fhir_id, slot_fhir_id
from chalicelib.domain.slot import SlotId
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.http.request import origin, url_prefix

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from chalice.app import Request

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.grid import ClinicSession
    from chalicelib.use_cases.list_fhir_doctors import FhirDoctor
    from chalicelib.use_cases.search_fhir_slots import PublishedSlot

Resource = dict[str, Any]
"""A resource, or an element of one, as JSON."""


class Base(Struct, frozen=True):
    """The URLs that resources contain: of this API, and of its FHIR facade."""

    api: str

    @classmethod
    def of(cls, request: Request) -> Base:
        return cls(f"{origin(request)}{url_prefix(request)}")

    @property
    def fhir(self) -> str:
        return f"{self.api}/fhir"

    def identifier(self, path: str, value: str) -> Resource:
        """Identify what this API calls ``value``, at that path of it."""
        return {"system": f"{self.api}/{path}", "value": value}


class Place(Struct, frozen=True, order=True):
    """A location by its name."""

    name: str

    @classmethod
    def of(cls, doctor: Doctor) -> Place:
        return cls(doctor.location)

    @property
    def fhir_id(self) -> str:
        return place_fhir_id(self.name)

    @property
    def reference(self) -> Resource:
        return _reference("Location", self.fhir_id, self.name)


class Service(Struct, frozen=True, order=True):
    """A specialty at a place."""

    specialty: str
    place: Place

    @classmethod
    def of(cls, doctor: Doctor) -> Service:
        return cls(doctor.specialty, Place.of(doctor))

    @property
    def fhir_id(self) -> str:
        return place_fhir_id(self.specialty, self.place.name)

    @property
    def name(self) -> str:
        return f"{self.specialty}, {self.place.name}"

    @property
    def reference(self) -> Resource:
        return _reference("HealthcareService", self.fhir_id, self.name)


def practitioner(owner: FhirDoctor, base: Base) -> Resource:
    """The doctor as a person, who has a name and nothing else here."""
    doctor = owner.doctor
    return {
        "resourceType": "Practitioner",
        "id": owner.fhir_id,
        "identifier": [base.identifier("doctors", doctor.doctor_id)],
        "active": doctor.is_active,
        "name": [{"text": doctor.name}],
    }


def practitioner_role(owner: FhirDoctor, base: Base) -> Resource:
    """What the doctor does where, and when patients can come."""
    doctor = owner.doctor
    return {
        "resourceType": "PractitionerRole",
        "id": owner.fhir_id,
        "identifier": [base.identifier("doctors", doctor.doctor_id)],
        "active": doctor.is_active,
        "practitioner": _reference("Practitioner", owner.fhir_id, doctor.name),
        "specialty": [{"text": doctor.specialty}],
        "location": [Place.of(doctor).reference],
        "healthcareService": [Service.of(doctor).reference],
        "availableTime": [_available_time(session) for session in doctor.grid.sessions],
    }


def location(place: Place, base: Base) -> Resource:
    """A place where there are doctors."""
    return {
        "resourceType": "Location",
        "id": place.fhir_id,
        "identifier": [base.identifier("locations", place.name)],
        "status": "active",
        "name": place.name,
        "mode": "instance",
    }


def healthcare_service(service: Service, _base: Base) -> Resource:
    """A specialty at a place."""
    return {
        "resourceType": "HealthcareService",
        "id": service.fhir_id,
        "active": True,
        "type": [{"text": service.specialty}],
        "specialty": [{"text": service.specialty}],
        "location": [service.place.reference],
        "name": service.name,
        "appointmentRequired": True,
    }


def schedule(owner: FhirDoctor, base: Base, now: datetime) -> Resource:
    """The doctor's schedule, from today to the end of the booking window."""
    doctor = owner.doctor
    return {
        "resourceType": "Schedule",
        "id": owner.fhir_id,
        "identifier": [base.identifier("doctors", doctor.doctor_id)],
        "active": doctor.is_active,
        "serviceType": [{"text": doctor.specialty}],
        "specialty": [{"text": doctor.specialty}],
        "actor": actors(owner),
        "planningHorizon": {
            "start": local_time.local_date(now, doctor.zone).isoformat(),
            "end": doctor.last_bookable_date(now).isoformat(),
        },
    }


def actors(owner: FhirDoctor) -> list[Resource]:
    """References to everything whose availability the doctor's schedule is."""
    doctor = owner.doctor
    return [
        _reference("PractitionerRole", owner.fhir_id, doctor.name),
        _reference("Practitioner", owner.fhir_id, doctor.name),
        Place.of(doctor).reference,
        Service.of(doctor).reference,
    ]


def slot(published: PublishedSlot, base: Base) -> Resource:
    """A slot; its identifier is the ``slot_id`` with which a booking site books it."""
    owner, stored = published.owner, published.slot
    zone = owner.doctor.zone
    return {
        "resourceType": "Slot",
        "id": slot_fhir_id(owner.fhir_id, stored.start),
        "identifier": [base.identifier("slots", str(SlotId(owner.doctor.doctor_id, stored.start)))],
        "schedule": {"reference": f"Schedule/{owner.fhir_id}"},
        "status": published.status.value,
        "start": local_time.to_rfc3339(stored.start, zone),
        "end": local_time.to_rfc3339(stored.end, zone),
    }


def _reference(resource_type: str, resource_id: str, display: str) -> Resource:
    return {"reference": f"{resource_type}/{resource_id}", "display": display}


def _available_time(session: ClinicSession) -> Resource:
    """FHIR has no time 24:00: without an end, it is the end of the day."""
    days = {"daysOfWeek": [WEEKDAYS[day] for day in sorted(session.weekdays)]}
    end = _time(session.end)
    is_all_day = (_time(session.start), end) == ("00:00:00", "24:00:00")
    if is_all_day:
        return {**days, "allDay": True}
    until = {} if end == "24:00:00" else {"availableEndTime": end}
    return {**days, "availableStartTime": _time(session.start), **until}


def _time(time_of_day: timedelta) -> str:
    return f"{local_time.format_time_of_day(time_of_day)}:00"
