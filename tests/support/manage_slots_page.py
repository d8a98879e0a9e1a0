"""Page object of the Manage Slots page."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests
from playwright.sync_api import expect

from chalicelib.domain.slot import SlotId
from tests.support.console_errors import record_console_errors
from tests.support.factories import LONDON, to_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from playwright.sync_api import Locator, Page, Route

    from tests.support.live_server import LiveServer

POLL_URL = re.compile("part=schedule")
_SCRIPT_URL = re.compile(r"/static/slots\.[^/]+\.js")


class ManageSlotsPage:
    """The page of one day. Boxes are addressed by their start time, with which labels begin."""

    def __init__(
        self, page: Page, server: LiveServer, date: date, doctor_id: str = "dr-lee"
    ) -> None:
        self.page = page
        self.server = server
        self.date = date
        self.doctor_id = doctor_id
        self.url = f"{server.url}/slots?doctor_id={doctor_id}&date={date}"
        self.console_errors = record_console_errors(page)

    def open(self) -> None:
        """Load the page."""
        self.page.goto(self.url)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Load the page; its scripts arrive at the end of the block."""
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        self.page.route(_SCRIPT_URL, hold, times=1)
        with self.page.expect_request(_SCRIPT_URL):
            self.page.goto(self.url, wait_until="commit")
        yield
        for route in held:
            route.continue_()

    def checkbox(self, start: str) -> Locator:
        """Return the checkbox of the slot that starts then."""
        return self.page.get_by_role("checkbox", name=re.compile(f"^{re.escape(start)}"))

    def label(self, start: str) -> Locator:
        """Return the element of a box: its label and its error."""
        return self.page.locator(".box", has=self.checkbox(start))

    def check(self, *starts: str) -> None:
        """Click check boxes."""
        for start in starts:
            self.checkbox(start).check()

    @property
    def checked_starts(self) -> list[str]:
        """The starts of the boxes that are checked on the screen."""
        times = self.page.locator("label:has([name=ticked]:checked) .time").all_text_contents()
        return [time.strip().partition("–")[0] for time in times]

    def save(self) -> None:
        """Press Save."""
        self.page.get_by_role("button", name=re.compile("^Save")).click()

    def save_elsewhere(self, *opened: str, closed: Sequence[str] = ()) -> None:
        """Open and close slots of the date as another window of the same user does."""
        statuses = dict.fromkeys(opened, "free") | dict.fromkeys(closed, "busy-unavailable")
        slots = [{"start": start, "status": status} for start, status in statuses.items()]
        self._post("/slots", {"doctor_id": self.doctor_id, "date": str(self.date), "slots": slots})

    def take_time_off_elsewhere(self, name: str) -> None:
        """Take the date off as another window of the same user does; bookings stay."""
        on = str(self.date)
        plan = {"kind": "time_off", "from": on, "to": on, "name": name, "act": "stop"}
        plans = f"/doctors/{self.doctor_id}/plans"
        proposed = self._post(plans, plan)
        self._post(f"{plans}/{proposed['plan_id']}/steps", {})

    def _post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        response = self.page.request.post(
            f"{self.server.url}{path}", data=data, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert response.ok, response.text()
        answer: dict[str, Any] = response.json()
        return answer

    def expect_status(self, text: str) -> None:
        """Wait until the live region contains the text."""
        expect(self.page.get_by_role("status")).to_contain_text(text)

    def expect_unsaved(self, count: int) -> None:
        """Wait until the summary beside Save starts with that many changes of the dates shown."""
        summary = re.compile(rf"^{count} changes?\b") if count else re.compile("^(?!\\d)")
        expect(self.page.locator("#summary")).to_have_text(summary)

    def session(self, hours: str) -> Locator:
        """Return the rows of a clinic session."""
        heading = self.page.get_by_role("rowheader", name=hours)
        return self.page.locator("tbody", has=heading)

    def block_polls(self) -> None:
        """Drop polls from now on, so that the page changes only by the user's own requests."""
        self.page.route(POLL_URL, lambda _route: None)

    def poll_now(self) -> None:
        """Poll as when the tab becomes visible, and wait for the response."""
        with self.page.expect_response(POLL_URL):
            self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    def slot_url(self, start: str) -> str:
        """Return the API's URL of Dr Lee's slot at that local time."""
        return f"{self.server.url}/slots/{SlotId('dr-lee', to_instant(start, self.date, LONDON))}"

    def book(self, start: str) -> None:
        """Book the slot as a patient."""
        slot_id = self.slot_url(start).rpartition("/")[2]
        booking = {"booking_id": slot_id, "patient_reference": "ref-1"}
        response = self._request_as_booking_site("PUT", f"{self.slot_url(start)}/booking", booking)
        assert response.status_code == 201, response.text

    def hold(self, start: str) -> None:
        """Hold the slot as a patient, for the shortest time possible."""
        hold = {"holder": "hannah", "seconds": 30}
        assert (
            self._request_as_booking_site("PUT", f"{self.slot_url(start)}/hold", hold).status_code
            == 200
        )

    def release(self, start: str) -> None:
        """Release the patient's hold."""
        path = f"{self.slot_url(start)}/hold?holder=hannah"
        assert self._request_as_booking_site("DELETE", path).status_code == 204

    def _request_as_booking_site(
        self, method: str, url: str, body: dict[str, Any] | None = None
    ) -> requests.Response:
        headers = self.server.auth_headers("booking-site")
        return requests.request(method, url, json=body, headers=headers, timeout=10)

    def open_history(self) -> Locator:
        """Open the history beside the day, and return it."""
        self.page.get_by_text("History", exact=True).click()
        return self.page.locator(".history")

    def visit_changes(self) -> None:
        """Leave the day for the page of its changes."""
        history = self.open_history()
        # Entries arrive together with another link: a click on the first one could get lost.
        history.get_by_text("No changes yet").or_(history.get_by_role("article")).first.wait_for()
        history.get_by_role("link", name="All changes to this day").click()
        expect(self.page.get_by_role("heading", name="Changes to")).to_be_visible()

    def expect_saved(self) -> None:
        """Wait until the live region reports the save."""
        self.expect_status("Slots saved successfully")


class WeekPage(ManageSlotsPage):
    """The page of a week. Boxes are addressed by weekday and start; ``date`` is the Monday."""

    def __init__(
        self, page: Page, server: LiveServer, date: date, doctor_id: str = "dr-lee"
    ) -> None:
        super().__init__(page, server, date, doctor_id)
        self.url = f"{server.url}/slots/week?doctor_id={doctor_id}&date={date}"
