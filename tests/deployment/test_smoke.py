"""A deployed stack from outside, over HTTP, as users and booking sites use it.

``scripts/deploy --rehearse`` runs these tests.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import boto3
import pytest

from tests.support.html import attribute, parse
from tests.support.http_browser import SAME_ORIGIN, HttpBrowser
from tests.support.stream_and_queue import Subscriber, subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from cloud.rehearsal import Rehearsal

DOCTOR = "dr-lee"
JSON = {"Accept": "application/json"}
LINK_ATTRIBUTES = ("href", "src", "action", "hx-get", "hx-post")
EVENT_SECONDS = 2


class Stack(NamedTuple):
    """The addresses of the API and of one day of the doctor; all paths begin with ``base``."""

    url: str
    base: str
    date: str
    day: str
    password: str


@pytest.fixture(scope="module")
def stack(rehearsal: Rehearsal) -> Stack:
    url, date = rehearsal.api_url, rehearsal.date.isoformat()
    day = f"{url}/slots?doctor_id={DOCTOR}&date={date}"
    return Stack(url, urlsplit(url).path, date, day, rehearsal.password)


@pytest.fixture(scope="module")
def doctor(stack: Stack) -> HttpBrowser:
    """The browser of a doctor who is signed in."""
    browser = HttpBrowser()
    sign_in(browser, stack)
    return browser


@pytest.fixture(scope="module")
def site(rehearsal: Rehearsal) -> HttpBrowser:
    """A booking site."""
    site = HttpBrowser()
    site.headers.update(JSON, Authorization=f"Bearer {rehearsal.service_token}")
    return site


@pytest.fixture(scope="module")
def subscriber(rehearsal: Rehearsal) -> Iterator[Subscriber]:
    events, sqs = boto3.client("events"), boto3.client("sqs")
    with subscribe(events, sqs, rehearsal.event_bus) as subscriber:
        yield subscriber


@pytest.fixture(scope="module")
def saved(stack: Stack, doctor: HttpBrowser, subscriber: Subscriber) -> Response:
    """The page after the doctor has opened two slots with its form."""
    page = doctor.get(stack.day)
    boxes = parse(page.text).select("[name=ticked]")[:2]
    ticked = [attribute(box, "value") for box in boxes]
    return doctor.submit(page, "form:has([name=ticked])", ticked=ticked)


def sign_in(browser: HttpBrowser, stack: Stack) -> Response:
    """Sign in as the doctor, on the way to the day's page."""
    user = {"username": DOCTOR, "password": stack.password}
    return browser.submit(browser.get(stack.day), "form:has([name=password])", **user)


def redirect_path(url: str, browser: HttpBrowser) -> str:
    """Return where the URL redirects to."""
    response = browser.get(url, allow_redirects=False)
    assert response.status_code == HTTPStatus.SEE_OTHER, response.text
    return response.headers["Location"]


def links_below(base: str, page: Response) -> list[str]:
    """Return every local URL that a page links to, loads or submits to; all are below ``base``."""
    tags = parse(page.text).select("*")
    links = [attribute(tag, name) for tag in tags for name in LINK_ATTRIBUTES]
    local = [link for link in links if link.startswith("/")]
    assert [link for link in local if not link.startswith(f"{base}/")] == []
    return local


def read_slots(stack: Stack, doctor: HttpBrowser, status: str) -> list[dict[str, Any]]:
    response = doctor.get(stack.day, headers=JSON)
    response.raise_for_status()
    return [slot for slot in response.json()["slots"] if slot["status"] == status]


def receive_day(subscriber: Subscriber, stack: Stack, seconds: float) -> list[str]:
    """Wait for an event of the day, and return the statuses of its slots."""
    for event in subscriber.receive_each(seconds):
        day = event["detail"]
        if (day["doctor_id"], day["date"]) == (DOCTOR, stack.date):
            return [slot["status"] for slot in day["slots"]]
    pytest.fail(f"a subscriber receives no event of the day within {seconds} s")


def test_health_check_reads_the_table(stack: Stack) -> None:
    response = HttpBrowser().get(f"{stack.url}/health")

    assert (response.status_code, response.json()) == (HTTPStatus.OK, {"status": "ok"})


def test_root_redirects_to_the_page_and_the_page_to_sign_in(stack: Stack) -> None:
    assert redirect_path(f"{stack.url}/", HttpBrowser()) == f"{stack.base}/slots"
    assert redirect_path(stack.day, HttpBrowser()).startswith(f"{stack.base}/sign-in?")


