"""Fixtures: the server as ``scripts/serve`` runs it, and a Chromium with signed-in users."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from chalicelib.storage import table
from local import local_config
from tests.support import http_server
from tests.support.browser_users import BrowserUsers
from tests.support.live_server import LiveServer, start_server
from tests.support.manage_slots_page import ManageSlotsPage
from tests.support.widget_host import widget_host
from tests.support.worker_groups import GroupScheduling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page
    from xdist.remote import Producer

# Only a test that fails waits for so long. On a busy machine, a sign-in takes longer than the 5 s
# that Playwright waits by itself.
expect.set_options(timeout=30_000)

_days_from_now = count(30)
_weeks_from_now = count(20)  # after the dates of the tests of a day


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    """Run tests that share a browser or a server in one process."""
    return GroupScheduling(config, log)


@pytest.fixture(scope="session")
def widget_url() -> Iterator[str]:
    """The origin of another site, whose pages may read the API."""
    with http_server.serve(widget_host) as url:
        yield url


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory, widget_url: str) -> Iterator[LiveServer]:
    """A server with its own data, which tests can also read and write directly."""
    folder = tmp_path_factory.mktemp("data")
    with start_server(folder, CORS_ORIGINS=widget_url) as running:
        local_config.use_env(local_config.read_env(folder / local_config.ENV_FILE))
        table.connect(os.environ["TABLE_NAME"])
        yield running


@pytest.fixture(scope="session")
def booking_site_url(live_server: LiveServer) -> str:
    """The URL of the sample booking site."""
    return live_server.booking_site_url


@pytest.fixture(scope="session")
def browser_users(browser: Browser, live_server: LiveServer) -> BrowserUsers:
    """The users who can sign in to the server."""
    return BrowserUsers(browser, live_server)


@pytest.fixture(scope="session")
def browser_context_args(
    browser_context_args: dict[str, Any], browser_users: BrowserUsers
) -> dict[str, Any]:
    """Dr Lee is signed in to every browser that a test does not create itself."""
    return {**browser_context_args, "storage_state": browser_users.storage_state("dr-lee")}


@pytest.fixture
def unused_date() -> date:
    """A date that no other test uses."""
    return datetime.now(UTC).date() + timedelta(days=next(_days_from_now))


@pytest.fixture
def unused_week() -> date:
    """The Monday of a week that no other test uses."""
    today = datetime.now(UTC).date()
    return today + timedelta(weeks=next(_weeks_from_now), days=-today.weekday())


@pytest.fixture
def day_page(page: Page, live_server: LiveServer, unused_date: date) -> Iterator[ManageSlotsPage]:
    """The Manage Slots page of Dr Lee. Errors in the browser's console fail the test."""
    slots = ManageSlotsPage(page, live_server, unused_date)
    slots.open()
    yield slots
    assert slots.console_errors == []
