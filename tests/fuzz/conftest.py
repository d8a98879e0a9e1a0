"""The server of ``scripts/serve``, with open slots."""

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
    """A server with its own data and open slots, of which a client may hold few."""
    with start_server(tmp_path_factory.mktemp("data"), MAX_HOLDS_PER_CLIENT="4") as running:
        for (doctor, date), starts in SLOT_STARTS.items():
            local_starts = [local_time.to_rfc3339(start, doctor.zone) for start in starts]
            response = requests.post(
                f"{running.url}/slots",
                json={
                    "doctor_id": doctor.doctor_id,
                    "date": date.isoformat(),
                    "slots": [{"start": start, "status": "free"} for start in local_starts],
                },
                headers=running.auth_headers("admin"),
                timeout=10,
            )
            assert response.ok, response.text
        yield running


@pytest.fixture(scope="session")
def server_url(live_server: LiveServer) -> str:
    return live_server.url


@pytest.fixture(scope="session")
def admin_headers(live_server: LiveServer) -> dict[str, str]:
    """The header with an admin's token."""
    return live_server.auth_headers("admin")
