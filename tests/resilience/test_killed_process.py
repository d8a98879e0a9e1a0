"""A process killed before it sends a write, and one killed after the write is committed."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.resilience import IS_NIGHTLY
from tests.support.invariants import assert_invariants
from tests.support.line_process import start_line_process
from tests.support.operations import WRITES
from tests.support.table_snapshot import comparable_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.line_process import Ask
    from tests.support.table_snapshot import TableSnapshot

# One per kind of operation, with several doctors or several types of items.
REPRESENTATIVE_WRITES = (
    "book held slot",
    "move to another doctor",
    "cancel",
    "new doctor with delegates",
)
OTHER_WRITES = ("first save", "save", "form", "hold", "release", "book", "move", "delegates")
# The process imports the app once, and forks a child for each line, which sends and is killed.
SEND_AND_KILL_SCRIPT = """
import os, signal, sys
from chalice.test import Client
from app import app
from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from tests.support.line_process import start_line_process
from tests.support.operations import WRITES
from tests.support.app_client import AppClient
from tests.support.clock import Clock

for line in sys.stdin:
    if not (pid := os.fork()):
        break
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
else:
    sys.exit()
name, event = line.strip().split(", ")
settings, clock = Settings.from_env(os.environ), Clock()
table.connect(settings.table_name)
services = bootstrap.set_services(bootstrap.build_services(settings, now=clock))
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)
table.connection().client.meta.events.register(f"{event}.dynamodb.TransactWriteItems", die)
with Client(app) as client:
    WRITES[name].send(AppClient(client, services, clock, None))
os._exit(0)
"""


@pytest.fixture(scope="module")
def run_and_kill(snapshot: TableSnapshot) -> Iterator[Ask]:
    """Run a process, with the environment of the snapshot, for each operation and event."""
    del snapshot
    with start_line_process(SEND_AND_KILL_SCRIPT, os.environ) as ask:
        yield ask


@pytest.mark.parametrize(
    "name", REPRESENTATIVE_WRITES + OTHER_WRITES if IS_NIGHTLY else REPRESENTATIVE_WRITES
)
def test_operation_of_killed_process_is_atomic(
    snapshot: TableSnapshot, run_and_kill: Ask, name: str
) -> None:
    client = snapshot.restore()
    before = comparable_items(client.export())
    expected = WRITES[name].send(client)
    after = comparable_items(client.export())
    again = WRITES[name].send(client)
    assert before != after

    for event, stored in (("before-send", before), ("after-call", after)):
        client = snapshot.restore()

        assert int(run_and_kill(f"{name}, {event}")) == -signal.SIGKILL

        assert_invariants(client.export())
        assert comparable_items(client.export()) == stored, event
        assert WRITES[name].send(client).status in (expected.status, again.status), event
        assert comparable_items(client.export()) == after, event
