"""What the JSON of an answer tells, and to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import UNSET

from chalicelib.domain.permissions import Caller, Role
from chalicelib.web.api.serializers import serialize_doctor
from tests.support.factories import make_doctor

DOCTOR = replace(make_doctor("dr-lee"), delegates=frozenset({"sam", "alex"}))


@pytest.mark.parametrize(
    ("role", "doctor_id", "told"),
    [
        (Role.ADMIN, None, True),
        (Role.DOCTOR, "dr-lee", True),
        (Role.DOCTOR, "dr-okafor", False),
        (Role.DELEGATE, None, False),
        (Role.BOOKING_SITE, None, False),
    ],
)
def test_delegates_are_visible_to_own_doctor_and_admin_only(
    role: Role, doctor_id: str | None, *, told: bool
) -> None:
    caller = Caller(name="x", client="x", roles=frozenset({role}), doctor_id=doctor_id)

    doctor = serialize_doctor(DOCTOR, caller)

    assert doctor.delegates == (["alex", "sam"] if told else UNSET)
