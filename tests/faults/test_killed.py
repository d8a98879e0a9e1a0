"""A process killed as it sends a write, or as it is told that it was done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.faults import IS_LONG
from tests.faults.deeds import WRITES
from tests.faults.test_every_call import stored
from tests.faults.whole import require_whole

if TYPE_CHECKING:
    from tests.faults.conftest import Stage

# Each of another kind; of several doctors, or with several kinds of items.
TELLING = ("book what is held", "move to another doctor", "cancel", "new doctor with delegates")
OTHERS = ("first save", "save", "form", "hold", "release", "book", "move", "delegates")
SEND_AND_DIE = """
import os, signal, sys
from chalice.test import Client
from app import app
from chalicelib import bootstrap
from chalicelib.settings import Settings
from chalicelib.storage import table
from tests.faults.deeds import WRITES
from tests.site import Clock, Site

name, event = sys.argv[1:]
settings, clock = Settings.from_env(os.environ), Clock()
table.connect(settings.table_name)
services = bootstrap.set_services(bootstrap.build_services(settings, now=clock))
def die(**_):
    os.kill(os.getpid(), signal.SIGKILL)
table.connection().client.meta.events.register(f"{event}.dynamodb.TransactWriteItems", die)
with Client(app) as client:
    WRITES[name].send(Site(client, services, clock, None))
"""


def send_and_die(name: str, event: str) -> int:
    command = [sys.executable, "-c", SEND_AND_DIE, name, event]
    return subprocess.run(command, check=False, env=os.environ, timeout=60).returncode  # noqa: S603


@pytest.mark.parametrize("name", TELLING + OTHERS if IS_LONG else TELLING)
def test_what_was_asked_of_a_process_that_is_killed_is_done_whole_or_not_at_all(
    stage: Stage, name: str
) -> None:
    site = stage.reset()
    before = stored(site.export())
    expected = WRITES[name].send(site)
    after = stored(site.export())
    again = WRITES[name].send(site)
    assert before != after

    for event, left in (("before-send", before), ("after-call", after)):
        site = stage.reset()

        assert send_and_die(name, event) == -signal.SIGKILL

        require_whole(site.export())
        assert stored(site.export()) == left, event
        assert WRITES[name].send(site).status in (expected.status, again.status), event
        assert stored(site.export()) == after, event
