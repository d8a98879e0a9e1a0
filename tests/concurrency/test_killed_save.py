"""A process killed during a save."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.permissions import Caller, Role
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.factories import MONDAY, make_doctor, open_change

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.services import Services

# Saves two slots; the process is killed just before or after DynamoDB executes the write.
SAVE_AND_KILL_SCRIPT = """
import os, signal, sys
from chalicelib import bootstrap
from chalicelib.domain.permissions import Caller, Role
from chalicelib.storage import table
from chalicelib.use_cases.manage_slots import SaveRequest
from tests.support.factories import MONDAY, open_change

services = bootstrap.create_services()
event, doctor_id = sys.argv[1:]
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)
table.connection().client.meta.events.register(f"{event}.dynamodb.TransactWriteItems", die)
services.manage_slots.save(
    Caller(name="sam", client="test", roles=frozenset({Role.ADMIN})),
    SaveRequest(
        doctor_id=doctor_id,
        date=MONDAY.replace(year=2100),
        changes=(open_change("09:00"), open_change("09:30")),
        request_id="killed",
        fingerprint="f",
    ),
)
"""


def all_items(dynamodb: DynamoDBClient, table_name: str) -> list[str]:
    """Return every item of the table as text."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table_name, ConsistentRead=True)
    return sorted(repr(item) for page in pages for item in page["Items"])


def save_and_kill(event: str, doctor_id: str) -> int:
    command = [sys.executable, "-c", SAVE_AND_KILL_SCRIPT, event, doctor_id]
    return subprocess.run(command, check=False, env=os.environ, timeout=60).returncode


@pytest.mark.parametrize(
    ("event", "doctor_id", "types"),
    [
        ("before-send", "dr-killed-before", []),
        ("after-call", "dr-killed-after", ["audit", "change", "day", "slot", "slot"]),
    ],
)
def test_killed_save_is_atomic(
    services: Services, dynamodb: DynamoDBClient, event: str, doctor_id: str, types: list[str]
) -> None:
    services.doctors.add(make_doctor(doctor_id))
    before = all_items(dynamodb, services.settings.table_name)

    assert save_and_kill(event, doctor_id) == -signal.SIGKILL

    after = all_items(dynamodb, services.settings.table_name)
    assert set(before) <= set(after)
    new = [item for item in after if item not in before]
    assert sorted(item_type for item in new for item_type in ("audit", "day", "slot", "change")
                  if f"'type': {{'S': '{item_type}'}}" in item) == types  # fmt: skip
    assert len(new) == len(types)


def test_killed_committed_save_is_found_by_idempotency_key(services: Services) -> None:
    """A repeat of the request from another process has no second effect."""
    doctor_id = "dr-killed-and-back"
    services.doctors.add(make_doctor(doctor_id))
    save_and_kill("after-call", doctor_id)

    again = services.manage_slots.save(
        Caller(name="sam", client="test", roles=frozenset({Role.ADMIN})),
        SaveRequest(
            doctor_id=doctor_id,
            date=MONDAY.replace(year=2100),
            changes=(open_change("09:00"), open_change("09:30")),
            request_id="killed",
            fingerprint="f",
        ),
    )

    assert (again.version, again.day.version, len(again.day.slots)) == (1, 1, 2)
