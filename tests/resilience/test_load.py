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

from local import local_config
from local.servers import MiniStack
from tests.resilience import IS_NIGHTLY
from tests.support.consistency_check import assert_consistent
from tests.support.history import History
from tests.support.live_server import start_server
from tests.support.load.competing_doctors import AdminClient, CompetingDoctor
from tests.support.load.doctors import DoctorClient
from tests.support.load.patients import HOLD_SECONDS, Patient
from tests.support.load.scenario import HOURS, Scenario, doctor_settings

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.live_server import LiveServer
    from tests.support.load.clients import LoadClient

# With an admin and two rivals for each hour these are 64 clients.
PATIENT_COUNT, DOCTOR_COUNT = 27, 20
SERVER_COUNT = 2
# How long nothing happens to the store: in all, and before and after each thing that does.
DURATION = 60 if IS_NIGHTLY else 7
RECOVERY_SECONDS = 15 if IS_NIGHTLY else 2
# Longer than a save takes.
PAUSE = 0.3
EXPECTED_STATUSES = {200, 201, 204, 400, 404, 409}
# A slow machine may need longer for what is waited for.
TIMEOUT = 60


@dataclass
class LoadTest:
    """Where the clients meet."""

    ministack: MiniStack
    servers: list[LiveServer]
    scenario: Scenario
    contested_scenario: Scenario

    def stored_items(self) -> list[dict[str, Any]]:
        """Every item, read behind the app's back."""
        client = boto3.client("dynamodb", endpoint_url=self.ministack.url)
        pages = client.get_paginator("scan").paginate(
            TableName=local_config.variables()["TABLE_NAME"], ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]


@pytest.fixture
def load_test(tmp_path: Path) -> Iterator[LoadTest]:
    """Two servers as ``scripts/serve`` runs them, and doctors with nothing open yet."""
    local_config.use_local_stage()
    with ExitStack() as stack:
        ministack = stack.enter_context(MiniStack(tmp_path / "ministack"))
        servers = []
        for number in range(SERVER_COUNT):
            folder = tmp_path / str(number)
            folder.mkdir()
            variables = {**ministack.environment, "LOCAL_CALLER": "dr-lee"}
            servers.append(stack.enter_context(start_server(folder, **variables)))
        in_a_month = datetime.now(UTC).date() + timedelta(days=30)
        place = Scenario(("dr-0", "dr-1"), in_a_month)
        contested = Scenario(("dr-2",), in_a_month, slot_lengths=(30, 20))
        for doctor_id in (*place.doctors, *contested.doctors):
            url = f"{servers[0].url}/doctors/{doctor_id}"
            made = requests.put(url, json=doctor_settings(doctor_id, 30), timeout=TIMEOUT)
            assert made.status_code == 201
        yield LoadTest(ministack, servers, place, contested)


def _create_clients(load_test: LoadTest, history: History) -> Iterator[LoadClient]:
    names = (f"c{number}" for number in count())
    urls = cycle(server.url for server in load_test.servers)
    for kind in [Patient] * PATIENT_COUNT + [DoctorClient] * DOCTOR_COUNT:
        yield kind(next(urls), next(names), load_test.scenario, history)
    place = load_test.contested_scenario
    yield AdminClient(next(urls), next(names), place, history)
    for hour, minutes in product(HOURS, place.slot_lengths):
        yield CompetingDoctor(next(urls), next(names), place, history, hour=hour, minutes=minutes)


@contextmanager
def run_clients(load_test: LoadTest) -> Iterator[History]:
    """Clients at work during the block; whatever goes wrong with one is raised in the end."""
    log = History()
    is_over = Event()
    everybody = list(_create_clients(load_test, log))
    with ThreadPoolExecutor(len(everybody)) as threads:
        running = [threads.submit(one.run, is_over) for one in everybody]
        try:
            yield log
        finally:
            is_over.set()
    for one in running:
        one.result()


@contextmanager
def suspended(process: subprocess.Popen[Any] | None) -> Iterator[None]:
    """It does nothing during the block, and knows nothing of it afterwards."""
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def suspend_in_turn(servers: list[LiveServer], seconds: float) -> None:
    """In turns: so what one has read is long out of date when it writes, for the others go on."""
    until = time.monotonic() + seconds
    for server in cycle(servers):
        with suspended(server.process):
            time.sleep(PAUSE)
        time.sleep(PAUSE / 2)
        if time.monotonic() > until:
            return


def wait_until(condition: Callable[[], bool]) -> None:
    """Fail where it is not so for very long."""
    until = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_responses_under_load_are_linearizable(
    load_test: LoadTest, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_clients(load_test) as log:
        time.sleep(DURATION)
        wait_until(lambda: set(log.status_counts()) >= EXPECTED_STATUSES)

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    told = log.status_counts()
    # Who loses too many races is asked to come again.
    assert set(told) <= EXPECTED_STATUSES | {503}
    assert told[503] < len(log.responses) / 20
    assert log.superseded == []
    if IS_NIGHTLY:
        # Some holds ran out while others could tell, and kept nobody from what they had kept.
        assert min(log.expired_holds) < log.responses[-1].invoked_at - HOLD_SECONDS / 2
        assert [
            told for told in log.responses if told.status == 503 and told.path != "/slots"
        ] == []
    assert_consistent(log, load_test.stored_items)


def test_store_restarts_lose_and_duplicate_nothing(
    load_test: LoadTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """It falls silent for longer than anybody waits, then goes on; and is stopped and started.

    Before and after, the servers sleep in turns.
    """
    with run_clients(load_test) as log:
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)
        with suspended(load_test.ministack._process):
            time.sleep(5)
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)
        load_test.ministack.stop()
        before = log.status_counts()[503]
        wait_until(lambda: log.status_counts()[503] > before)
        load_test.ministack.start()
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    assert set(log.status_counts()) <= EXPECTED_STATUSES | {503}
    assert all("Retry-After" in told.headers for told in log.responses if told.status == 503)
    assert_consistent(log, load_test.stored_items)
