"""Does a stack do what it is for? Asked from outside, over plain HTTP, as people and sites do."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from cloud.visitor import Page, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

DOCTOR = "dr-lee"
TOLD_WITHIN_SECONDS = 2.0
# The first event waits for the function to start.
_FIRST_EVENT_SECONDS = 15.0
_JSON = {"Accept": "application/json"}
_BY_OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Unsound(Exception):
    """A step did not bring what it should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A stack with the demo doctors, who may use it, and a date on which the doctor has nothing.

    ``api_url`` has no slash at its end. ``told_within`` gives the next event that another system is
    told, waiting for so many seconds at most.
    """

    api_url: str
    on: date
    password: str
    machine_token: str
    told_within: Callable[[float], dict[str, Any] | None]


def check(target: Target) -> Iterator[str]:
    """Say what each step has shown, one after another.

    Raises:
        Unsound: one has not.
    """
    for shown, step in _Smoke(target).steps:
        try:
            step()
        except (LookupError, ValueError, requests.RequestException) as error:
            raise Unsound(f"Not so: {shown}. {error!r}") from error
        yield shown


class _Smoke:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._url = target.api_url
        self._base = urlsplit(target.api_url).path
        self._doctor = Visitor()
        self._site = Visitor()
        self._date = target.on.isoformat()
        self._day = f"{self._url}/slots?doctor_id={DOCTOR}&date={self._date}"

    @property
    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            ("the table answers", self._health),
            (
                "the root leads to the page, and the page to sign-in, below the stage",
                self._way_to_the_page,
            ),
            (
                "a doctor signs in at the issuer and comes back to the page she wanted",
                self._sign_in,
            ),
            ("the page is whole, and every link of it stays below the stage", self._page),
            ("the files that the page names are served, and kept by browsers", self._static_files),
            ("htmx gets the day alone, with links below the stage as well", self._part),
            ("two ticked boxes are saved by the page's form", self._save),
            ("another system is told of that", self._told_of_the_save),
            (
                "a slot that exists is refused in the shape of every error, and nothing is stored",
                self._duplicate,
            ),
            (
                "a booking site finds a slot by its token and books it, and the doctor sees that",
                self._booking,
            ),
            ("another system is told of that within two seconds", self._told_of_the_booking),
            ("signed out, she is asked to sign in again", self._sign_out),
        ]

    def _health(self) -> None:
        answer = self._site.ask("GET", f"{self._url}/health")
        _expect(answer, HTTPStatus.OK)
        _require(answer.json() == {"status": "ok"}, "it is well", answer)

    def _way_to_the_page(self) -> None:
        html = {"Accept": "text/html"}
        root = self._doctor.ask("GET", f"{self._url}/", headers=html)
        _expect(root, HTTPStatus.SEE_OTHER)
        _require(root.headers["Location"] == f"{self._base}/slots", "it leads to the page", root)
        page = self._doctor.ask("GET", self._day, headers=html)
        _expect(page, HTTPStatus.SEE_OTHER)
        to = page.headers["Location"]
        _require(to.startswith(f"{self._base}/sign-in?"), "it leads to sign-in", page)

    def _sign_in(self) -> None:
        asked = self._doctor.open(self._day)
        form = Page(asked.text).form_with("password")
        back = self._doctor.send(form, asked.url, username=DOCTOR, password=self._target.password)
        _expect(back, HTTPStatus.OK)
        _require(back.url == self._day, f"she is back at {self._day}", back)
        paths = {path for name, path in self._doctor.cookies if name.startswith("session")}
        _require(paths == {self._base}, f"her session is for {self._base} alone", back)

    def _page(self) -> None:
        page = self._doctor.open(self._day)
        _expect(page, HTTPStatus.OK)
        _require(page.text.lstrip().startswith("<!doctype html>"), "it is a whole page", page)
        self._require_links_below_the_stage(page)

    def _static_files(self) -> None:
        page = self._doctor.open(self._day)
        files = [link for link in Page(page.text).links if f"{self._base}/static/" in link]
        _require(len(files) > 1, "it names scripts and styles", page)
        origin = self._url.removesuffix(self._base)
        for file in set(files):
            answer = self._site.ask("GET", f"{origin}{file}")
            _expect(answer, HTTPStatus.OK)
            _require("immutable" in answer.headers["Cache-Control"], "it is kept", answer)

    def _part(self) -> None:
        part = self._doctor.ask("GET", f"{self._day}&part=day", headers={"HX-Request": "true"})
        _expect(part, HTTPStatus.OK)
        _require("<html" not in part.text, "it is a part", part)
        _require('name="ticked"' in part.text, "it has boxes", part)
        self._require_links_below_the_stage(part)

    def _save(self) -> None:
        page = self._doctor.open(self._day)
        form = Page(page.text).form_with("offered")
        offered = [value for name, value in form.fields if name == "offered"]
        form.fields += [("ticked", value) for value in offered[:2]]
        saved = self._doctor.send(form, page.url)
        _expect(saved, HTTPStatus.OK)
        _require("Slots saved successfully" in saved.text, "it says so", saved)
        _require(len(self._free_slots()) == 2, "two are free", saved)  # noqa: PLR2004  as ticked

    def _told_of_the_save(self) -> None:
        self._require_told(["free", "free"], _FIRST_EVENT_SECONDS)

    def _told_of_the_booking(self) -> None:
        self._require_told(["busy"], TOLD_WITHIN_SECONDS)

    def _require_told(self, statuses: list[str], seconds: float) -> None:
        """What else becomes of this stack meanwhile is left aside."""
        until = time.monotonic() + seconds
        while event := self._target.told_within(until - time.monotonic()):
            detail = event["detail"]
            told = [slot["status"] for slot in detail["slots"]]
            if (detail["doctor_id"], detail["date"], told) == (DOCTOR, self._date, statuses):
                return
        raise Unsound(f"Not so: within {seconds} s another system is told of {statuses}.")

    def _duplicate(self) -> None:
        before = self._free_slots()
        starts = [before[0]["start"], *self._not_ticked()[:1]]
        refused = self._doctor.ask(
            "POST",
            f"{self._url}/slots",
            json={
                "doctor_id": DOCTOR,
                "date": self._date,
                "slots": [{"start": start, "status": "free"} for start in starts],
            },
            headers=_JSON | _BY_OUR_PAGE,
        )
        _expect(refused, HTTPStatus.BAD_REQUEST)
        kind = refused.headers["Content-Type"]
        _require(kind == "application/problem+json", "it is a problem document", refused)
        problem = refused.json()
        _require(problem["detail"].startswith("Slot already exists"), "it says why", refused)
        _require(len(problem["errors"]) == 1, "it names the slot", refused)
        _require(self._free_slots() == before, "nothing is stored", refused)

    def _booking(self) -> None:
        token = {"Authorization": f"Bearer {self._target.machine_token}"}
        dates = f"from={self._date}&to={self._date}"
        url = f"{self._url}/doctors/{DOCTOR}/slots?{dates}"
        found = self._site.ask("GET", url, headers=_JSON | token)
        _expect(found, HTTPStatus.OK)
        slot_id = found.json()["slots"][0]["slot_id"]
        booked = self._site.ask(
            "PUT",
            f"{self._url}/slots/{slot_id}/booking",
            json={"booking_id": "rehearsed", "patient_reference": "nobody"},
            headers=_JSON | token,
        )
        _expect(booked, HTTPStatus.CREATED)
        (seen,) = (slot for slot in self._slots() if slot.get("slot_id") == slot_id)
        _require(seen["status"] == "busy", "the doctor sees it", booked)

    def _sign_out(self) -> None:
        page = self._doctor.open(self._day)
        (form,) = (each for each in Page(page.text).forms if each.action.endswith("/sign-out"))
        _expect(self._doctor.send(form, page.url), HTTPStatus.OK)
        again = self._doctor.ask("GET", self._day, headers={"Accept": "text/html"})
        _expect(again, HTTPStatus.SEE_OTHER)

    def _slots(self) -> list[dict[str, Any]]:
        answer = self._doctor.ask("GET", self._day, headers=_JSON)
        _expect(answer, HTTPStatus.OK)
        slots: list[dict[str, Any]] = answer.json()["slots"]
        return slots

    def _free_slots(self) -> list[dict[str, Any]]:
        return [slot for slot in self._slots() if slot["status"] == "free"]

    def _not_ticked(self) -> list[str]:
        return [slot["start"] for slot in self._slots() if slot["status"] == "busy-unavailable"]

    def _require_links_below_the_stage(self, page: requests.Response) -> None:
        outside = [
            link
            for link in Page(page.text).links
            if link.startswith("/") and not link.startswith(f"{self._base}/")
        ]
        _require(not outside, f"its links stay below {self._base}, but for {outside}", page)


def _expect(answer: requests.Response, status: HTTPStatus) -> None:
    _require(answer.status_code == status, f"the status is {status.value}", answer)


def _require(holds: bool, what: str, answer: requests.Response) -> None:  # noqa: FBT001  a condition
    if not holds:
        asked = f"{answer.request.method} {answer.request.url}"
        told = f"{answer.status_code} {answer.headers.get('Location', '')}\n{answer.text[:2000]}"
        raise Unsound(f"Not so: {what}. {asked} was answered\n{told}")
