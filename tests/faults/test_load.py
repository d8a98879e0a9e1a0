"""Many clients of several servers on one table: whatever they do, and whatever becomes of it."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, product
from threading import Event
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests

from local import stage
from local.ministack import MiniStack
from tests.faults import IS_LONG
from tests.faults.consistent import require_consistent
from tests.faults.doctors import Saver
from tests.faults.patients import HOLD_SECONDS, Patient
from tests.faults.place import HOURS, Place, settings
from tests.faults.rivals import Admin, Rival
from tests.faults.told import Log
from tests.running import a_server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faults.clients import Client
    from tests.running import Running

# With an admin and two rivals for each hour these are 64 clients.
PATIENTS, SAVERS = 27, 20
SERVERS = 2
# How long nothing happens to the store: in all, and before and after each thing that does.
CALM = 60 if IS_LONG else 7
BETWEEN = 15 if IS_LONG else 2
# Longer than a save takes.
NAP = 0.3
USUAL = {200, 201, 204, 400, 404, 409}
# A slow machine may need longer for what is waited for.
PATIENCE = 60


@dataclass
class Field:
    """Where the clients meet."""

    ministack: MiniStack
    servers: list[Running]
    place: Place
    contested: Place

    def stored(self) -> list[dict[str, Any]]:
        """Every item, read behind the app's back."""
        client = boto3.client("dynamodb", endpoint_url=self.ministack.url)
        pages = client.get_paginator("scan").paginate(
            TableName=stage.variables()["TABLE_NAME"], ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """Two servers as ``scripts/serve`` runs them, and doctors with nothing open yet."""
    stage.use_local_stage()
    with ExitStack() as stack:
        ministack = stack.enter_context(MiniStack(tmp_path / "ministack"))
        servers = []
        for number in range(SERVERS):
            folder = tmp_path / str(number)
            folder.mkdir()
            variables = {**ministack.environment, "LOCAL_CALLER": "dr-lee"}
            servers.append(stack.enter_context(a_server(folder, **variables)))
        in_a_month = datetime.now(UTC).date() + timedelta(days=30)
        place = Place(("dr-0", "dr-1"), in_a_month)
        contested = Place(("dr-2",), in_a_month, lengths=(30, 20))
        for doctor_id in (*place.doctors, *contested.doctors):
            url = f"{servers[0].url}/doctors/{doctor_id}"
            made = requests.put(url, json=settings(doctor_id, 30), timeout=PATIENCE)
            assert made.status_code == 201
        yield Field(ministack, servers, place, contested)


def _everybody(field: Field, log: Log) -> Iterator[Client]:
    names = (f"c{number}" for number in count())
    urls = cycle(server.url for server in field.servers)
    for kind in [Patient] * PATIENTS + [Saver] * SAVERS:
        yield kind(next(urls), next(names), field.place, log)
    place = field.contested
    yield Admin(next(urls), next(names), place, log)
    for hour, minutes in product(HOURS, place.lengths):
        yield Rival(next(urls), next(names), place, log, hour=hour, minutes=minutes)


@contextmanager
def a_crowd(field: Field) -> Iterator[Log]:
    """Clients at work during the block; whatever goes wrong with one is raised in the end."""
    log = Log()
    is_over = Event()
    everybody = list(_everybody(field, log))
    with ThreadPoolExecutor(len(everybody)) as threads:
        running = [threads.submit(one.run, is_over) for one in everybody]
        try:
            yield log
        finally:
            is_over.set()
    for one in running:
        one.result()


@contextmanager
def asleep(process: subprocess.Popen[Any] | None) -> Iterator[None]:
    """It does nothing during the block, and knows nothing of it afterwards."""
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def have_them_nap(servers: list[Running], seconds: float) -> None:
    """In turns: so what one has read is long out of date when it writes, for the others go on."""
    until = time.monotonic() + seconds
    for server in cycle(servers):
        with asleep(server.process):
            time.sleep(NAP)
        time.sleep(NAP / 2)
        if time.monotonic() > until:
            return


def wait_until(is_so: Callable[[], bool]) -> None:
    """Fail where it is not so for very long."""
    until = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_what_many_clients_are_told_has_happened_one_thing_after_the_other(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_crowd(field) as log:
        time.sleep(CALM)
        wait_until(lambda: set(log.statuses()) >= USUAL)

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    told = log.statuses()
    # Who loses too many races is asked to come again.
    assert set(told) <= USUAL | {503}
    assert told[503] < len(log.answers) / 20
    assert log.overtaken == []
    if IS_LONG:
        # Some holds ran out while others could tell, and kept nobody from what they had kept.
        assert min(log.forgotten) < log.answers[-1].asked - HOLD_SECONDS / 2
        assert [told for told in log.answers if told.status == 503 and told.path != "/slots"] == []
    require_consistent(log, field.stored)


def test_nothing_is_lost_or_doubled_while_the_store_stops_and_starts(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    """It falls silent for longer than anybody waits, then goes on; and is stopped and started.

    Before and after, the servers sleep in turns.
    """
    with a_crowd(field) as log:
        have_them_nap(field.servers, BETWEEN)
        with asleep(field.ministack._process):
            time.sleep(5)
        have_them_nap(field.servers, BETWEEN)
        field.ministack.stop()
        before = log.statuses()[503]
        wait_until(lambda: log.statuses()[503] > before)
        field.ministack.start()
        have_them_nap(field.servers, BETWEEN)

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    assert set(log.statuses()) <= USUAL | {503}
    assert all("Retry-After" in told.headers for told in log.answers if told.status == 503)
    require_consistent(log, field.stored)
