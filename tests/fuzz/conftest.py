"""The product as ``scripts/serve`` runs it, with slots to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from chalicelib.domain import local_time
from tests.support.live_server import LiveServer, start_server
from tests.support.openapi_examples import SLOT_STARTS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
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
def server_url(live_server: LiveServer) -> str:
    """Its URL."""
    return live_server.url


@pytest.fixture(scope="session")
def admin_headers(live_server: LiveServer) -> dict[str, str]:
    """The header with the token of somebody who may."""
    return live_server.auth_headers("admin")
