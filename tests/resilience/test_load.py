"""Load tests: many clients of two servers on one table, with and without outages of the store."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, cycle, product
from math import inf
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
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.support.live_server import LiveServer
    from tests.support.load.clients import LoadClient

# With an admin and two competing doctors for each hour these are 64 clients.
PATIENT_COUNT, DOCTOR_COUNT = 27, 20
SERVER_COUNT = 2
# Seconds of load without an outage, and of load before and after each outage.
DURATION = 60 if IS_NIGHTLY else 1.5
RECOVERY_SECONDS = 15 if IS_NIGHTLY else 0.5
# Seconds for which a server is suspended: longer than a save takes.
PAUSE = 0.3
EXPECTED_STATUSES = {200, 201, 204, 400, 404, 409}
# Generous, for slow machines.
TIMEOUT = 60


@dataclass
class LoadTest:
    """The servers and scenarios of one load test.

    ``numbers`` are in the names of its doctors and clients, and in no names of another test: all
    tests share a table.
    """

    ministack: MiniStack
    servers: list[LiveServer]
    numbers: Iterator[int]
    scenario: Scenario
    contested_scenario: Scenario

    def stored_items(self) -> list[dict[str, Any]]:
        """Return every item, read without the app's code."""
        client = boto3.client("dynamodb", endpoint_url=self.ministack.url)
        pages = client.get_paginator("scan").paginate(
            TableName=local_config.variables()["TABLE_NAME"], ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    local_config.use_local_stage()
    with MiniStack(tmp_path_factory.mktemp("ministack")) as ministack:
        yield ministack


@pytest.fixture(scope="module")
def servers(
    ministack: MiniStack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[LiveServer]]:
    """Two servers as ``scripts/serve`` runs them."""
    variables = {**ministack.environment, "LOCAL_CALLER": "dr-lee"}
    with ExitStack() as stack:
        yield [
            stack.enter_context(start_server(tmp_path_factory.mktemp("server"), **variables))
            for _ in range(SERVER_COUNT)
        ]


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count()


@pytest.fixture
def load_test(ministack: MiniStack, servers: list[LiveServer], numbers: Iterator[int]) -> LoadTest:
    """Doctors of this test, without open slots."""
    in_a_month = datetime.now(UTC).date() + timedelta(days=30)
    first, second, third = (f"dr-{next(numbers)}" for _ in range(3))
    scenario = Scenario((first, second), in_a_month)
    contested = Scenario((third,), in_a_month, slot_lengths=(30, 20))
    for doctor_id in (*scenario.doctors, *contested.doctors):
        url = f"{servers[0].url}/doctors/{doctor_id}"
        made = requests.put(url, json=doctor_settings(doctor_id, 30), timeout=TIMEOUT)
        assert made.status_code == 201
    return LoadTest(ministack, servers, numbers, scenario, contested)


def _create_clients(load_test: LoadTest, history: History) -> Iterator[LoadClient]:
    names = (f"c{number}" for number in load_test.numbers)
    urls = cycle(server.url for server in load_test.servers)
    for client_type in [Patient] * PATIENT_COUNT + [DoctorClient] * DOCTOR_COUNT:
        yield client_type(next(urls), next(names), load_test.scenario, history)
    contested = load_test.contested_scenario
    yield AdminClient(next(urls), next(names), contested, history)
    for hour, minutes in product(HOURS, contested.slot_lengths):
        yield CompetingDoctor(
            next(urls), next(names), contested, history, hour=hour, minutes=minutes
        )


@contextmanager
def run_clients(load_test: LoadTest) -> Iterator[History]:
    """Run all clients during the block; then raise the first error of any of them.

    That error also replaces one of the block, whose cause it may be: a block can wait for responses
    that no client requests any more.
    """
    history = History()
    stop_event = Event()
    clients = list(_create_clients(load_test, history))
    with ThreadPoolExecutor(len(clients)) as threads:
        running = [threads.submit(client.run, stop_event) for client in clients]
        try:
            yield history
        finally:
            stop_event.set()
            for client_run in running:
                client_run.result()


@contextmanager
def suspended(process: subprocess.Popen[Any] | None) -> Iterator[None]:
    """Suspend a process (SIGSTOP) during the block; the process does not notice."""
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def suspend_in_turn(servers: list[LiveServer], seconds: float) -> None:
    """Suspend one server after the other, so that each writes on outdated reads."""
    deadline = time.monotonic() + seconds
    for server in cycle(servers):
        with suspended(server.process):
            time.sleep(PAUSE)
        time.sleep(PAUSE / 2)
        if time.monotonic() > deadline:
            return


def test_responses_under_load_are_linearizable(
    load_test: LoadTest, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_clients(load_test) as history:
        time.sleep(DURATION)
        wait_until(lambda: set(history.status_counts()) >= EXPECTED_STATUSES, seconds=TIMEOUT)
        if IS_NIGHTLY:
            # Some holds expired early enough for other clients to take their slots.
            wait_until(
                lambda: min(history.expired_holds, default=inf) < time.time() - HOLD_SECONDS / 2,
                seconds=TIMEOUT,
            )

    with capsys.disabled():
        print(f"\n{history}")  # noqa: T201  the figures
    counts = history.status_counts()
    # A request that loses too many races gets 503.
    assert set(counts) <= EXPECTED_STATUSES | {503}
    assert counts[503] < len(history.responses) / 20
    assert history.superseded == []
    if IS_NIGHTLY:
        assert {r.path for r in history.responses if r.status == 503} <= {"/slots"}
    assert_consistent(history, load_test.stored_items)


def test_store_restarts_lose_and_duplicate_nothing(
    load_test: LoadTest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The store is suspended for longer than the app's timeout, then stopped and started again.

    Before and after each outage, the servers are suspended in turn.
    """
    with run_clients(load_test) as history:
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)
        with suspended(load_test.ministack._process):
            time.sleep(5)
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)
        load_test.ministack.stop()
        before = history.status_counts()[503]
        wait_until(lambda: history.status_counts()[503] > before, seconds=TIMEOUT)
        load_test.ministack.start()
        suspend_in_turn(load_test.servers, RECOVERY_SECONDS)

    with capsys.disabled():
        print(f"\n{history}")  # noqa: T201  the figures
    assert set(history.status_counts()) <= EXPECTED_STATUSES | {503}
    assert all("Retry-After" in r.headers for r in history.responses if r.status == 503)
    assert_consistent(history, load_test.stored_items)
