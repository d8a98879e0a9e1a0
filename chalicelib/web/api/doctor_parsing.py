"""Parse ``PUT /doctors/{doctor_id}``: the settings, and the conditions on the stored ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.domain import local_time
from chalicelib.domain.doctor import DoctorSettings
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.grid import ClinicSession
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation, not_valid
from chalicelib.use_cases.preconditions import Precondition
from chalicelib.web.api import schemas
from chalicelib.web.api.decoding import decode_json
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.api.validators import (
    invalid_field,
    parse_if_match,
    parse_if_none_match,
    valid_doctor_id,
)

if TYPE_CHECKING:
    from chalice.app import Request

_WEEKDAYS_EXPECTED = Text("a list of weekdays, each once: %(codes)s", codes=", ".join(WEEKDAYS))
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)


def parse_doctor_settings(path: str, request: Request) -> DoctorSettings:
    """A doctor's settings; ``path`` is the id in the path.

    Raises ``RequestRejectedError`` with everything that is wrong, ``HttpError``.
    """
    sent, violations = decode_json(request, schemas.DoctorRequest)
    with violations:
        doctor_id = valid_doctor_id(path)
        if sent.doctor_id not in (None, doctor_id):
            raise invalid_field(
                "doctor_id", Text("%(doctor_id)s, as in the URL, or none", doctor_id=doctor_id)
            )
    sessions: tuple[ClinicSession, ...] = ()
    with violations:
        sessions = _parse_sessions(sent.sessions)
    settings = DoctorSettings(
        doctor_id=path,
        name=sent.name,
        specialty=sent.specialty,
        location=sent.location,
        time_zone=sent.time_zone,
        slot_minutes=sent.slot_minutes,
        sessions=sessions,
        lead_minutes=sent.lead_minutes,
        window_days=sent.window_days,
        delegates=None if sent.delegates is None else frozenset(sent.delegates),
        is_active=sent.active,
    )
    with violations:
        settings.to_doctor()
    violations.raise_any()
    return settings


def parse_settings_precondition(request: Request) -> Precondition:
    """``If-Match`` and ``If-None-Match``. Raises ``RequestRejectedError``."""
    match, none_match = parse_if_match(request), parse_if_none_match(request)
    return Precondition(
        expected=match.versions(with_weak=False) if match and not match.is_any else None,
        excluded=none_match.versions(with_weak=True) if none_match else frozenset(),
        must_exist=match is not None,
        must_be_new=none_match is not None and none_match.is_any,
    )


def _parse_sessions(sessions: list[schemas.ClinicSession]) -> tuple[ClinicSession, ...]:
    malformed = [
        FieldViolation(field, "invalid", not_valid(field, Text("a time of day, as in 09:00")))
        for position, session in enumerate(sessions)
        for field, text in (
            (f"sessions[{position}].from", session.from_),
            (f"sessions[{position}].to", session.to),
        )
        if not _TIME_OF_DAY.fullmatch(text)
    ]
    malformed += [
        FieldViolation(field, "invalid", not_valid(field, _WEEKDAYS_EXPECTED))
        for position, session in enumerate(sessions)
        if not _are_weekdays(session.days_of_week)
        for field in [f"sessions[{position}].days_of_week"]
    ]
    if malformed:
        raise RequestRejectedError(*malformed)
    return tuple(
        ClinicSession(
            start=local_time.parse_time_of_day(session.from_),
            end=local_time.parse_time_of_day(session.to),
            weekdays=frozenset(map(WEEKDAYS.index, session.days_of_week)),
        )
        for session in sessions
    )


def _are_weekdays(codes: list[str]) -> bool:
    return bool(codes) and len(set(codes)) == len(codes) and set(codes) <= set(WEEKDAYS)
