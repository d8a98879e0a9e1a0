"""The form of a doctor's settings: save, hours by rows, two editors, and slots that don't fit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.app_client import FORM
from tests.support.factories import MONDAY
from tests.support.html import attribute, parse, text_of
from tests.support.page_form import HtmlForm
from tests.support.plans import open_times

if TYPE_CHECKING:
    from tests.api.conftest import SignIn
    from tests.support.app_client import AppClient, AppResponse

HTML = {"Accept": "text/html"}
HTMX = {**HTML, "HX_Request": "true"}
PAGE = "/settings?doctor_id=dr-lee"


@pytest.fixture
def doctor(sign_in: SignIn) -> AppClient:
    """Dr Lee, signed in."""
    return sign_in("own")


def open_form(client: AppClient) -> HtmlForm:
    return HtmlForm(client.get(PAGE, **HTML), ".settings-form")


def settings_of(client: AppClient) -> dict[str, object]:
    settings: dict[str, object] = client.get("/doctors/dr-lee").json
    return settings


def errors_of(response: AppResponse) -> dict[str, str]:
    assert response.status == 400
    page = parse(response.text)
    return {attribute(a, "href")[1:]: text_of(a) for a in page.select(".error-summary a")}


def others_of(response: AppResponse) -> list[str]:
    assert response.status == 412
    return [text_of(item) for item in parse(response.text).select(".error-summary li")]


def message_of(client: AppClient, response: AppResponse) -> str:
    assert response.status == 303, response.text
    cookie = response.headers["Set-Cookie"].partition(";")[0]
    page = client.get(response.headers["Location"], **HTML, Cookie=cookie)
    return text_of(parse(page.text).select("#found")[0])


def preview_of(response: AppResponse) -> str:
    return text_of(parse(response.text).select("#preview")[0])


def test_doctor_changes_what_is_theirs_to_change(doctor: AppClient) -> None:
    form = open_form(doctor).set(lead_minutes="90", window_days="60", delegates="sam\r\nkim")
    form.set(slot_minutes="20", to_2="16:00")

    response = form.send(doctor)

    assert message_of(doctor, response) == "Settings saved successfully"
    settings = settings_of(doctor)
    assert (settings["lead_minutes"], settings["window_days"]) == (90, 60)
    assert (settings["slot_minutes"], settings["delegates"]) == (20, ["kim", "sam"])
    (change,) = doctor.get("/doctors/dr-lee/changes?kind=settings").json["changes"]
    assert change["by"] == {"name": "Dr Mina Lee", "role": "doctor"}
    assert {each["name"] for each in change["settings"]} == {
        "sessions",
        "slot_minutes",
        "lead_minutes",
        "window_days",
        "delegates",
    }


def test_doctor_cannot_change_their_name_by_the_form(doctor: AppClient) -> None:
    assert "name" not in open_form(doctor).fields
    response = open_form(doctor).set(name="Dr Evil", lead_minutes="5").send(doctor)
    assert response.status == 303
    assert settings_of(doctor)["name"] == "Dr Mina Lee"


def test_admin_changes_the_name_too(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    open_form(admin).set(name=" Dr Mina Lee-Park ", specialty="surgery").send(admin)
    assert settings_of(admin)["name"] == "Dr Mina Lee-Park"
    assert settings_of(admin)["specialty"] == "surgery"


def test_delegate_sees_the_settings_without_a_form(sign_in: SignIn) -> None:
    delegate = sign_in("named")
    page = parse(delegate.get(PAGE, **HTML).text)
    assert not page.select("main form")
    assert "Dr Mina Lee or an administrator can change these settings." in text_of(page)
    form = open_form(sign_in("own"))
    assert form.set(lead_minutes="5").send(delegate).status == 403


def test_form_without_changes_saves_nothing(doctor: AppClient) -> None:
    response = open_form(doctor).send(doctor)
    assert message_of(doctor, response) == "No changes to save"
    assert doctor.get("/doctors/dr-lee/changes?kind=settings").json["changes"] == []


def test_bad_values_are_kept_beside_their_errors(doctor: AppClient) -> None:
    typed = {
        "lead_minutes": "two hours",
        "window_days": "800",
        "from_1": "9 am",
        "delegates": "\u200b",
    }

    response = open_form(doctor).set(**typed).send(doctor)

    assert set(errors_of(response)) == {"lead_minutes", "window_days", "from_1", "delegates"}
    fields = HtmlForm(response, ".settings-form").fields
    assert {name: fields[name][-1] for name in typed} == typed
    for invalid in parse(response.text).select("[aria-invalid]"):
        ids = attribute(invalid, "aria-describedby").split()
        assert all(parse(response.text).select(f"#{each}") for each in ids)


def test_hours_that_overlap_or_make_too_many_slots_are_rejected(doctor: AppClient) -> None:
    overlapping = open_form(doctor).set(from_2="11:00").send(doctor)
    assert "overlap" in errors_of(overlapping)["sessions"]
    long_day = {"slot_minutes": "15", "from_1": "00:00", "to_1": "12:00", "from_2": "12:00"}
    too_many = open_form(doctor).set(**long_day, to_2="24:00").send(doctor)
    assert "92" in errors_of(too_many)["sessions"]


def test_rows_are_added_and_removed_by_the_server(doctor: AppClient) -> None:
    form = open_form(doctor).set(lead_minutes="soon", act="add")
    added = HtmlForm(form.send(doctor), ".settings-form")
    assert (added.fields["from_3"], added.fields["lead_minutes"]) == ([""], ["soon"])

    added.set(days_3="sat", from_3="18", to_3="19", lead_minutes="0", act="save").send(doctor)
    sessions = settings_of(doctor)["sessions"]
    assert {"days_of_week": ["sat"], "from": "18:00", "to": "19:00"} in sessions  # type: ignore[operator]

    removed = open_form(doctor).set(act="remove:1").send(doctor)
    assert "from_3" not in HtmlForm(removed, ".settings-form").fields


def test_week_is_shown_without_a_save(doctor: AppClient) -> None:
    form = open_form(doctor).set(slot_minutes="60", act="show")

    page, fragment = form.send(doctor), form.send(doctor, **HTMX)

    assert "49 slots a week" in preview_of(page)
    assert preview_of(fragment) == preview_of(page)
    assert "<html" not in fragment.text
    assert settings_of(doctor)["slot_minutes"] == 30
    unfinished = form.set(slot_minutes="x").send(doctor, **HTMX)
    assert "Slot length must be a whole number from 5 to 240" in preview_of(unfinished)


def test_slots_that_do_not_fit_are_counted_before_the_save(
    doctor: AppClient, sign_in: SignIn
) -> None:
    doctor.save("09:00", "09:30", "10:00")
    sign_in("slots/book").book("10:00")

    form = open_form(doctor).set(slot_minutes="20", act="show")

    preview = preview_of(form.send(doctor))
    assert "2 open 30-minute slots stay until you close them; 1 is booked" in preview
    assert errors_of(form.set(act="save").send(doctor)).keys() == {"open_slots"}


def test_kept_slots_stay_open(doctor: AppClient) -> None:
    doctor.save("09:00")
    form = open_form(doctor).set(slot_minutes="20", open_slots="keep")
    assert message_of(doctor, form.send(doctor)) == "Settings saved successfully"
    assert open_times(doctor, MONDAY) == ["09:00"]
    assert "1 open 30-minute slot stays" in preview_of(doctor.get(PAGE, **HTML))


def test_open_slots_are_replaced_by_a_plan_that_can_be_undone(doctor: AppClient) -> None:
    doctor.save("09:00", "09:30")
    response = open_form(doctor).set(slot_minutes="20", open_slots="replace").send(doctor)
    assert response.status == 303
    preview = doctor.get(response.headers["Location"], **HTML)
    assert "Open 3 and close 2 slots" in preview.text
    assert open_times(doctor, MONDAY) == ["09:00", "09:30"]

    done = HtmlForm(preview, "form.actions").set(act="start").send(doctor)

    assert open_times(doctor, MONDAY) == ["09:00", "09:20", "09:40"]
    result = doctor.get(done.headers["Location"], **HTML)
    undo = HtmlForm(result, "form.actions").set(act="undo").send(doctor)
    undo_preview = doctor.get(undo.headers["Location"], **HTML)
    HtmlForm(undo_preview, "form.actions").set(act="start").send(doctor)
    assert open_times(doctor, MONDAY) == ["09:00", "09:30"]


def test_second_editor_sees_first_change_and_no_change_is_lost(
    doctor: AppClient, sign_in: SignIn
) -> None:
    admin = sign_in("admin")
    first, second = open_form(admin), open_form(doctor)
    first.set(lead_minutes="120", window_days="30", location="Leeds").send(admin)

    response = second.set(window_days="90", delegates="kim").send(doctor)

    assert others_of(response) == [
        "Location: London → Leeds, by alex",
        "Notice: 0 minutes → 2 hours, by alex",
        "Booking window: 365 days → 30 days, by alex. You have: 90 days",
    ]
    again = HtmlForm(response, ".settings-form")
    assert again.fields["lead_minutes"] == ["120"]
    assert (again.fields["window_days"], again.fields["delegates"]) == (["90"], ["kim"])

    assert again.send(doctor).status == 303
    settings = settings_of(doctor)
    assert (settings["lead_minutes"], settings["location"]) == (120, "Leeds")
    assert (settings["window_days"], settings["delegates"]) == (90, ["kim"])


def test_author_is_found_beyond_changes_of_calendar_feeds(
    doctor: AppClient, sign_in: SignIn
) -> None:
    admin, form = sign_in("admin"), open_form(doctor)
    open_form(admin).set(location="Leeds").send(admin)
    for name in ("Phone", "Tablet", "Laptop"):
        doctor.clock.now += timedelta(seconds=1)
        assert doctor.post("/doctors/dr-lee/calendar-feeds", {"name": name}).status == 201

    response = form.set(window_days="90").send(doctor)

    assert others_of(response) == ["Location: London → Leeds, by alex"]


def test_form_of_a_version_to_come_names_no_authors(doctor: AppClient, sign_in: SignIn) -> None:
    admin, form = sign_in("admin"), open_form(doctor)
    open_form(admin).set(location="Leeds").send(admin)

    response = form.set(window_days="90", version="99").send(doctor)

    assert others_of(response) == ["Location: London → Leeds"]


def test_hours_of_two_editors_are_compared_in_words(doctor: AppClient) -> None:
    first, second = open_form(doctor), open_form(doctor)
    first.set(to_1="11:00").send(doctor)
    response = second.set(to_1="11:30", act="save").send(doctor)
    (sentence,) = others_of(response)
    assert sentence.startswith("Hours: Every day 09:00–12:00; Every day 13:00–17:00 → ")
    assert "by you, in another tab. You have: Every day 09:00–11:30" in sentence


def test_form_of_another_version_with_the_same_settings_is_saved(
    doctor: AppClient, sign_in: SignIn
) -> None:
    form = open_form(doctor)
    sign_in("admin").update_doctor(lead_minutes=0)  # another version with the same settings
    assert form.set(window_days="90").send(doctor).status == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "explode"},
        {"act": "remove:0x1"},
        {"open_slots": "burn"},
        {"version": "-1"},
        {"initial": "{"},
        {"days_1": "lundi"},
    ],
)
def test_fields_that_no_page_sends_are_rejected(doctor: AppClient, fields: dict[str, str]) -> None:
    assert open_form(doctor).set(**fields).send(doctor).status == 400


def test_doctor_that_does_not_exist_is_not_found(sign_in: SignIn) -> None:
    body = b"doctor_id=dr-ghost&act=save"
    response = sign_in("admin").request("POST", "/settings", body, {"Content-Type": FORM, **HTML})
    assert response.status == 404
