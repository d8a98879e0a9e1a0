"""A booking whose patient's reference an operator has erased still belongs to its booking site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud import erase
from tests.support.app_client import make_slot_id

if TYPE_CHECKING:
    from tests.support.app_client import AppClient

pytestmark = pytest.mark.both_stores

REFERENCE = "ref-20417"


@pytest.fixture(autouse=True)
def _erased(site: AppClient) -> None:
    """The site has booked 09:00 for a patient, whose reference has been erased since."""
    site.book("09:00", "b-1", patient_reference=REFERENCE)
    table = site.services.settings.table_name
    assert erase.main(["--table", table, "--reference", REFERENCE, "--write"]) == 0


def test_erased_reference_is_nowhere_in_the_table(site: AppClient) -> None:
    assert REFERENCE not in str(site.export())
    assert site.get_slot("09:00").json["status"] == "busy"


def test_booking_with_erased_reference_can_be_repeated(site: AppClient) -> None:
    assert site.book("09:00", "b-1", patient_reference=REFERENCE).status == 200


def test_booking_with_erased_reference_can_be_moved(site: AppClient) -> None:
    moved = site.book("10:00", "b-1", patient_reference=REFERENCE, moves=make_slot_id("09:00"))

    assert moved.status == 201
    assert site.get_slot("09:00").json["status"] == "free"


def test_booking_with_erased_reference_can_be_cancelled(site: AppClient) -> None:
    assert site.cancel("09:00", "b-1").status == 204
    assert site.get_slot("09:00").json["status"] == "free"