def test_doctor_signs_in_and_returns_to_the_requested_page(stack: Stack) -> None:
    browser = HttpBrowser()

    page = sign_in(browser, stack)

    assert (page.status_code, page.url) == (HTTPStatus.OK, stack.day), page.text
    sessions = [cookie for cookie in browser.cookies if cookie.name.startswith("session")]
    assert {cookie.path for cookie in sessions} == {stack.base}


def test_page_is_complete_and_its_links_stay_below_the_stage(
    stack: Stack, doctor: HttpBrowser
) -> None:
    page = doctor.get(stack.day)

    assert page.status_code == HTTPStatus.OK
    assert page.text.lstrip().startswith("<!doctype html>")
    links = links_below(stack.base, page)
    files = {link for link in links if link.startswith(f"{stack.base}/static/")}
    assert len(files) > 1
    for file in files:
        response = HttpBrowser().get(urljoin(stack.url, file))
        assert response.status_code == HTTPStatus.OK
        assert "immutable" in response.headers["Cache-Control"]


def test_htmx_gets_only_the_day_with_links_below_the_stage(
    stack: Stack, doctor: HttpBrowser
) -> None:
    part = doctor.get(f"{stack.day}&part=day", headers={"HX-Request": "true"})

    assert part.status_code == HTTPStatus.OK
    assert "<html" not in part.text
    assert 'name="ticked"' in part.text
    links_below(stack.base, part)


def test_form_saves_two_slots_and_a_subscriber_receives_an_event(
    stack: Stack, doctor: HttpBrowser, saved: Response, subscriber: Subscriber, rehearsal: Rehearsal
) -> None:
    assert saved.status_code == HTTPStatus.OK
    assert "Slots saved successfully" in saved.text
    assert len(read_slots(stack, doctor, "free")) == 2
    assert receive_day(subscriber, stack, rehearsal.event_seconds) == ["free", "free"]


@pytest.mark.usefixtures("saved")
def test_existing_slot_gets_problem_details_and_stores_nothing(
    stack: Stack, doctor: HttpBrowser
) -> None:
    free = read_slots(stack, doctor, "free")
    starts = [free[0]["start"], read_slots(stack, doctor, "busy-unavailable")[0]["start"]]

    rejected = doctor.post(
        f"{stack.url}/slots",
        json={
            "doctor_id": DOCTOR,
            "date": stack.date,
            "slots": [{"start": start, "status": "free"} for start in starts],
        },
        headers=JSON | SAME_ORIGIN,
    )

    assert rejected.status_code == HTTPStatus.BAD_REQUEST
    assert rejected.headers["Content-Type"] == "application/problem+json"
    assert rejected.json()["detail"].startswith("Slot already exists")
    assert len(rejected.json()["errors"]) == 1
    assert read_slots(stack, doctor, "free") == free


@pytest.mark.usefixtures("saved")
def test_booking_of_a_site_is_seen_by_doctor_and_subscriber(
    stack: Stack, doctor: HttpBrowser, site: HttpBrowser, subscriber: Subscriber
) -> None:
    dates = {"from": stack.date, "to": stack.date}
    found = site.get(f"{stack.url}/doctors/{DOCTOR}/slots", params=dates)
    assert found.status_code == HTTPStatus.OK, found.text
    slot_id = found.json()["slots"][0]["slot_id"]
    booking = {"booking_id": "rehearsed", "patient_reference": "rehearsed"}

    booked = site.put(f"{stack.url}/slots/{slot_id}/booking", json=booking)

    assert booked.status_code == HTTPStatus.CREATED, booked.text
    assert [slot["slot_id"] for slot in read_slots(stack, doctor, "busy")] == [slot_id]
    assert receive_day(subscriber, stack, EVENT_SECONDS) == ["busy"]


def test_page_requires_sign_in_after_sign_out(stack: Stack) -> None:
    browser = HttpBrowser()
    page = sign_in(browser, stack)

    signed_out = browser.submit(page, "form[action$='/sign-out']")

    assert signed_out.status_code == HTTPStatus.OK
    assert redirect_path(stack.day, browser).startswith(f"{stack.base}/sign-in?")


@pytest.mark.parametrize("name", ["$bulk-publish", "%24bulk-publish"])
def test_fhir_publication_is_below_the_url_of_the_api(
    site: HttpBrowser, stack: Stack, name: str
) -> None:
    """API Gateway has no resource with a "$" in its path: it is the value of a parameter."""
    manifest = site.get(f"{stack.url}/fhir/{name}")

    assert manifest.status_code == HTTPStatus.OK
    urls = [output["url"] for output in manifest.json()["output"]]
    assert all(url.startswith(f"{stack.url}/fhir/bulk-publish/") for url in urls)
    assert {site.get(url).status_code for url in urls} == {HTTPStatus.OK}
    assert site.get(f"{stack.url}/fhir/metadata").json()["fhirVersion"] == "4.0.1"
