"""The server that all documents share, as a reader's does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.live_server import start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.live_server import LiveServer


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A new server with the demo data."""
    with start_server(
        tmp_path_factory.mktemp("data"), CORS_ORIGINS="http://localhost:8080"
    ) as server:
        yield server
