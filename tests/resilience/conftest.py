"""The app on MiniStack, and a snapshot of its table that tests restore quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chalice.test import Client

from tests.support import app_setup, operations
from tests.support.factories import make_doctor, make_grid
from tests.support.table_snapshot import TableSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCTORS = (
    make_doctor("dr-lee"),
    make_doctor("dr-twenty", make_grid(("09:00", "12:00"), minutes=20)),
)


@pytest.fixture(scope="session")
def snapshot(ministack: str) -> Iterator[TableSnapshot]:
    """Sunday noon, with two doctors and the slots of ``operations.seed_slots``."""
    settings = app_setup.connect_table(ministack)
    with Client(app_setup.import_app()) as chalice_client:
        client = app_setup.create_client(settings, chalice_client)
        app_setup.replace_doctors(client, DOCTORS)
        client.update_doctor("dr-lee", delegates=["sam"])
        operations.seed_slots(client)
        yield TableSnapshot(client, client.export(), client.clock.now)
