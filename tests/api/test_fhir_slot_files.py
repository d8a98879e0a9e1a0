"""A file of slots is 304 exactly as long as nothing in it has changed, by few reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.fhir_ids import fhir_id_of
from chalicelib.domain.slot import Slot, SlotStatus
from chalicelib.use_cases.list_fhir_doctors import FhirDoctor
from chalicelib.use_cases.search_fhir_slots import MAX_FILE_SLOTS, PublishedSlot
from chalicelib.web.fhir.resources import Base, slot
from tests.support.app_client import make_slot_id
from tests.support.factories import make_doctor, to_instant
from tests.support.operations import TUESDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

LEE_FILE = "/fhir/bulk-publish/Slot.ndjson?schedule=dr-lee"
FILE = f"{LEE_FILE},dr-okafor"
Act = Callable[["AppClient"], "AppResponse"]
RESPONSE_LIMIT = 6 * 1024 * 1024


def take_time_off(client: AppClient) -> AppResponse:
    off = {"kind": "time_off", "from": "2026-11-23", "to": "2026-11-23", "act": "disrupt"}
    plan = client.post("/doctors/dr-lee/plans", {**off, "name": "Ill"}).json
    return client.post(f"/doctors/dr-lee/plans/{plan['plan_id']}/steps", {})


def undo(client: AppClient) -> AppResponse:
    (latest, *_) = client.get("/doctors/dr-lee/changes?kind=save").json["changes"]
    return client.post("/slots/undo", {"change_id": latest["change_id"]})


# In this order; each changes the slots of one of the doctors.
ACTS: list[tuple[str, Act]] = [
    ("save", lambda client: client.save("09:00", "09:30", "10:00", "10:30")),
    ("hold", lambda client: client.hold("09:00", "hannah")),
    ("renew", lambda client: client.hold("09:00", seconds=600)),
    ("release", lambda client: client.release("09:00")),
    ("hold again", lambda client: client.hold("09:00", "hannah")),
    ("book the held slot", lambda client: client.book("09:00", "b-1", holder="hannah")),
    ("book", lambda client: client.book("09:30", "b-2")),
    ("move", lambda client: client.book("10:00", "b-2", moves=make_slot_id("09:30"))),
    ("cancel", lambda client: client.cancel("10:00", "b-2")),
    ("close", lambda client: client.save(closed=("10:30",))),
    ("undo", undo),
    ("settings", lambda client: client.update_doctor(lead_minutes=10)),
    ("another doctor", lambda client: client.save("08:00", doctor_id="dr-okafor")),
    ("time off", take_time_off),
    ("inactive", lambda client: client.update_doctor(active=False)),
]  # fmt: skip


def test_every_change_of_slots_changes_the_file(client: AppClient) -> None:
    latest = client.get(FILE)
    for name, act in ACTS:
        client.clock.now += timedelta(seconds=1)
        assert act(client).status < 300, name

        response = client.get(FILE, If_None_Match=latest.headers["ETag"])

        assert response.status == 200, name
        latest = response
        with client.record_calls() as calls:
            assert client.get(FILE, If_None_Match=f'"x", {latest.headers["ETag"]}').status == 304
        assert set(calls) == {"BatchGetItem", "Query"}
        assert len(calls) <= 5


@pytest.mark.parametrize("count", [1, 12])
def test_save_that_commits_late_changes_the_file(client: AppClient, count: int) -> None:
    """Other saves start later and commit earlier: theirs stay the latest entries."""
    save = partial(client.save, doctor_id="dr-quarter")
    get_file = partial(client.get, "/fhir/bulk-publish/Slot.ndjson?schedule=dr-quarter")
    tags = []

    def save_tuesday() -> None:
        for hour in range(count):
            client.clock.now += timedelta(milliseconds=100)
            assert save(f"{hour:02}:00", date=TUESDAY).status == 200
        tags.append(get_file().headers["ETag"])

    with client.before_commit(save_tuesday):
        save("10:00")

    response = get_file(If_None_Match=tags[0])
    assert (response.status, "2026-11-23T10:00" in response.text) == (200, True)


def test_poll_reads_one_page_of_entries_if_others_are_old(client: AppClient) -> None:
    for hour in range(12):
        client.clock.now += timedelta(milliseconds=100)
        client.save(f"{hour:02}:00", date=TUESDAY, doctor_id="dr-quarter")
    client.clock.now += timedelta(minutes=11)
    client.save("10:00", doctor_id="dr-quarter")
    path = "/fhir/bulk-publish/Slot.ndjson?schedule=dr-quarter"
    tag = client.get(path).headers["ETag"]

    with client.record_calls() as calls:
        response = client.get(path, If_None_Match=tag)

    assert (response.status, calls) == (304, ["BatchGetItem", "Query", "Query"])


@pytest.mark.usefixtures("open_slots")
def test_other_doctors_and_reads_leave_the_file_as_it_is(client: AppClient) -> None:
    etag = client.get(FILE).headers["ETag"]

    client.save("00:00", doctor_id="dr-walker")
    client.get("/fhir/Slot")

    response = client.get(FILE, If_None_Match=etag)
    assert (response.status, response.text) == (304, "")
    assert response.headers["ETag"] == etag


@pytest.mark.usefixtures("open_slots")
def test_file_changes_when_hold_expires_or_slot_begins(client: AppClient) -> None:
    client.hold("09:00", seconds=300)
    etag = client.get(LEE_FILE).headers["ETag"]
    held, begun = client.clock.now + timedelta(seconds=300), to_instant("09:00")

    for changes_at in (held, to_instant("00:00"), begun):
        client.clock.now = changes_at - timedelta(seconds=1)
        assert client.get(LEE_FILE, If_None_Match=etag).status == 304
        client.clock.now = changes_at
        response = client.get(LEE_FILE, If_None_Match=etag)
        assert response.status == 200
        etag = response.headers["ETag"]
        client.clock.now = changes_at + timedelta(seconds=1)
        etag = client.get(LEE_FILE, If_None_Match=etag).headers["ETag"]
    assert len(read_statuses(client, "busy-unavailable")) == 1


def read_statuses(client: AppClient, status: str) -> list[str]:
    lines = client.get(LEE_FILE).text.splitlines()
    return [line for line in lines if json.loads(line)["status"] == status]


@pytest.mark.parametrize("tag", ['"1.2"', "W/", "*", '"', '"a.b.c"', 'W/"x.99999999999999"'])
def test_other_entity_tags_get_the_file(client: AppClient, tag: str) -> None:
    assert client.get(FILE, If_None_Match=tag).status == 200


def test_largest_file_fits_one_response() -> None:
    """A Lambda function returns it as text in JSON, which escapes quotes and ends of lines."""
    doctor = make_doctor("d" * 64, fhir_id="d" * 49)
    start = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
    longest = Slot(start=start, end=start + timedelta(minutes=5), status=SlotStatus.UNAVAILABLE)
    base = Base("https://0123456789.execute-api.ap-southeast-2.amazonaws.com/api")
    owner = FhirDoctor(str(fhir_id_of(doctor)), doctor)

    published = slot(PublishedSlot(owner, longest, SlotStatus.UNAVAILABLE), base)

    line = json.dumps(published, separators=(",", ":")) + "\n"
    assert len(json.dumps(line)) * MAX_FILE_SLOTS < RESPONSE_LIMIT
