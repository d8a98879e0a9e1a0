"""Undo from the pages: the form, its message, and where it leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support.app_client import FORM, rejection_codes
from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.undo import changes, undo

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


NINE = "2026-11-23T09:00:00+00:00"


def undo_form(client: AppClient, change: dict[str, Any], page: str, **headers: str) -> AppResponse:
    fields = {"change_id": change["change_id"], "page": page, "doctor_id": "dr-lee", "date": MONDAY}
    body = urlencode(fields).encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request("POST", "/slots/undo", body, {"Content-Type": FORM, **sent})


def test_message_of_a_save_offers_to_undo_it(client: AppClient) -> None:
    client.save("09:00")
    response = client.post_form(
        {
            "doctor_id": "dr-lee",
            "date": MONDAY,
            "version": 1,
            "request_id": "form-1",
            "shown": "20261123T0900Z-30",
            "offered": ["20261123T0900Z-30", "20261123T0930Z-30"],
            "ticked": ["20261123T0900Z-30", "20261123T0930Z-30"],
        },
        HX_Request="true",
    )

    button = parse(response.text).select("#status button")[0]
    assert attribute(button, "value") == changes(client)[0]["change_id"]
    assert attribute(button, "form") == "undo"


def test_undo_from_the_schedule_updates_it_and_offers_its_undo(client: AppClient) -> None:
    client.save("09:00")

    response = undo_form(client, changes(client)[0], "day", HX_Request="true")

    page = parse(response.text)
    assert response.status == 200
    assert text_of(page.select("#status > p")[0]) == "Change undone Undo"
    assert attribute(page.select("#status button")[0], "value") == changes(client)[0]["change_id"]
    assert not page.select("[name=ticked][checked]")


def test_undo_from_the_schedule_names_what_was_booked_since(client: AppClient) -> None:
    client.save("09:00", "09:30")
    saved = changes(client)[0]
    client.book("09:00")

    response = undo_form(client, saved, "week", HX_Request="true")

    sentence = "Undone, except: 09:00–09:30 has been booked since. Undo"
    assert text_of(parse(response.text).select("#status > p")[0]) == sentence


def test_undo_that_changes_nothing_is_an_error_on_the_schedule(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    client.book("09:00")

    response = undo_form(client, saved, "day", Accept="text/html")

    assert response.status == 409
    sentence = "Nothing was undone. 09:00–09:30 has been booked since."
    assert text_of(parse(response.text).select("#status > p")[0]) == sentence


def test_form_of_api_client_gets_problem_details(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    client.book("09:00")

    for page in ("day", "changes"):
        assert rejection_codes(undo_form(client, saved, page)) == [(NINE, "nothing_to_undo")]


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("day", "/slots?doctor_id=dr-lee&date=2026-11-23"),
        ("week", "/slots/week?doctor_id=dr-lee&date=2026-11-23"),
        ("changes", "/changes?doctor_id=dr-lee"),
        ("history", "/slots/history?doctor_id=dr-lee&date=2026-11-23"),
    ],
)
def test_undo_without_javascript_leads_back_to_its_page(
    client: AppClient, page: str, path: str
) -> None:
    client.save("09:00")

    response = undo_form(client, changes(client)[0], page, Accept="text/html")
    assert (response.status, response.headers["Location"]) == (303, path)

    cookie = response.headers["Set-Cookie"].partition(";")[0]
    shown = client.get(path, Accept="text/html", Cookie=cookie)
    assert "Change undone" in parse(shown.text).get_text()
    assert "Max-Age=0" in shown.headers["Set-Cookie"]


def test_pages_of_changes_offer_undo_where_it_is_possible(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    undo(client, changes(client)[-1])

    page = parse(client.get("/changes?doctor_id=dr-lee", Accept="text/html").text)

    assert [attribute(button, "value") for button in page.select("article button")] == [
        changes(client)[0]["change_id"]
    ]
    assert "Booked, not changed: 09:00–09:30" in text_of(page)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "month"),
        ("change_id", "x"),
        ("change_id", " "),
        ("change_id", " ".join(["dr-lee~2026-11-23~20261122T120000000000Z~a"] * 21)),
        ("date", "today"),
        ("doctor_id", "~"),
    ],
)
def test_malformed_form_is_rejected(client: AppClient, name: str, value: str) -> None:
    client.save("09:00")
    fields = {"change_id": changes(client)[0]["change_id"], "page": "day"}
    fields |= {"doctor_id": "dr-lee", "date": str(MONDAY), name: value}
    body = urlencode(fields).encode()

    response = client.request("POST", "/slots/undo", body, {"Content-Type": FORM})

    assert (response.status, response.json["errors"][0]["field"]) == (400, name)
