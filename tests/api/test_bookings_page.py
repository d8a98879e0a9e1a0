"""The page of a day's bookings: the desk, and the overrides, without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.app_client import FORM, make_slot_id
from tests.support.factories import MONDAY, to_instant
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from bs4 import Tag

    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

PATH = f"/bookings?doctor_id=dr-lee&date={MONDAY}"
HTML = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _claims(site: AppClient) -> None:
    """A site holds 09:00 and has booked 09:30; 10:00 is free."""
    site.hold("09:00", "hannah", seconds=1800)
    site.book("09:30", "b-1")
    site.clock.now += timedelta(seconds=1)


def rows(client: AppClient) -> dict[str, str]:
    """Return the state of each slot by its start, as the page says it."""
    page = parse(client.get(PATH, **HTML).text)
    return {
        text_of(row.select("strong")[0])[:5]: text_of(row.select("p")[0])[12:]
        for row in page.select(".bookings > li")
    }


def form_of(client: AppClient, start: str, act: str) -> Tag:
    page = parse(client.get(PATH, **HTML).text)
    for form in page.select(".bookings form"):
        fields = {attribute(i, "name"): attribute(i, "value") for i in form.select("input")}
        if (fields["act"], fields["slot_id"]) == (act, make_slot_id(start)):
            return form
    raise AssertionError((start, act))


def submit(client: AppClient, start: str, act: str, **changes: str) -> AppResponse:
    """Send the form of the page with what a user entered."""
    inputs = form_of(client, start, act).select("input")
    fields = {attribute(i, "name"): attribute(i, "value") for i in inputs} | changes
    return send(client, fields)


def send(client: AppClient, fields: dict[str, str], **headers: str) -> AppResponse:
    sent = {"Content-Type": FORM, **HTML, **headers}
    return client.request("POST", "/bookings", urlencode(fields).encode(), sent)


def test_staff_book_at_the_desk_and_free_again(sign_in: SignIn) -> None:
    sam = sign_in("named")

    booked = submit(sam, "10:00", "book")

    assert (booked.status, booked.headers["Location"]) == (303, PATH)
    assert rows(sam)["10:00"] == "Booked by the practice"
    sam.clock.now += timedelta(seconds=1)
    assert submit(sign_in("own"), "10:00", "free").status == 303
    assert rows(sam)["10:00"] == "Open"


def test_form_that_is_sent_twice_books_once(sign_in: SignIn) -> None:
    desk = sign_in("own")
    inputs = form_of(desk, "10:00", "book").select("input")
    fields = {attribute(i, "name"): attribute(i, "value") for i in inputs}

    assert [send(desk, fields).status for _ in range(2)] == [303, 303]


def test_page_says_who_has_which_slot(sign_in: SignIn) -> None:
    assert rows(sign_in("own")) == {
        "09:00": "Held until 12:30",
        "09:30": "Booked via an unnamed booking site",
        "10:00": "Open",
    }


@pytest.mark.parametrize(
    ("act", "start", "caller", "state"),
    [
        ("release", "09:00", "named", "Open"),
        ("disrupt", "09:30", "own", "Booked via an unnamed booking site Needs rebooking: Ill"),
        ("revoke", "09:30", "admin", "Open"),
    ],
)
def test_override_needs_a_reason_and_is_on_record(
    sign_in: SignIn, act: str, start: str, caller: str, state: str
) -> None:
    client = sign_in(caller)

    rejected = submit(client, start, act)
    assert rejected.status == 400
    assert "Nothing was changed. Enter a reason." in rejected.text
    assert parse(rejected.text).select("details[open]")

    assert submit(client, start, act, reason="Ill").status == 303
    assert rows(client)[start] == state
    changes = parse(client.get("/changes?doctor_id=dr-lee", **HTML).text)
    assert "Reason: Ill" in text_of(changes)


def test_mark_is_taken_back(sign_in: SignIn) -> None:
    desk = sign_in("own")
    submit(desk, "09:30", "disrupt", reason="Ill")
    desk.clock.now += timedelta(seconds=1)

    assert submit(desk, "09:30", "lift").status == 303
    assert rows(desk)["09:30"] == "Booked via an unnamed booking site"
    changes = text_of(parse(desk.get("/changes?doctor_id=dr-lee", **HTML).text))
    assert "Marked for rebooking: 09:30–10:00" in changes
    assert "No longer marked for rebooking: 09:30–10:00" in changes


def test_only_admins_see_how_to_remove_a_booking(sign_in: SignIn) -> None:
    with pytest.raises(AssertionError):
        form_of(sign_in("own"), "09:30", "revoke")
    assert form_of(sign_in("admin"), "09:30", "revoke")


def test_rejected_booking_says_why(site: AppClient, sign_in: SignIn) -> None:
    desk = sign_in("own")
    inputs = form_of(desk, "10:00", "book").select("input")
    fields = {attribute(i, "name"): attribute(i, "value") for i in inputs}
    site.book("10:00", "b-2")

    rejected = send(desk, fields)

    assert rejected.status == 409
    (message,) = parse(rejected.text).select("#found")
    assert text_of(message) == "Nothing was changed. 10:00–10:30 is already booked."
    assert send(desk, fields, Accept="application/json").status == 409


def test_slots_of_the_past_have_no_forms(sign_in: SignIn) -> None:
    desk = sign_in("own")
    desk.clock.now = to_instant("10:30")

    page = parse(desk.get(PATH, **HTML).text)

    assert not page.select(".bookings form")
    assert "Past – not booked" in rows(desk)["10:00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "steal"},
        {"slot_id": "dr-okafor~20261123T1000Z"},
        {"booking_id": ""},
        {"date": "soon"},
    ],
)
def test_malformed_form_is_rejected(sign_in: SignIn, changes: dict[str, str]) -> None:
    desk = sign_in("own")
    fields = {
        "doctor_id": "dr-lee",
        "date": str(MONDAY),
        "slot_id": make_slot_id("10:00"),
        "act": "book",
        "booking_id": "x",
    }

    assert send(desk, fields | changes).status == 400
    assert rows(desk)["10:00"] == "Open"


def test_page_has_no_ids_of_clients(sign_in: SignIn) -> None:
    assert "b-1" not in parse(sign_in("admin").get(PATH, **HTML).text).get_text()
    assert 'value="b-1"' not in sign_in("admin").get(PATH, **HTML).text


def test_empty_day_says_so(sign_in: SignIn) -> None:
    page = sign_in("own").get("/bookings?doctor_id=dr-lee&date=2026-11-24", **HTML)

    assert "No slot is open on this day" in page.text
