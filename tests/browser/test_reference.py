"""The API reference on all screen sizes: accessible by axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.support.accessibility import accessibility_violations
from tests.support.profile import is_nightly

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.support.live_server import LiveServer


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (320, "dark"),
        pytest.param(1280, "light", marks=pytest.mark.nightly),
        pytest.param(320, "light", marks=pytest.mark.nightly),
        pytest.param(1280, "dark", marks=pytest.mark.nightly),
    ],
)
def test_page_has_no_axe_violations_and_no_horizontal_scroll(
    browser: Browser, live_server: LiveServer, width: int, scheme: Literal["light", "dark"]
) -> None:
    viewport = {"width": width, "height": 800}
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{live_server.url}/docs")
        if is_nightly():  # axe-core takes as long for closed details as for open ones
            assert accessibility_violations(page) == []

        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

        assert accessibility_violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints == []


@pytest.mark.only_browser("chromium")  # Playwright can't disable scripts over BiDi
def test_operation_is_reached_from_the_list(browser: Browser, live_server: LiveServer) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{live_server.url}/docs")

        page.get_by_role("navigation").get_by_role("link", name="PUT /slots/{slot_id}/hold").click()

        box = page.get_by_role("heading", name="Hold a slot").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 200
