"""The table and the demo doctors of a laptop: created once, and never changed after that."""

from chalicelib import bootstrap
from chalicelib.domain.doctor import Doctor, DoctorSettings
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.local_time import parse_time_of_day
from chalicelib.storage import table
from local.local_config import use_local_stage


def _doctor(
    *names: str, zone: str, sessions: str, minutes: int, delegates: frozenset[str] = frozenset()
) -> Doctor:
    doctor_id, name, specialty, location = names
    spans = [map(parse_time_of_day, session.split("-")) for session in sessions.split()]
    return DoctorSettings(
        doctor_id=doctor_id,
        name=name,
        specialty=specialty,
        location=location,
        time_zone=zone,
        slot_minutes=minutes,
        sessions=tuple(ClinicSession(start=start, end=end) for start, end in spans),
        lead_minutes=0,
        window_days=365,
        delegates=delegates,
    ).to_doctor()


_LEE = ("dr-lee", "Dr Mina Lee", "cardiology", "London")
_OKAFOR = ("dr-okafor", "Dr Chidi Okafor", "dermatology", "New York")
_WALKER = ("dr-walker", "Dr Ruth Walker", "general-practice", "Lord Howe Island")
_DAY, _HALF_DAY, _ALL_DAY = "09:00-12:00 13:00-17:00", "08:00-12:00", "00:00-24:00"
DOCTORS = (
    _doctor(*_LEE, zone="Europe/London", sessions=_DAY, minutes=30, delegates=frozenset({"sam"})),
    _doctor(*_OKAFOR, zone="America/New_York", sessions=_HALF_DAY, minutes=20),
    _doctor(*_WALKER, zone="Australia/Lord_Howe", sessions=_ALL_DAY, minutes=30),
)


def seed() -> None:
    """Create the table if there is none, and the demo doctors that are missing."""
    services = bootstrap.create_services()
    table.create_if_absent()
    for doctor in DOCTORS:
        services.doctors.add(doctor)


if __name__ == "__main__":
    use_local_stage()
    seed()
