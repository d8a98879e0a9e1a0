"""Undo a change of a date: ``POST /slots/undo``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.support.app_client import FORM, rejection_codes
from tests.support.factories import MONDAY, to_instant
from tests.support.html import attribute, parse, text_of

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


NINE = "2026-11-23T09:00:00+00:00"


def changes(client: AppClient) -> list[dict[str, Any]]:
    """Return the changes of Dr Lee's Monday, the newest first."""
    found: list[dict[str, Any]] = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json[
        "changes"
    ]
    return found


def undo(client: AppClient, change: dict[str, Any]) -> AppResponse:
    return client.post("/slots/undo", {"change_id": change["change_id"]})


def stored(client: AppClient) -> list[dict[str, Any]]:
    """Return the stored slots of Monday, with their origins."""
    return [slot for slot in client.get_day().json["slots"] if "origin" in slot]


def test_stored_slots_name_the_change_that_opened_them(client: AppClient) -> None:
    client.save("09:00")
    client.save("09:30")

    newest, oldest = changes(client)

    assert [slot["origin"] for slot in stored(client)] == [
        {"change_id": oldest["change_id"], "series_id": None},
        {"change_id": newest["change_id"], "series_id": None},
    ]


def test_bookings_do_not_change_what_opened_a_slot(client: AppClient) -> None:
    client.save("09:00")
    before = stored(client)[0]["origin"]

    client.hold("09:00")
    client.book("09:00")
    assert stored(client)[0]["origin"] == before

    client.cancel("09:00")
    assert stored(client)[0]["origin"] == before


def test_undo_directly_after_a_save_restores_the_day(client: AppClient) -> None:
    client.save("09:00", "09:30")
    before = stored(client)
    client.save("10:00", closed=("09:00",))

    response = undo(client, changes(client)[0])

    assert response.status == 200
    assert response.json["message"] == "Slots saved successfully"
    assert response.json["kept"] == []
    assert response.json["version"] == 3
    assert stored(client) == before


def test_undo_is_on_record_and_can_be_undone(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    assert saved["can_undo"]

    undo(client, saved)
    undone, saved = changes(client)
    assert (undone["kind"], undone["undoes"]) == ("undo", saved["change_id"])
    assert (undone["can_undo"], saved["can_undo"]) == (True, False)

    assert undo(client, undone).status == 200
    assert client.get_day().free_times == ["09:00"]
    assert [change["can_undo"] for change in changes(client)] == [True, False, False]


def test_undo_that_is_sent_twice_has_one_effect(client: AppClient) -> None:
    client.save("09:00", "09:30")
    client.book("09:00")
    saved = changes(client)[-1]

    first, second = undo(client, saved), undo(client, saved)

    assert (first.status, second.status) == (200, 200)
    assert second.json["version"] == first.json["version"]
    assert first.json["kept"] == [{"start": NINE, "code": "booked"}]
    assert second.json["kept"] == first.json["kept"]
    assert len([change for change in changes(client) if change["kind"] == "undo"]) == 1


def test_undo_leaves_what_was_booked_or_held_since_and_names_it(client: AppClient) -> None:
    client.save("09:00", "09:30", "10:00")
    client.book("09:00")
    client.hold("09:30")

    response = undo(client, changes(client)[-1])

    assert [(kept["start"][11:16], kept["code"]) for kept in response.json["kept"]] == [
        ("09:00", "booked"),
        ("09:30", "held"),
    ]
    assert [change["kept"] for change in changes(client) if change["kind"] == "undo"] == [
        response.json["kept"]
    ]
    assert [slot["status"] for slot in stored(client)] == ["busy", "busy-tentative"]


def test_undo_with_nothing_left_to_undo_is_rejected_and_names_why(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    saved = changes(client)[-1]

    response = undo(client, saved)

    assert rejection_codes(response) == [(NINE, "nothing_to_undo")]
    assert response.json["detail"] == "09:00–09:30 has been booked since"
    client.cancel("09:00")
    assert undo(client, saved).status == 200


def test_undo_of_what_is_already_as_before_is_rejected(client: AppClient) -> None:
    client.save("09:00")
    saved = changes(client)[0]
    client.save(closed=("09:00",))

    response = undo(client, saved)

    assert response.status == 409
    assert response.json["errors"][0]["field"] == "change_id"


def test_undo_leaves_a_slot_that_was_closed_and_opened_again(client: AppClient) -> None:
    client.save("09:00", "09:30")
    saved = changes(client)[0]
    client.save(closed=("09:00",))
    client.save("09:00")

    response = undo(client, saved)

    assert response.json["kept"] == [{"start": NINE, "code": "opened_by_hand"}]
    assert client.get_day().free_times == ["09:00"]


def test_undo_opens_a_closed_slot_with_its_old_length(client: AppClient) -> None:
    client.save("09:00")
    client.save(closed=("09:00",))
    client.set_slot_minutes("dr-lee", minutes=20)

    undo(client, changes(client)[0])

    assert [(slot["start"][11:16], slot["end"][11:16]) for slot in stored(client)] == [
        ("09:00", "09:30")
    ]


def test_the_past_cannot_be_undone(client: AppClient) -> None:
    client.save("09:00")
    client.clock.now = to_instant("09:00")

    (saved,) = changes(client)

    assert not saved["can_undo"]
    assert rejection_codes(undo(client, saved)) == [(NINE, "nothing_to_undo")]


def test_bookings_and_settings_cannot_be_undone(client: AppClient) -> None:
    client.save("09:00")
    client.book("09:00")
    client.update_doctor(location="Leeds")

    booking = next(change for change in changes(client) if change["kind"] == "desk")
    feed = client.get("/doctors/dr-lee/changes?kind=settings").json["changes"]

    assert not booking["can_undo"]
    assert undo(client, booking).status == 409
    assert not feed[0]["can_undo"]
    assert undo(client, feed[0]).status == 400


def test_unknown_change_is_not_found(client: AppClient) -> None:
    client.save("09:00")
    (saved,) = changes(client)
    later = client.clock.now + timedelta(days=1)
    unknown = {"change_id": f"dr-lee~{MONDAY}~{later:%Y%m%dT%H%M%S}000000Z~save-1"}
    other_doctor = {"change_id": saved["change_id"].replace("dr-lee", "dr-okafor", 1)}
    no_doctor = {"change_id": saved["change_id"].replace("dr-lee", "dr-who", 1)}

    assert [undo(client, change).status for change in (unknown, other_doctor, no_doctor)] == [
        404
    ] * 3


def test_malformed_change_id_is_rejected(client: AppClient) -> None:
    for text in ("", "dr-lee", f"dr-lee~{MONDAY}~x~y", f"dr-lee~{MONDAY}~20261122T120000000000Z~"):
        response = client.post("/slots/undo", {"change_id": text})
        assert (response.status, response.json["errors"][0]["field"]) == (400, "change_id")


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


def test_undo_from_the_schedule_redraws_it_and_offers_to_undo_the_undo(client: AppClient) -> None:
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


def test_form_of_a_client_that_wants_no_page_gets_problem_details(client: AppClient) -> None:
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
    assert "Left as booked: 09:00–09:30" in text_of(page)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "month"),
        ("change_id", "x"),
        ("change_id", " "),
        ("change_id", " ".join(["dr-lee~2026-11-23~20261122T120000000000Z~a"] * 8)),
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
