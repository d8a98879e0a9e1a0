"""Tabs of WebKitGTK, which WebDriver drives on a screen of its own.

Playwright drives only a WebKit of its own, which Debian doesn't have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from selenium.common.exceptions import (
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver import ActionChains, Keys, WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By

from tests.support.tab import TIMEOUT_SECONDS, WINDOW_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import StorageStateCookie
    from selenium.webdriver.remote.webdriver import WebDriver
    from selenium.webdriver.remote.webelement import WebElement

    from tests.support.tab import Tab, Window

_SELECTORS = {"button": "button", "checkbox": "input[type=checkbox]", "link": "a[href]"}
_KEYS = {"Enter": Keys.ENTER, "Space": Keys.SPACE, "Tab": Keys.TAB}
# Without a toolbar and its smallest width, a window can be as narrow as a phone.
_GTK_STYLE = "* { min-width: 0; padding: 0; margin: 0; border: none; font-size: 5px }"


@contextmanager
def start_screen(folder: Path) -> Iterator[dict[str, str]]:
    """Run an X server during the block; return the environment for programs on its screen."""
    style = folder / "gtk-3.0" / "gtk.css"
    style.parent.mkdir(exist_ok=True)
    style.write_text(_GTK_STYLE)
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as screen:
        assert screen.stdout is not None
        number = screen.stdout.readline().strip()
        try:
            yield {
                **os.environ,
                "DISPLAY": f":{number}",
                "XDG_CONFIG_HOME": str(folder),
                # Layers for a GPU that is not there take 40% of WebKit's time.
                "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            }
        finally:
            screen.terminate()


@contextmanager
def open_window(
    environment: dict[str, str],
    url: str,
    cookies: list[StorageStateCookie],
    *,
    javascript: bool,
    width: int,
) -> Iterator[Window]:
    """Run a WebKit during the block, with cookies of the server at the URL."""
    options = WebKitGTKOptions()
    options.add_argument("--automation")
    options.add_argument("--full-screen")
    options.add_argument(f"--enable-javascript={str(javascript).lower()}")
    # Without a path, Selenium would look for a driver to download.
    service = WebKitGTKService(shutil.which("WebKitWebDriver"), env=environment)
    driver = WebKitGTK(options, service)
    try:
        driver.get(f"{url}/health")  # a cookie is set on a page of its site
        for cookie in cookies:
            driver.add_cookie(_to_webdriver(cookie))
        yield WebKitWindow(driver, width)
    finally:
        driver.quit()


def _to_webdriver(cookie: StorageStateCookie) -> dict[str, object]:
    names = ("name", "value", "path", "httpOnly", "sameSite")
    return {name: value for name, value in cookie.items() if name in names}


class WebKitWindow:
    """A window. The tab that the browser opened stays, so that all others can be closed."""

    def __init__(self, driver: WebDriver, width: int) -> None:
        self._driver = driver
        self._width = width
        self._first_tab = driver.current_window_handle
        self._is_first_free = True

    def new_tab(self) -> Tab:
        if self._is_first_free:
            self._is_first_free = False
            self._driver.switch_to.window(self._first_tab)
        else:
            self._driver.switch_to.new_window("window")
        self._driver.set_window_size(self._width, WINDOW_HEIGHT)
        return WebKitTab(self._driver, self._driver.current_window_handle)

    def close_tabs(self) -> None:
        for handle in self._driver.window_handles:
            if handle != self._first_tab:
                self._driver.switch_to.window(handle)
                self._driver.close()
        self._driver.switch_to.window(self._first_tab)
        self._is_first_free = not self._driver.execute_script("return sessionStorage.length")

    def clear_cookies(self) -> None:
        self._driver.delete_all_cookies()


class WebKitTab:
    """A tab. WebDriver sends commands to one tab at a time, so each command switches to it."""

    def __init__(self, driver: WebDriver, handle: str) -> None:
        self._all_tabs = driver
        self._handle = handle

    @property
    def _driver(self) -> WebDriver:
        self._all_tabs.switch_to.window(self._handle)
        return self._all_tabs

    def open(self, url: str) -> None:
        self._driver.get(url)

    def set_width(self, width: int) -> None:
        self._driver.set_window_size(width, WINDOW_HEIGHT)

    def reload(self) -> None:
        self._driver.refresh()

    def go_back(self) -> None:
        self._driver.back()

    def _find_all(self, selector: str) -> list[WebElement]:
        """Return the elements; WebKit reports an error while another page replaces this one."""
        for _ in range(20):
            with suppress(StaleElementReferenceException):
                return self._driver.find_elements(By.CSS_SELECTOR, selector)
        raise AssertionError(f"{selector} can't be read")

    def _find(self, role: str, name: str) -> WebElement:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            for element in self._find_likely(_SELECTORS[role], name):
                if _name(element).startswith(name):
                    return element
        raise AssertionError(f"no {role} {name}")

    def _find_likely(self, selector: str, name: str) -> list[WebElement]:
        """Find the elements whose text, or that of whose label, has the words of the name.

        To ask for the accessible name of every box of a week would take many seconds.
        """
        script = """
            const text = (element) => element.labels?.[0]?.textContent || element.textContent ||
              element.getAttribute("aria-label") || "";
            const words = arguments[1].split(/\\s+/);
            return [...document.querySelectorAll(arguments[0])].filter((element) =>
              words.every((word) => text(element).includes(word)));"""
        return cast("list[WebElement]", self._driver.execute_script(script, selector, name))

    def click(self, role: str, name: str) -> None:
        element = self._find(role, name)
        # WebDriver scrolls only to the edge of the window, where the bar with Save may cover it.
        self._driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def focus(self, role: str, name: str) -> None:
        self._driver.execute_script("arguments[0].focus()", self._find(role, name))

    def fill(self, selector: str, text: str) -> None:
        self._driver.find_element(By.CSS_SELECTOR, selector).send_keys(text)

    def press(self, key: str) -> None:
        ActionChains(self._driver, duration=0).send_keys(_KEYS[key]).perform()

    def focused_name(self) -> str:
        return _name(self._driver.switch_to.active_element)

    def checkbox_names(self, *, checked: bool = False) -> list[str]:
        selector = f"input[type=checkbox]{':checked' if checked else ''}"
        return [_name(box) for box in self._find_all(selector)]

    def text(self, selector: str) -> str:
        # While a page loads, it may not have the element yet, or no more.
        with suppress(NoSuchElementException, StaleElementReferenceException):
            return self._driver.find_element(By.CSS_SELECTOR, selector).text
        return ""

    def evaluate(self, expression: str) -> object:
        return cast("object", self._driver.execute_script(f"return {expression}"))


def _name(element: WebElement) -> str:
    """Return the accessible name; WebKit reports an error for an element without one."""
    try:
        return element.accessible_name
    except WebDriverException:
        return ""
