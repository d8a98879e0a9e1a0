"""Smoke test of a deployed stack, from outside, over HTTP, as users and booking sites use it."""

import re
import time
from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from cloud.rehearsal import Rehearsal
from local import CommandError, ports

DOCTOR = "dr-lee"
TIMEOUT_SECONDS = 30
EVENT_TIMEOUT_SECONDS = 2.0
# The first event waits for the function's cold start.
FIRST_EVENT_TIMEOUT_SECONDS = 15.0
_JSON = {"Accept": "application/json"}
_SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
_LINK_ATTRIBUTES = ("href", "src", "action", "hx-get", "hx-post")
_SENT_FIELDS = "input[name]:not(:disabled, [type=checkbox]:not(:checked))"


def run(target: Rehearsal) -> Iterator[str]:
    """Run the steps in order, and yield a description of each that passed.

    Raises ``CommandError`` at the first that has another result than expected.
    """
    test, step = _SmokeTest(target), ""
    try:
        for next_step in chain(test.sign_in(), test.read(), test.change(), test.sign_out()):
            if step:
                yield step
            step = next_step
    except (LookupError, ValueError, requests.RequestException) as error:
        raise CommandError(f"Failed: {step}. {error!r}") from error
    yield step


class HttpBrowser(requests.Session):
    """A browser without scripts: it keeps cookies, prefers HTML, and submits forms."""

    def __init__(self) -> None:
        super().__init__()
        self.headers["Accept"] = "text/html"
        self.mount("http://", _LoopbackAdapter())

    def request(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  those of requests
        return super().request(*args, **{"timeout": TIMEOUT_SECONDS} | kwargs)

    def submit(self, page: Response, selector: str, *values: tuple[str, str]) -> Response:
        """Submit the form that matches a CSS selector, or contains what matches.

        ``values`` replace those of its fields; a browser sends the others unchanged.
        """
        form = _parse(page).select_one(f"form:is({selector}, :has({selector}))")
        if form is None:
            raise LookupError(f"no form matches {selector}")
        changed = {name for name, _ in values}
        fields = [
            (str(tag["name"]), str(tag.get("value", ""))) for tag in form.select(_SENT_FIELDS)
        ]
        submitted = self.post(
            urljoin(page.url, str(form.get("action", ""))),
            data=[*(field for field in fields if field[0] not in changed), *values],
            # Browsers send the content type for an empty form as well.
            headers={"Content-Type": "application/x-www-form-urlencoded", **_SAME_ORIGIN},
        )
        return _expect(submitted, HTTPStatus.OK)


class _LoopbackAdapter(HTTPAdapter):
    """Connects to this machine whatever the host name: only a rehearsal uses plain HTTP.

    Names below ``localhost`` are this machine (RFC 6761), but not every resolver knows that.
    """

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        response = super().send(request, *args, **kwargs)
        # The session copies the headers when it follows a redirect, to another host perhaps.
        del request.headers["Host"]
        return response

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        return host | {"host": ports.HOST}, pool


class _SmokeTest:
    """Each method yields the description of a step, and then runs it."""

    def __init__(self, target: Rehearsal) -> None:
        self._target = target
        self._url = target.api_url
        self._base = urlsplit(target.api_url).path
        self._doctor, self._site = HttpBrowser(), HttpBrowser()
        self._site.headers.update(_JSON, Authorization=f"Bearer {target.service_token}")
        self._date = target.date.isoformat()
        self._day = f"{self._url}/slots?doctor_id={DOCTOR}&date={self._date}"

    def sign_in(self) -> Iterator[str]:
        yield "the health check reads the table"
        health = _expect(HttpBrowser().get(f"{self._url}/health"), HTTPStatus.OK)
        _require(health.json() == {"status": "ok"}, "the status is ok", health)

        yield "the root redirects to the page, and the page to sign-in"
        self._require_redirect(f"{self._url}/", "/slots")
        self._require_redirect(self._day, r"/sign-in\?.+")

        yield "a doctor signs in and returns to the requested page"
        page = self._doctor.get(self._day)
        values = ("username", DOCTOR), ("password", self._target.password)
        back = self._doctor.submit(page, "[name=password]", *values)
        _require(back.url == self._day, f"the doctor returns to {self._day}", back)
        paths = {each.path for each in self._doctor.cookies if each.name.startswith("session")}
        _require(paths == {self._base}, f"the session cookie has the path {self._base}", back)

    def read(self) -> Iterator[str]:
        yield "the page is complete, and its links stay below the stage"
        page = _expect(self._doctor.get(self._day), HTTPStatus.OK)
        _require(page.text.lstrip().startswith("<!doctype html>"), "it is a full page", page)
        links = self._links_below_stage(page)

        yield "the page's static files are served as immutable"
        files = {link for link in links if link.startswith(f"{self._base}/static/")}
        _require(len(files) > 1, "it links to scripts and styles", page)
        for file in files:
            response = _expect(HttpBrowser().get(urljoin(self._url, file)), HTTPStatus.OK)
            _require("immutable" in response.headers["Cache-Control"], "it is immutable", response)

        yield "htmx gets the day alone, and its links stay below the stage"
        part = self._doctor.get(f"{self._day}&part=day", headers={"HX-Request": "true"})
        _expect(part, HTTPStatus.OK)
        _require("<html" not in part.text, "it is a fragment", part)
        _require('name="ticked"' in part.text, "it has check boxes", part)
        self._links_below_stage(part)

    def change(self) -> Iterator[str]:
        yield "the page's form saves two slots, and a subscriber receives an event"
        page = self._doctor.get(self._day)
        boxes = _parse(page).select("[name=ticked]")[:2]
        ticked = [("ticked", str(box["value"])) for box in boxes]
        saved = self._doctor.submit(page, "[name=ticked]", *ticked)
        _require("Slots saved successfully" in saved.text, "it confirms the save", saved)
        free = self._slots("free")
        _require(len(free) == len(ticked), "two slots are free", saved)
        self._require_event(["free", "free"], FIRST_EVENT_TIMEOUT_SECONDS)

        yield "an existing slot is rejected with problem details, nothing stored"
        self._require_duplicate_rejected(free[0], self._slots("busy-unavailable")[0])
        _require(self._slots("free") == free, "nothing is stored", saved)

        yield "a booking site books a slot; doctor and subscriber learn of it"
        dates = {"from": self._date, "to": self._date}
        found = self._site.get(f"{self._url}/doctors/{DOCTOR}/slots", params=dates)
        slot_id = _expect(found, HTTPStatus.OK).json()["slots"][0]["slot_id"]
        booking = {"booking_id": "rehearsed", "patient_reference": "rehearsed"}
        booked = self._site.put(f"{self._url}/slots/{slot_id}/booking", json=booking)
        _expect(booked, HTTPStatus.CREATED)
        seen = [slot["slot_id"] for slot in self._slots("busy")]
        _require(seen == [slot_id], "the doctor sees the booking", booked)
        self._require_event(["busy"], EVENT_TIMEOUT_SECONDS)

    def sign_out(self) -> Iterator[str]:
        yield "after signing out, the page requires sign-in"
        self._doctor.submit(self._doctor.get(self._day), "[action$='/sign-out']")
        self._require_redirect(self._day, r"/sign-in\?.+")

    def _require_redirect(self, url: str, pattern: str) -> None:
        response = self._doctor.get(url, allow_redirects=False)
        _expect(response, HTTPStatus.SEE_OTHER)
        found = re.fullmatch(re.escape(self._base) + pattern, response.headers["Location"])
        _require(found is not None, f"it redirects to {self._base}{pattern}", response)

    def _require_event(self, statuses: list[str], seconds: float) -> None:
        """Wait for an event of the day with these statuses, ignoring all other events."""
        deadline = time.monotonic() + seconds
        while event := self._target.wait_for_event(deadline - time.monotonic()):
            day = event["detail"]
            received = [slot["status"] for slot in day["slots"]]
            if (day["doctor_id"], day["date"], received) == (DOCTOR, self._date, statuses):
                return
        raise CommandError(f"Failed: a subscriber receives {statuses} within {seconds} s.")

    def _require_duplicate_rejected(self, *slots: dict[str, Any]) -> None:
        """Open an existing slot and another one; the error must name the former alone."""
        changes = [{"start": slot["start"], "status": "free"} for slot in slots]
        rejected = self._doctor.post(
            f"{self._url}/slots",
            json={"doctor_id": DOCTOR, "date": self._date, "slots": changes},
            headers=_JSON | _SAME_ORIGIN,
        )
        _expect(rejected, HTTPStatus.BAD_REQUEST)
        content_type, problem = rejected.headers["Content-Type"], rejected.json()
        _require(content_type == "application/problem+json", "it has problem details", rejected)
        _require(problem["detail"].startswith("Slot already exists"), "it has the reason", rejected)
        _require(len(problem["errors"]) == 1, "it names the slot", rejected)

    def _slots(self, status: str) -> list[dict[str, Any]]:
        day = _expect(self._doctor.get(self._day, headers=_JSON), HTTPStatus.OK)
        return [slot for slot in day.json()["slots"] if slot["status"] == status]

    def _links_below_stage(self, page: Response) -> list[str]:
        """Return every local URL that the page links to, loads or submits to."""
        tags = _parse(page).select("*")
        links = [str(tag[name]) for tag in tags for name in _LINK_ATTRIBUTES if tag.get(name)]
        local = [link for link in links if link.startswith("/")]
        outside = [link for link in local if not link.startswith(f"{self._base}/")]
        _require(not outside, f"all links are below {self._base}, but found {outside}", page)
        return local


def _parse(page: Response) -> BeautifulSoup:
    return BeautifulSoup(page.text, "html.parser")


def _expect(response: Response, status: HTTPStatus) -> Response:
    _require(response.status_code == status, f"the status is {status.value}", response)
    return response


def _require(condition: bool, what: str, response: Response) -> None:  # noqa: FBT001  a condition
    if not condition:
        request = f"{response.request.method} {response.request.url}"
        location = response.headers.get("Location", "")
        raise CommandError(
            f"Failed: {what}. {request} returned\n"
            f"{response.status_code} {location}\n{response.text[:2000]}"
        )
