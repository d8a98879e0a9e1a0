"""The product as ``scripts/serve`` runs it, and Chromium in front of it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.storage import table
from local import local_config
from tests.browser.manage_slots import ManageSlotsPage
from tests.browser.people import BrowserUsers
from tests.running import LiveServer, start_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

_days_from_now = count(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with data of its own; a test can look, and do, what happens behind its page."""
    folder = tmp_path_factory.mktemp("data")
    with start_server(folder) as running:
        local_config.use_env(local_config.read_env(folder / local_config.ENV_FILE))
        table.connect(os.environ["TABLE_NAME"])
        yield running


@pytest.fixture(scope="session")
def booking_site(server: LiveServer) -> str:
    """The URL of the booking site beside it."""
    return server.booking_site_url


@pytest.fixture(scope="session")
def people(browser: Browser, server: LiveServer) -> BrowserUsers:
    """Those who can sign in there."""
    return BrowserUsers(browser, server)


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], people: BrowserUsers
) -> dict[str, Any]:
    """Dr Lee is signed in, in every browser that a test does not make by itself."""
    return {**browser_context_args, "storage_state": people.storage_state("dr-lee")}


@pytest.fixture
def on() -> date:
    """A date that no other test uses."""
    return datetime.now(UTC).date() + timedelta(days=next(_days_from_now))


@pytest.fixture
def slots(page: Page, server: LiveServer, on: date) -> Iterator[ManageSlotsPage]:
    """The Manage Slots page of Dr Lee; whatever the browser complains about fails the test."""
    slots = ManageSlotsPage(page, server, on)
    slots.open()
    yield slots
    assert slots.console_errors == []


@pytest.fixture
def other_tab(context: BrowserContext, server: LiveServer, on: date) -> Iterator[ManageSlotsPage]:
    """The same day in another tab."""
    slots = ManageSlotsPage(context.new_page(), server, on)
    slots.open()
    yield slots
    assert slots.console_errors == []
