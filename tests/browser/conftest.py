"""The product as ``scripts/serve`` runs it, and Chromium in front of it."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.storage import table
from local import env_file
from tests.browser.manage_slots import ManageSlotsPage
from tests.browser.people import People
from tests.running import Running, a_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

_days_from_now = count(30)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with data of its own; a test can look, and do, what happens behind its page."""
    folder = tmp_path_factory.mktemp("data")
    with a_server(folder) as running:
        env_file.use(env_file.read(folder / env_file.NAME))
        table.connect(os.environ["TABLE_NAME"])
        yield running


@pytest.fixture(scope="session")
def booking_site(server: Running) -> str:
    """The URL of the booking site beside it."""
    return server.booking_site


@pytest.fixture(scope="session")
def people(browser: Browser, server: Running) -> People:
    """Those who can sign in there."""
    return People(browser, server)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], people: People) -> dict[str, Any]:
    """Dr Lee is signed in, in every browser that a test does not make by itself."""
    return {**browser_context_args, "storage_state": people.signed_in("dr-lee")}


@pytest.fixture
def on() -> date:
    """A date that no other test uses."""
    return datetime.now(UTC).date() + timedelta(days=next(_days_from_now))


@pytest.fixture
def slots(page: Page, server: Running, on: date) -> Iterator[ManageSlotsPage]:
    """The Manage Slots page of Dr Lee; whatever the browser complains about fails the test."""
    slots = ManageSlotsPage(page, server, on)
    slots.open()
    yield slots
    assert slots.complaints == []


@pytest.fixture
def other_tab(context: BrowserContext, server: Running, on: date) -> Iterator[ManageSlotsPage]:
    """The same day in another tab."""
    slots = ManageSlotsPage(context.new_page(), server, on)
    slots.open()
    yield slots
    assert slots.complaints == []
