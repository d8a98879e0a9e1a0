"""Smoke test of a deployed stack, from outside, over HTTP, as users and booking sites use it."""

import re
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from cloud.http_browser import HttpBrowser, parse, parse_links
from cloud.rehearsal import Rehearsal
from local import CommandError

DOCTOR = "dr-lee"
EVENT_TIMEOUT_SECONDS = 2.0
# The first event waits for the function's cold start.
_FIRST_EVENT_TIMEOUT_SECONDS = 15.0
_JSON = {"Accept": "application/json"}


def run(target: Rehearsal) -> Iterator[str]:
    """Run the steps in order, and yield a description of each that passed.

    Raises ``CommandError`` at the first that has another result than expected.
    """
    for description, step in _SmokeTest(target).steps:
        try:
            step()
        except (LookupError, ValueError, requests.RequestException) as error:
            raise CommandError(f"Failed: {description}. {error!r}") from error
        yield description


class _SmokeTest:
    def __init__(self, target: Rehearsal) -> None:
        self._target = target
        self._url = target.api_url
        self._base = urlsplit(target.api_url).path
        self._doctor = HttpBrowser()
        self._site = HttpBrowser()
        self._site.headers.update(_JSON, Authorization=f"Bearer {target.service_token}")
        self._date = target.date.isoformat()
        self._day = f"{self._url}/slots?doctor_id={DOCTOR}&date={self._date}"

    @property
    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("the health check reads the table", self._health),
            ("the root redirects to the page, and the page to sign-in", self._redirect_to_page),
            ("a doctor signs in and returns to the requested page", self._sign_in),
            ("the page is complete, and its links stay below the stage", self._page),
            ("the page's static files are served as immutable", self._static_files),
            ("htmx gets the day alone, and its links stay below the stage", self._part),
            ("the page's form saves two slots, and a subscriber receives an event", self._save),
            ("an existing slot is rejected with problem details, nothing stored", self._duplicate),
            ("a booking site books a slot; doctor and subscriber learn of it", self._booking),
            ("after signing out, the page requires sign-in", self._sign_out),
        ]

    def _health(self) -> None:
        response = _expect(HttpBrowser().get(f"{self._url}/health"), HTTPStatus.OK)
        _require(response.json() == {"status": "ok"}, "the status is ok", response)

    def _redirect_to_page(self) -> None:
        self._require_redirect(f"{self._url}/", "/slots")
        self._require_redirect(self._day, r"/sign-in\?.+")

    def _require_redirect(self, url: str, pattern: str) -> None:
        response = self._doctor.get(url, allow_redirects=False)
        _expect(response, HTTPStatus.SEE_OTHER)
        found = re.fullmatch(re.escape(self._base) + pattern, response.headers["Location"])
        _require(found is not None, f"it redirects to {self._base}{pattern}", response)

    def _sign_in(self) -> None:
        page = self._doctor.get(self._day)
        values = ("username", DOCTOR), ("password", self._target.password)
        back = self._doctor.submit(page, "[name=password]", *values)
        _expect(back, HTTPStatus.OK)
        _require(back.url == self._day, f"the doctor returns to {self._day}", back)
        paths = {each.path for each in self._doctor.cookies if each.name.startswith("session")}
        _require(paths == {self._base}, f"the session cookie has the path {self._base}", back)

    def _page(self) -> None:
        page = _expect(self._doctor.get(self._day), HTTPStatus.OK)
        _require(page.text.lstrip().startswith("<!doctype html>"), "it is a full page", page)
        self._require_links_below_stage(page)

    def _static_files(self) -> None:
        page = self._doctor.get(self._day)
        files = {link for link in parse_links(page.text) if f"{self._base}/static/" in link}
        _require(len(files) > 1, "it links to scripts and styles", page)
        for file in files:
            url = self._url.removesuffix(self._base) + file
            response = _expect(HttpBrowser().get(url), HTTPStatus.OK)
            _require("immutable" in response.headers["Cache-Control"], "it is immutable", response)

    def _part(self) -> None:
        part = self._doctor.get(f"{self._day}&part=day", headers={"HX-Request": "true"})
        _expect(part, HTTPStatus.OK)
        _require("<html" not in part.text, "it is a fragment", part)
        _require('name="ticked"' in part.text, "it has check boxes", part)
        self._require_links_below_stage(part)

    def _save(self) -> None:
        page = self._doctor.get(self._day)
        boxes = parse(page.text).select("[name=ticked]")[:2]
        ticked = [("ticked", str(box["value"])) for box in boxes]
        saved = _expect(self._doctor.submit(page, "[name=ticked]", *ticked), HTTPStatus.OK)
        _require("Slots saved successfully" in saved.text, "it confirms the save", saved)
        _require(len(self._slots("free")) == 2, "two slots are free", saved)  # noqa: PLR2004  as ticked
        self._require_event(["free", "free"], _FIRST_EVENT_TIMEOUT_SECONDS)

    def _require_event(self, statuses: list[str], seconds: float) -> None:
        """Wait for an event of the day with these statuses, ignoring all other events."""
        deadline = time.monotonic() + seconds
        while event := self._target.wait_for_event(deadline - time.monotonic()):
            day = event["detail"]
            received = [slot["status"] for slot in day["slots"]]
            if (day["doctor_id"], day["date"], received) == (DOCTOR, self._date, statuses):
                return
        raise CommandError(f"Failed: a subscriber receives {statuses} within {seconds} s.")

    def _duplicate(self) -> None:
        before = self._slots("free")
        slots = [*before[:1], *self._slots("busy-unavailable")[:1]]
        changes = [{"start": slot["start"], "status": "free"} for slot in slots]
        rejected = self._doctor.post(
            f"{self._url}/slots",
            json={"doctor_id": DOCTOR, "date": self._date, "slots": changes},
            headers=_JSON | {"Sec-Fetch-Site": "same-origin"},
        )
        _expect(rejected, HTTPStatus.BAD_REQUEST)
        content_type = rejected.headers["Content-Type"]
        _require(content_type == "application/problem+json", "it has problem details", rejected)
        problem = rejected.json()
        _require(problem["detail"].startswith("Slot already exists"), "it has the reason", rejected)
        _require(len(problem["errors"]) == 1, "it names the slot", rejected)
        _require(self._slots("free") == before, "nothing is stored", rejected)

    def _booking(self) -> None:
        dates = {"from": self._date, "to": self._date}
        found = self._site.get(f"{self._url}/doctors/{DOCTOR}/slots", params=dates)
        _expect(found, HTTPStatus.OK)
        slot_id = found.json()["slots"][0]["slot_id"]
        booking = {"booking_id": "rehearsed", "patient_reference": "rehearsed"}
        booked = self._site.put(f"{self._url}/slots/{slot_id}/booking", json=booking)
        _expect(booked, HTTPStatus.CREATED)
        seen = [slot["slot_id"] for slot in self._slots("busy")]
        _require(seen == [slot_id], "the doctor sees the booking", booked)
        self._require_event(["busy"], EVENT_TIMEOUT_SECONDS)

    def _sign_out(self) -> None:
        page = self._doctor.get(self._day)
        _expect(self._doctor.submit(page, "[action$='/sign-out']"), HTTPStatus.OK)
        self._require_redirect(self._day, r"/sign-in\?.+")

    def _slots(self, status: str) -> list[dict[str, Any]]:
        day = _expect(self._doctor.get(self._day, headers=_JSON), HTTPStatus.OK)
        return [slot for slot in day.json()["slots"] if slot["status"] == status]

    def _require_links_below_stage(self, page: requests.Response) -> None:
        links = [link for link in parse_links(page.text) if link.startswith("/")]
        outside = [link for link in links if not link.startswith(f"{self._base}/")]
        _require(not outside, f"all links are below {self._base}, but found {outside}", page)


def _expect(response: requests.Response, status: HTTPStatus) -> requests.Response:
    _require(response.status_code == status, f"the status is {status.value}", response)
    return response


def _require(condition: bool, what: str, response: requests.Response) -> None:  # noqa: FBT001  a condition
    if not condition:
        request = f"{response.request.method} {response.request.url}"
        location = response.headers.get("Location", "")
        raise CommandError(
            f"Failed: {what}. {request} returned\n"
            f"{response.status_code} {location}\n{response.text[:2000]}"
        )
