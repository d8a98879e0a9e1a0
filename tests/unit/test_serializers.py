"""The JSON of responses, by the caller's role."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import UNSET

from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.api import practice_schemas, week_schemas
from chalicelib.web.api.serializers import serialize_doctor
from tests.support.factories import make_doctor

DOCTOR = replace(make_doctor("dr-lee"), delegates=frozenset({"sam", "alex"}))


@pytest.mark.parametrize(
    ("role", "doctor_id", "response"),
    [
        (Role.ADMIN, None, True),
        (Role.DOCTOR, "dr-lee", True),
        (Role.DOCTOR, "dr-okafor", False),
        (Role.DELEGATE, None, False),
        (Role.BOOKING_SITE, None, False),
    ],
)
def test_delegates_are_visible_to_own_doctor_and_admin_only(
    role: Role, doctor_id: str | None, *, response: bool
) -> None:
    caller = Caller(name="x", client="x", roles=frozenset({role}), doctor_id=doctor_id)

    doctor = serialize_doctor(DOCTOR, caller)

    assert doctor.delegates == (["alex", "sam"] if response else UNSET)


def test_saved_days_say_first_which_they_are() -> None:
    of_day = ("status", "version", "slots", "detail", "errors")
    problem = ("type", "title", "status", "detail", "errors")

    assert week_schemas.SavedDate.__struct_fields__ == ("date", *of_day)
    assert practice_schemas.SavedDoctor.__struct_fields__ == ("doctor_id", *of_day)
    assert week_schemas.RejectedWeek.__struct_fields__ == (*problem, "days")
    assert practice_schemas.RejectedPractice.__struct_fields__ == (*problem, "date", "doctors")
