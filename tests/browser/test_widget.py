"""The booking widget on another site's page: what it shows, and which pages may read the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.accessibility import accessibility_violations
from tests.support.widget_doctor import WidgetDoctor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Frame, Page

    from tests.support.live_server import LiveServer


class Widget:
    """A page with the widget, and a doctor of its own in the app."""

    def __init__(self, page: Page, host: str, server: LiveServer) -> None:
        self.page, self.host, self.server = page, host, server
        self.doctor = WidgetDoctor(server)
        self.open_slot = self.doctor.open_slot

    def show(self, path: str = "/widget.html", **changed: str) -> Frame:
        """Open the page of the host, and give the widget what it needs."""
        self.page.goto(f"{self.host}{path}")
        frame = self.page.frames[-1]
        frame.wait_for_load_state()
        settings = {**self.doctor.settings(), **changed}
        script = "settings => (frames[0] ?? window).postMessage(settings, '*')"
        self.page.evaluate(script, settings)
        return frame

    def look_again(self) -> None:
        self.page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")


@pytest.fixture
def widget(browser: Browser, live_server: LiveServer, widget_url: str) -> Iterator[Widget]:
    with browser.new_context(
        viewport={"width": 320, "height": 700}, color_scheme="dark"
    ) as context:
        yield Widget(context.new_page(), widget_url, live_server)


def times_of(page: Page | Frame) -> list[str]:
    return page.locator("time").all_text_contents()


def test_widget_polls_with_etag_and_shows_changes(widget: Widget) -> None:
    page = widget.show()
    expect(page.get_by_role("status")).to_have_text("There is no free appointment.")
    with widget.page.expect_response(lambda response: response.status == 304):
        widget.look_again()

    widget.open_slot("11:00")
    widget.look_again()

    expect(page.locator("time")).to_have_text(["11:00"])
    expect(page.get_by_role("status")).to_have_text("Up to date")


def test_widget_is_accessible_on_a_small_dark_screen(widget: Widget) -> None:
    widget.open_slot("09:00")
    page = widget.show()
    expect(page.locator("time")).to_have_text(["09:00"])

    assert accessibility_violations(widget.page) == []
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"token": "expired"}, "The access to the appointments has ended. Reload the page."),
        ({"doctor": "dr-who"}, "We couldn't find this doctor."),
    ],
)
def test_widget_shows_what_is_wrong(widget: Widget, changed: dict[str, str], problem: str) -> None:
    page = widget.show(**changed)

    expect(page.get_by_role("alert")).to_contain_text(problem)


def test_page_of_an_unlisted_site_reads_nothing(widget: Widget) -> None:
    widget.open_slot("09:00")
    widget.host = widget.host.replace("127.0.0.1", "localhost")  # another origin

    page = widget.show()

    expect(page.get_by_role("alert")).to_have_text("We couldn't reach the appointments.")
    assert times_of(page) == []


def test_page_of_a_listed_site_changes_nothing(widget: Widget) -> None:
    widget.open_slot("09:00")
    page = widget.show()
    expect(page.locator("time")).to_have_text(["09:00"])
    book = widget.server.token("booking-site")

    outcome = widget.page.evaluate(
        """async ([api, token]) => {
            const init = {method: "PUT", body: "{}", headers: {Authorization: `Bearer ${token}`}};
            return fetch(api, init).then(response => response.status, error => error.name);
        }""",
        [f"{widget.server.url}/slots/{widget.doctor.doctor_id}~x/hold", book],
    )

    assert outcome == "TypeError"  # the browser doesn't send it
