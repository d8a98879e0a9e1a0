"""A process killed as it sends a write, or as it is told that it was done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.resilience import IS_NIGHTLY
from tests.support.invariants import assert_invariants
from tests.support.operations import WRITES
from tests.support.snapshots import comparable_items

if TYPE_CHECKING:
    from tests.support.table_snapshot import TableSnapshot

# Each of another kind; of several doctors, or with several kinds of items.
REPRESENTATIVE_WRITES = (
    "book what is held",
    "move to another doctor",
    "cancel",
    "new doctor with delegates",
)
OTHER_WRITES = ("first save", "save", "form", "hold", "release", "book", "move", "delegates")
SEND_AND_KILL_SCRIPT = """
import os, signal, sys
from chalice.test import Client
from app import app
from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from tests.support.operations import WRITES
from tests.support.app_client import AppClient, Clock

name, event = sys.argv[1:]
settings, clock = Settings.from_env(os.environ), Clock()
table.connect(settings.table_name)
services = bootstrap.set_services(bootstrap.build_services(settings, now=clock))
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)
table.connection().client.meta.events.register(f"{event}.dynamodb.TransactWriteItems", die)
with Client(app) as client:
    WRITES[name].send(AppClient(client, services, clock, None))
"""


def send_and_kill(name: str, event: str) -> int:
    command = [sys.executable, "-c", SEND_AND_KILL_SCRIPT, name, event]
    return subprocess.run(command, check=False, env=os.environ, timeout=60).returncode  # noqa: S603


@pytest.mark.parametrize(
    "name", REPRESENTATIVE_WRITES + OTHER_WRITES if IS_NIGHTLY else REPRESENTATIVE_WRITES
)
def test_operation_of_killed_process_is_atomic(snapshot: TableSnapshot, name: str) -> None:
    site = snapshot.restore()
    before = comparable_items(site.export())
    expected = WRITES[name].send(site)
    after = comparable_items(site.export())
    again = WRITES[name].send(site)
    assert before != after

    for event, left in (("before-send", before), ("after-call", after)):
        site = snapshot.restore()

        assert send_and_kill(name, event) == -signal.SIGKILL

        assert_invariants(site.export())
        assert comparable_items(site.export()) == left, event
        assert WRITES[name].send(site).status in (expected.status, again.status), event
        assert comparable_items(site.export()) == after, event
