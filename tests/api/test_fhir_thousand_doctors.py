"""The bulk publication of a thousand doctors, one of whom has as many slots as anyone can."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.slot import SlotStatus
from chalicelib.storage import keys
from tests.support.factories import make_doctor, make_grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.doctor import Doctor
    from tests.support.app_client import AppClient
    from tests.support.raw_table import RawItem

pytestmark = [pytest.mark.nightly, pytest.mark.large]
FIRST = date(2026, 11, 23)
BUSY = make_doctor("dr-busy", make_grid(("00:00", "24:00"), minutes=15))
OTHERS = [make_doctor(f"dr-{number:04}") for number in range(999)]
RESPONSE_LIMIT = 6 * 1024 * 1024
MEMORY_LIMIT = 80 * 1024 * 1024


def day_items(doctor: Doctor, days: int) -> Iterator[RawItem]:
    """Yield days on which every slot of the grid is open."""
    for number in range(days):
        on = FIRST + timedelta(days=number)
        slots = {
            keys.format_instant(slot.start): {
                "M": {
                    "minutes": {"N": str((slot.end - slot.start) // timedelta(minutes=1))},
                    "status": {"S": SlotStatus.FREE.value},
                }
            }
            for slot in doctor.grid.candidate_slots(on)
        }
        yield {
            "PK": {"S": keys.doctor_pk(doctor.doctor_id)},
            "SK": {"S": keys.day_sk(on)},
            "type": {"S": "day"},
            "version": {"N": "1"},
            "revision": {"N": "1"},
            "slots": {"M": slots},
        }


@pytest.fixture
def urls(client: AppClient) -> list[str]:
    """The files of the manifest of such a practice."""
    client.truncate()
    for doctor in (BUSY, *OTHERS):
        client.services.doctors.add(doctor)
    items = [*day_items(BUSY, 364), *(item for each in OTHERS for item in day_items(each, 2))]
    client.restore([*client.export(), *items])
    with client.record_calls() as calls:
        outputs = client.get("/fhir/$bulk-publish").json["output"]
    assert set(calls) == {"Query"}
    assert len(calls) <= 2
    return [f"{urlsplit(each['url']).path}?{urlsplit(each['url']).query}" for each in outputs]


def test_files_are_bounded_and_unchanged_ones_cost_few_calls(
    client: AppClient, urls: list[str]
) -> None:
    count, etags, largest = 0, {}, 0
    tracemalloc.start()
    for url in urls:
        response = client.get(url)
        assert response.status == 200
        largest = max(largest, len(json.dumps(response.text)))
        etags[url] = response.headers["ETag"]
        count += response.text.count('"resourceType":"Slot"')
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    with client.record_calls() as calls:
        statuses = {client.get(url, If_None_Match=etag).status for url, etag in etags.items()}

    assert count == 364 * 96 + 999 * 2 * 6
    assert largest < RESPONSE_LIMIT
    assert peak < MEMORY_LIMIT
    assert statuses == {304}
    assert len(calls) <= len(urls) + 2 * 1000 + len(urls)
