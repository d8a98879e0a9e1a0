"""Fixtures: windows of each browser engine, in which Dr Lee is signed in."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support import installed_browsers, playwright_tab, webkit_tab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright, StorageState

    from tests.support.browser_users import BrowserUsers
    from tests.support.live_server import LiveServer
    from tests.support.tab import OpenWindow, Window

# scripts/_setup installs all but WebKit on macOS, which has no WebKitGTK.
ENGINES = ["chromium", "firefox", *(["webkit"] if sys.platform != "darwin" else [])]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test in each engine.

    By day, tests marked ``one_engine_by_day`` run in Chromium alone. They are steps that the server
    leads through, and pages for which an engine has to be started again: without scripts, or of
    another server.
    """
    if "engine" in metafunc.fixturenames:
        is_short = metafunc.definition.get_closest_marker("one_engine_by_day")
        others = (pytest.mark.nightly,) if is_short else ()
        first, *rest = ENGINES
        engines = [first, *(pytest.param(name, marks=others) for name in rest)]
        metafunc.parametrize("engine", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the browser engine."""
    return str(request.param)


@pytest.fixture(scope="session")
def signed_in(browser_users: BrowserUsers) -> StorageState:
    """The cookies of Dr Lee."""
    return browser_users.storage_state("dr-lee")


@pytest.fixture(scope="session")
def chromium_opener(browser: Browser, signed_in: StorageState) -> OpenWindow:
    """A function that opens windows of Chromium."""
    return partial(playwright_tab.open_window, browser, signed_in)


@pytest.fixture(scope="session")
def firefox(playwright: Playwright) -> Iterator[Browser]:
    """A Firefox that runs scripts."""
    with start_firefox(playwright, javascript=True) as browser:
        yield browser


@pytest.fixture(scope="session")
def firefox_without_scripts(playwright: Playwright) -> Iterator[Browser]:
    """A Firefox of its own, because BiDi disables scripts in all windows or in none."""
    with start_firefox(playwright, javascript=False) as browser:
        yield browser


@contextmanager
def start_firefox(playwright: Playwright, *, javascript: bool) -> Iterator[Browser]:
    """Run a Firefox during the block."""
    options = installed_browsers.launch_options("firefox")
    preferences: dict[str, str | float | bool] = {
        "javascript.enabled": javascript,
        "layout.frame_rate": 10,  # without a GPU, frames cost processor time
    }
    with playwright.firefox.launch(**options, firefox_user_prefs=preferences) as browser:
        yield browser


@pytest.fixture(scope="session")
def firefox_opener(request: pytest.FixtureRequest, signed_in: StorageState) -> OpenWindow:
    """A function that opens windows of Firefox, which starts with the first of them."""

    @contextmanager
    def open_window(*, javascript: bool, width: int) -> Iterator[Window]:
        name = "firefox" if javascript else "firefox_without_scripts"
        browser: Browser = request.getfixturevalue(name)
        opened = playwright_tab.open_window(browser, signed_in, javascript=True, width=width)
        with opened as window:
            yield window

    return open_window


@pytest.fixture(scope="session")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of programs on a screen in memory."""
    with webkit_tab.start_screen(tmp_path_factory.mktemp("screen")) as environment:
        yield environment


@pytest.fixture(scope="session")
def webkit_opener(
    screen: dict[str, str], live_server: LiveServer, signed_in: StorageState
) -> OpenWindow:
    """A function that opens windows of WebKit."""
    return partial(webkit_tab.open_window, screen, live_server.url, signed_in["cookies"])


@pytest.fixture(scope="session")
def open_window(request: pytest.FixtureRequest, engine: str) -> OpenWindow:
    """A function that opens windows of the engine."""
    opener: OpenWindow = request.getfixturevalue(f"{engine}_opener")
    return opener


@pytest.fixture(scope="session")
def desktop(open_window: OpenWindow) -> Iterator[Window]:
    """A window of the engine, as on a desktop, which is opened once for all tests."""
    with open_window(javascript=True, width=1280) as window:
        yield window


@pytest.fixture(scope="session")
def desktop_without_scripts(open_window: OpenWindow) -> Iterator[Window]:
    """Such a window in which JavaScript is off."""
    with open_window(javascript=False, width=1280) as window:
        yield window


@pytest.fixture
def window(desktop: Window) -> Iterator[Window]:
    """That window, without tabs of other tests."""
    yield desktop
    desktop.close_tabs()


@pytest.fixture
def window_without_scripts(desktop_without_scripts: Window) -> Iterator[Window]:
    """The window without JavaScript, without tabs of other tests."""
    yield desktop_without_scripts
    desktop_without_scripts.close_tabs()
