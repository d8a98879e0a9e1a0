"""The deployed stack closes the practice for many doctors, also if its queue stops meanwhile."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from msgspec import json

from chalicelib.domain.audit_log import Actor
from chalicelib.domain.closure import Closure
from chalicelib.domain.permissions import Role
from chalicelib.events.series_queue import ClosurePageMessage
from chalicelib.storage.closure_repository import ClosureRepository
from chalicelib.storage.day_repository import DayRepository
from chalicelib.storage.doctor_repository import DoctorRepository
from cloud.rehearsal import STACK
from local import demo_data
from tests.support.profile import rounds

DOCTORS = rounds(daily=12, nightly=500)
TIMEOUT_SECONDS = rounds(daily=90, nightly=600)
CLOSURES = ClosureRepository()


def wait_until_done(closure_id: str, doctors: int) -> Closure:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while (closure := CLOSURES.get(closure_id)).doctors_done < doctors:
        assert time.monotonic() < deadline, closure
        time.sleep(0.5)
    return closure


def pause_queue(*, is_paused: bool) -> None:
    """Stop to deliver the messages of the queue, or go on."""
    client = boto3.client("lambda")
    mappings: Any = client.list_event_source_mappings(FunctionName=f"{STACK}-series")
    for mapping in mappings["EventSourceMappings"]:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=not is_paused)


@pytest.mark.usefixtures("rehearsal")
def test_closure_reaches_every_doctor_after_its_queue_was_paused() -> None:
    like = demo_data.DOCTORS[0]
    ids = [f"dr-closed-{number:03}" for number in range(DOCTORS)]
    for doctor_id in ids:
        DoctorRepository().add(replace(like, doctor_id=doctor_id))
    today = datetime.now(UTC).date()
    on = today + timedelta(days=200)  # no other test of the stack uses these dates
    closure = Closure(
        closure_id=f"rehearsal-{time.time_ns()}",
        name="Closed",
        first=on,
        last=on + timedelta(days=1),
        author=Actor(name="alex", role=Role.ADMIN, client="page"),
        changed_at=datetime.now(UTC),
    )
    CLOSURES.put(closure)
    queue: Any = boto3.client("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="SeriesQueue"
    )
    url = queue["StackResourceDetail"]["PhysicalResourceId"]
    message = json.encode(ClosurePageMessage(closure.closure_id)).decode()
    # Sent twice, as SQS may do.
    for _ in range(2):
        boto3.client("sqs").send_message(QueueUrl=url, MessageBody=message)

    wait_until_done(closure.closure_id, DOCTORS // 4)
    pause_queue(is_paused=True)
    time.sleep(1)
    pause_queue(is_paused=False)

    wait_until_done(closure.closure_id, DOCTORS)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not (found := CLOSURES.get(closure.closure_id)).is_finished:
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert found.doctors_done == found.doctors_total >= DOCTORS
    for doctor_id in ids:
        for date in (closure.first, closure.last):
            day = DayRepository().get(doctor_id, date)
            assert [stretch.name for stretch in day.blocked] == ["Closed"]
            assert day.version == 1, "each date is saved once"
