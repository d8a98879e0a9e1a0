"""Many clients of several servers on one table: whatever they do, and whatever becomes of it."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests

from chalicelib.domain.slot_id import SlotId
from local import stage
from local.ministack import MiniStack
from tests.faults import IS_LONG
from tests.faults.clients import Client, Log, Place
from tests.faults.serial import ABSENT, Deed, booked, held, is_serial
from tests.faults.whole import require_whole
from tests.running import a_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Judging a long history can take longer than making it, so this is not part of every run.
pytestmark = pytest.mark.skipif(not IS_LONG, reason="FAULTS=long asks for it")

CLIENTS = 64
SERVERS = 2
SECONDS = 60
IN_A_MONTH: date = datetime.now(UTC).date() + timedelta(days=30)


@dataclass
class Field:
    """Where the clients meet."""

    ministack: MiniStack
    urls: list[str]
    place: Place

    def stored(self) -> list[dict[str, Any]]:
        """Every item, read behind the app's back."""
        client = boto3.client("dynamodb", endpoint_url=self.ministack.url)
        pages = client.get_paginator("scan").paginate(
            TableName=stage.variables()["TABLE_NAME"], ConsistentRead=True
        )
        return [item for page in pages for item in page["Items"]]


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """Two servers as ``scripts/serve`` runs them, and three doctors with nothing open yet."""
    stage.use_local_stage()
    with ExitStack() as stack:
        ministack = stack.enter_context(MiniStack(tmp_path / "ministack"))
        urls = []
        for number in range(SERVERS):
            folder = tmp_path / str(number)
            folder.mkdir()
            settings = {**ministack.environment, "LOCAL_CALLER": "dr-lee"}
            urls.append(stack.enter_context(a_server(folder, **settings)).url)
        doctors = [f"dr-{n}" for n in range(3)]
        for doctor_id in doctors:
            made = requests.put(
                f"{urls[0]}/doctors/{doctor_id}",
                json={
                    "name": doctor_id,
                    "specialty": "any",
                    "location": "Leeds",
                    "time_zone": "Europe/London",
                    "slot_minutes": 30,
                    "sessions": [{"from": "09:00", "to": "11:00"}],
                },
                timeout=10,
            )
            assert made.status_code == 201
        yield Field(ministack, urls, Place(doctors, IN_A_MONTH))


@contextmanager
def a_crowd(field: Field, seconds: float) -> Iterator[Log]:
    """Clients at work until then; whatever goes wrong with one is raised in the end."""
    log = Log()
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(CLIENTS) as threads:
        urls = [field.urls[number % SERVERS] for number in range(CLIENTS)]
        clients = [Client(url, n, field.place, log) for n, url in enumerate(urls)]
        running = [threads.submit(client.run, until) for client in clients]
        yield log
    for one in running:
        one.result()


def require_serial(field: Field, log: Log) -> None:
    """Fail unless all that was told can be true, and agrees with what is stored in the end."""
    items = field.stored()
    require_whole(items)
    slots: dict[str, list[Deed]] = defaultdict(list)
    for slot, deed in log.deeds:
        slots[slot].append(deed)
    left = {slot: _state(item) for item in items for slot in _slot(item)}
    end = time.monotonic()
    for slot, deeds in slots.items():
        deeds.append(Deed("see", left.get(slot, ABSENT), end, end))
        assert is_serial(deeds), (slot, sorted(deeds, key=lambda deed: deed.asked))
    _require_saves_in_order(field, log, items)


def _require_saves_in_order(field: Field, log: Log, items: list[dict[str, Any]]) -> None:
    """Every confirmed save has the version that it was told, and time and versions agree."""
    versions = {
        (item["PK"]["S"].removeprefix("DOCTOR#"), item["request_id"]["S"]): item["version"]["N"]
        for item in items
        if item["type"]["S"] == "change"
    }
    for doctor_id, key, version, _ in log.saves:
        assert int(versions[doctor_id, key]) == version
    for doctor_id in field.place.doctors:
        told = [(answer, version) for one, _, version, answer in log.saves if one == doctor_id]
        told.sort(key=lambda each: each[1])
        assert [v for _, v in told] == sorted({v for _, v in told})
        latest = 0.0
        for answer, _ in told:
            assert answer.answered > latest  # it was not answered before one below it was asked
            latest = max(latest, answer.asked)
        for one, seen, read in log.days:
            if one == doctor_id:
                assert all(seen >= v for answer, v in told if answer.answered < read.asked)
                assert all(seen < v for answer, v in told if read.answered < answer.asked)


def _slot(item: dict[str, Any]) -> list[str]:
    if item["type"]["S"] != "slot":
        return []
    start = datetime.fromisoformat(item["start"]["S"])
    return [str(SlotId(item["PK"]["S"].removeprefix("DOCTOR#"), start))]


def _state(item: dict[str, Any]) -> str:
    if "booking_id" in item:
        return booked(item["booking_id"]["S"])
    return held(item["holder"]["S"]) if "holder" in item else "free"


def test_what_many_clients_are_told_has_happened_one_thing_after_the_other(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    with a_crowd(field, SECONDS) as log:
        pass

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    assert {200, 201, 204, 400, 404, 409} == set(log.statuses())
    assert log.overtaken == []
    require_serial(field, log)


def test_nothing_is_lost_or_doubled_while_the_store_stops_and_starts(
    field: Field, capsys: pytest.CaptureFixture[str]
) -> None:
    """It falls silent for longer than anybody waits, then goes on; and is stopped and started."""
    process = field.ministack._process
    assert process is not None
    with a_crowd(field, SECONDS + 8) as log:
        time.sleep(SECONDS / 4)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(5)
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(SECONDS / 4)
        field.ministack.stop()
        time.sleep(1)
        field.ministack.start()

    with capsys.disabled():
        print(f"\n{log}")  # noqa: T201  the figures
    assert {200, 201, 204, 400, 404, 409, 503} == set(log.statuses())
    assert all("Retry-After" in told.headers for told in log.answers if told.status == 503)
    require_serial(field, log)
