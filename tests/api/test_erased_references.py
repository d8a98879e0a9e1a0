"""Bookings whose patient's reference was erased on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud import erase
from tests.support import direct_writes
from tests.support.app_client import make_slot_id, rejection_codes
from tests.support.factories import to_instant

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


NINE_ID = make_slot_id("09:00")


def erase_reference(site: AppClient, reference: str) -> None:
    table = site.services.settings.table_name
    assert erase.main(["--table", table, "--reference", reference, "--write"]) == 0
    assert reference not in str(site.export())


@pytest.mark.parametrize("reference", ["p-1", "p-new"])
def test_booking_is_repeated_and_moved_after_erasure(site: AppClient, reference: str) -> None:
    site.book("09:00", "b-1", patient_reference="p-1")
    erase_reference(site, "p-1")

    assert site.book("09:00", "b-1", patient_reference=reference).status == 200
    assert "p-1" not in str(site.export())
    moved = site.book("09:30", "b-1", patient_reference=reference, moves=NINE_ID)
    assert moved.status == 201
    assert site.cancel("09:30", "b-1").status == 204


def test_erased_booking_stays_in_one_place(site: AppClient) -> None:
    site.book("09:30", "b-1", patient_reference="p-1")
    site.cancel("09:30", "b-1")
    site.book("09:00", "b-1", patient_reference="p-1")
    erase_reference(site, "p-1")

    codes = [code for _, code in rejection_codes(site.book("10:00", "b-1"))]
    assert codes == ["booked_elsewhere"]
    assert site.cancel("09:00", "b-1").status == 204
    late = site.book("09:30", "b-1", patient_reference="p-1")
    assert [code for _, code in rejection_codes(late)] == ["cancelled"]


def test_booking_of_an_earlier_release_moves_after_erasure(site: AppClient) -> None:
    direct_writes.book_without_owner(to_instant("09:00"), "b-1", "p-1")
    erase_reference(site, "p-1")

    assert site.book("09:00", "b-1", patient_reference="p-new").status == 200
    assert site.book("09:30", "b-1", patient_reference="p-new", moves=NINE_ID).status == 201
