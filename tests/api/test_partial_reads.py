"""A save that reads the day before, and the change after, a concurrent repeat of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.day import Day
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_cache import DoctorCache
from chalicelib.use_cases.manage_slots import ManageSlots, SaveRequest, compute_fingerprint
from tests.support.factories import (
    MONDAY,
    open_change,
)

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.doctor import Doctor
    from chalicelib.domain.save_record import SaveRecord
    from tests.support.app_client import AppClient


class PartialReadDayRepository(DayRepository):
    """A repository whose first read misses the day or the change of a concurrent save."""

    def __init__(self, missing: str) -> None:
        self.missing = missing

    def get_with_change(
        self,
        doctor_id: str,
        date: date,
        request_id: str | None = None,
        *,
        reads_adjacent: bool = False,
        running_plan: str | None = None,
    ) -> tuple[Doctor, Day, SaveRecord | None]:
        doctor, day, saved = super().get_with_change(
            doctor_id,
            date,
            request_id,
            reads_adjacent=reads_adjacent,
            running_plan=running_plan,
        )
        missing, self.missing = self.missing, ""
        if missing == "day":
            return doctor, Day(doctor_id=doctor_id, date=date), saved
        return doctor, day, None if missing == "change" else saved


@pytest.mark.parametrize("if_versions", [None, frozenset({0})])
@pytest.mark.parametrize("missing", ["day", "change"])
def test_concurrent_repeat_of_save_is_not_rejected(
    client: AppClient, missing: str, if_versions: frozenset[int] | None
) -> None:
    client.save("09:00", Idempotency_Key="twice")
    recent = DoctorCache(client.services.doctors, client.clock)
    slots = ManageSlots(
        PartialReadDayRepository(missing), recent, client.clock, lambda _attempt: None
    )
    request = SaveRequest(
        doctor_id="dr-lee",
        date=MONDAY,
        changes=(open_change("09:00"),),
        request_id="twice",
        fingerprint=compute_fingerprint([("09:00", "free")]),
        expected_versions=if_versions,
    )

    again = slots.save(client.caller, request)

    assert (again.version, again.day.version) == (1, 1)
