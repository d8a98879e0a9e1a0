"""The product as ``scripts/serve`` runs it, and Chromium in front of it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

from chalicelib.settings import Settings
from chalicelib.storage import table
from local.stage import use_local_stage
from tests.browser.manage_slots import ManageSlotsPage
from tests.chromium import browser_type_launch_args
from tests.running import Running, a_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

__all__ = ["browser_type_launch_args"]

_days_from_now = count(30)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with data of its own, and the booking site beside it."""
    folder = tmp_path_factory.mktemp("data")
    with a_server(folder) as running:
        _use_the_same_table(folder / "local.env")
        yield running


@pytest.fixture(scope="session")
def server(running: Running) -> str:
    """The URL of the app."""
    return running.url


@pytest.fixture(scope="session")
def booking_site(running: Running) -> str:
    """The URL of the booking site."""
    return running.booking_site


def _use_the_same_table(settings: Path) -> None:
    """So that a test can look, and do, what happens behind the page."""
    lines = settings.read_text().splitlines()
    os.environ.update(line.partition("=")[::2] for line in lines)
    use_local_stage()
    table.connect(Settings.of(os.environ).table_name)


@pytest.fixture
def on() -> date:
    """A date that no other test uses."""
    return datetime.now(UTC).date() + timedelta(days=next(_days_from_now))


@pytest.fixture
def slots(page: Page, server: str, on: date) -> Iterator[ManageSlotsPage]:
    """The Manage Slots page of Dr Lee; whatever the browser complains about fails the test."""
    slots = ManageSlotsPage(page, server, on)
    slots.open()
    yield slots
    assert slots.complaints == []


@pytest.fixture
def other_tab(context: BrowserContext, server: str, on: date) -> Iterator[ManageSlotsPage]:
    """The same day in another tab."""
    slots = ManageSlotsPage(context.new_page(), server, on)
    slots.open()
    yield slots
    assert slots.complaints == []
