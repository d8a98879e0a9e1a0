"""The product as ``scripts/serve`` runs it, with slots to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.domain import wall_time
from tests.fuzz.document import STARTS
from tests.running import Running, a_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with data of its own."""
    with a_server(tmp_path_factory.mktemp("data")) as running:
        for (doctor, on), starts in STARTS.items():
            told = [wall_time.to_rfc3339(start, doctor.zone) for start in starts]
            saved = requests.post(
                f"{running.url}/slots",
                json={
                    "doctor_id": doctor.doctor_id,
                    "date": on.isoformat(),
                    "slots": [{"start": start, "status": "free"} for start in told],
                },
                headers=running.signed_in("admin"),
                timeout=10,
            )
            assert saved.ok, saved.text
        yield running


@pytest.fixture(scope="session")
def server(running: Running) -> str:
    """Its URL."""
    return running.url


@pytest.fixture(scope="session")
def may_do_all(running: Running) -> dict[str, str]:
    """The header with the token of somebody who may."""
    return running.signed_in("admin")
