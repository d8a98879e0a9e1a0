"""The table and the demo doctors of a laptop: created once, and never changed after that."""

import json
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.doctor import Doctor, DoctorSettings
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.local_time import parse_time_of_day
from chalicelib.storage import table
from chalicelib.storage.doctor_repository import DoctorRepository
from chalicelib.use_cases.backfill_doctors import backfill_page
from local.local_config import PROJECT, use_local_stage


def _doctor(settings: dict[str, Any]) -> Doctor:
    spans = [map(parse_time_of_day, session.split("-")) for session in settings["sessions"]]
    sessions = tuple(ClinicSession(start=start, end=end) for start, end in spans)
    delegates = frozenset(settings["delegates"])
    return DoctorSettings(**{**settings, "sessions": sessions, "delegates": delegates}).to_doctor()


DOCTORS = tuple(map(_doctor, json.loads((PROJECT / "local" / "doctors.json").read_text("utf-8"))))


def seed() -> None:
    """Create the table if there is none, and the demo doctors that are missing."""
    services = bootstrap.create_services()
    table.create_if_absent()
    for doctor in DOCTORS:
        services.doctors.add(doctor)
    _backfill_doctors(services.doctors)


def _backfill_doctors(doctors: DoctorRepository) -> None:
    """Backfill the doctors of earlier releases, as the nightly job does."""
    cursor = backfill_page(doctors, None)
    while cursor:
        cursor = backfill_page(doctors, cursor)


if __name__ == "__main__":
    use_local_stage()
    seed()
