"""The product as ``scripts/serve`` runs it, with slots to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.domain import local_time
from tests.fuzz.document import SLOT_STARTS
from tests.running import LiveServer, start_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with data of its own."""
    with start_server(tmp_path_factory.mktemp("data")) as running:
        for (doctor, on), starts in SLOT_STARTS.items():
            told = [local_time.to_rfc3339(start, doctor.zone) for start in starts]
            saved = requests.post(
                f"{running.url}/slots",
                json={
                    "doctor_id": doctor.doctor_id,
                    "date": on.isoformat(),
                    "slots": [{"start": start, "status": "free"} for start in told],
                },
                headers=running.auth_headers("admin"),
                timeout=10,
            )
            assert saved.ok, saved.text
        yield running


@pytest.fixture(scope="session")
def server(running: LiveServer) -> str:
    """Its URL."""
    return running.url


@pytest.fixture(scope="session")
def may_do_all(running: LiveServer) -> dict[str, str]:
    """The header with the token of somebody who may."""
    return running.auth_headers("admin")
