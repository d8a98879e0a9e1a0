from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.examples.fake_api import slot_taken_problem, unavailable_problem

if TYPE_CHECKING:
    from flask import Flask

    from tests.examples.browser import FlaskBrowser
    from tests.examples.fake_api import FakeApi

DOCTOR_MONDAY_PATH = "/doctors/dr-lee?from=2026-11-23"


def book(patient: FlaskBrowser, time: str = "09:00") -> None:
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button(time)
    patient.press_button("Book", name="Ada Byron")


# Finding


def test_the_first_page_offers_the_specialties_of_all_pages_of_doctors(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.add_doctor("dr-aa", "Dr A", "general-practice", "Europe/Paris")

    patient.open("/")

    specialties = [option for option in patient.page.options if option.islower()]
    assert specialties == ["cardiology", "dermatology", "general-practice"]


def test_doctors_of_a_specialty_are_listed_by_their_next_time_the_soonest_first(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-24T09:00", "2026-11-24T09:30")
    api.open_slots("dr-walker", "2026-11-24T10:00")
    api.open_slots("dr-okafor", "2026-11-23T08:00")
    patient.open("/")

    patient.press_button("Find times", specialty="cardiology", **{"from": "2026-11-22"})

    named = [link.text for link in patient.page.links if link.text.startswith("Dr ")]
    assert named == ["Dr Ruth Walker", "Dr Mina Lee"]
    assert "Next: Tuesday 24 November 2026, 09:00–09:30 (Europe/London)" in patient.text
    assert "2 free times" in patient.text


def test_the_list_is_narrowed_to_a_location(api: FakeApi, patient: FlaskBrowser) -> None:
    api.open_slots("dr-lee", "2026-11-24T09:00")
    api.open_slots("dr-walker", "2026-11-24T10:00")

    patient.open("/find?specialty=cardiology&location=London&from=2026-11-22")

    assert "Dr Mina Lee" in patient.text
    assert "Dr Ruth Walker" not in patient.text


def test_more_doctors_than_a_page_holds_are_on_the_next(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    for number in range(3):
        api.add_doctor(f"dr-{number}", f"Dr {number}", "podiatry", "Europe/Rome")
        api.open_slots(f"dr-{number}", "2026-11-24T09:00")
    patient.open("/find?specialty=podiatry&from=2026-11-22")
    assert "Dr 2" not in patient.text

    patient.click_link("More doctors")

    assert "Dr 2" in patient.text
    assert "Dr 1" not in patient.text


def test_a_search_without_a_time_to_offer_says_so_and_leads_to_later_days(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-12-07T09:00")
    patient.open("/find?specialty=cardiology&from=2026-11-22")
    assert "Nobody has a free time in these days." in patient.text

    patient.click_link("Later days")

    assert "Dr Mina Lee" in patient.text


def test_a_doctor_of_the_list_leads_to_her_days_and_times(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-24T09:00", "2026-11-24T09:30", "2026-11-30T14:00")
    patient.open("/find?specialty=cardiology&from=2026-11-22")

    patient.click_link("Dr Mina Lee")

    assert patient.available_times == ["09:00–09:30", "09:30–10:00", "14:00–14:30"]
    assert "Tuesday 24 November 2026" in patient.text
    assert "All times are those of Europe/London, the doctor’s own zone." in patient.text


# Zones


def test_times_are_shown_in_the_zone_that_the_visitor_chose_and_keeps(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)

    patient.press_button("Show", zone="Asia/Tokyo")

    assert patient.available_times == ["18:00–18:30"]
    assert "All times are those of Asia/Tokyo." in patient.text
    patient.open("/find?specialty=cardiology&from=2026-11-23")
    assert "Next: Monday 23 November 2026, 18:00–18:30 (Asia/Tokyo)" in patient.text


def test_days_are_those_of_the_visitors_calendar(api: FakeApi, patient: FlaskBrowser) -> None:
    # Monday 23 November of Lord Howe (UTC+11) is from Sunday 08:00 to Monday 08:00 in New York.
    api.open_slots("dr-walker", "2026-11-22T23:30", "2026-11-23T00:00", "2026-11-23T17:30")
    patient.open("/doctors/dr-walker?from=2026-11-22")
    patient.press_button("Show", zone="America/New_York")
    assert patient.available_times == ["07:30–08:00", "08:00–08:30", "01:30–02:00"]

    patient.open("/doctors/dr-walker?from=2026-11-23")

    assert patient.available_times == ["01:30–02:00"]


def test_a_time_that_the_clock_shows_twice_has_its_offset(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2027-10-31T01:30+01:00", "2027-10-31T01:30+00:00")

    patient.open("/doctors/dr-lee?from=2027-10-31")

    assert patient.available_times == ["01:30 +01:00–01:00 +00:00", "01:30 +00:00–02:00"]


def test_a_zone_that_does_not_exist_leaves_the_doctors_own(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    patient.open("/doctors/dr-lee?zone=Mars/Olympus")

    assert "All times are those of Europe/London" in patient.text


@pytest.mark.parametrize("first", ["2026-02-30", "soon", "9999-12-31", "0001-01-01"])
def test_a_date_that_cannot_be_is_refused(patient: FlaskBrowser, first: str) -> None:
    patient.open(f"/doctors/dr-lee?from={first}")

    assert patient.status == 400
    assert "date" in patient.text


# Holding and booking


def test_choosing_a_time_holds_it_and_says_until_when(api: FakeApi, patient: FlaskBrowser) -> None:
    (slot_id,) = api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)

    patient.press_button("09:00")

    assert api.slots[slot_id].holder
    assert "Held for you until 12:05 (Europe/London)" in patient.text
    assert "Monday 23 November 2026, 09:00–09:30 (Europe/London)" in patient.text


def test_booking_books_what_was_held_and_lists_it(api: FakeApi, patient: FlaskBrowser) -> None:
    (slot_id,) = api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    assert list(api.bookings()) == [slot_id]
    assert "Your appointment is booked." in patient.text
    assert "Monday 23 November 2026, 09:00–09:30 (Europe/London)" in patient.text
    assert "Dr Mina Lee, London · for Ada Byron" in patient.text


def test_the_api_is_never_told_a_name(api: FakeApi, patient: FlaskBrowser) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    assert "patient_reference" in api.received_text
    assert "Ada" not in api.received_text


def test_a_second_click_books_nothing_more(api: FakeApi, patient: FlaskBrowser) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")
    form = patient.page

    patient.press_button("Book", name="Ada Byron")
    patient.page = form
    patient.press_button("Book", name="Ada Byron")

    assert patient.text.count("Dr Mina Lee") == 1
    assert [request for request in api.requests if request.endswith("/booking")] == [
        "PUT /slots/dr-lee~20261123T0900Z/booking"
    ]


def test_a_booking_whose_answer_got_lost_is_tried_again_under_the_same_id(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    (slot_id,) = api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")
    form = patient.page
    api.canned_responses = [unavailable_problem()]
    patient.press_button("Book", name="Ada Byron")
    assert patient.status == 503
    api.slots[slot_id].booking_id = form.buttons[-1].fields["booking_id"]

    patient.page = form
    patient.press_button("Book", name="Ada Byron")

    assert "Your appointment is booked." in patient.text


def test_a_booking_needs_a_name(api: FakeApi, patient: FlaskBrowser) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")

    patient.press_button("Book", name=" ")

    assert "Please say who is coming." in patient.text
    assert api.bookings() == {}


def test_back_gives_the_time_back(
    api: FakeApi, patient: FlaskBrowser, other_patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")
    other_patient.open(DOCTOR_MONDAY_PATH)
    assert other_patient.available_times == []

    patient.press_button("Back")

    assert patient.available_times == ["09:00–09:30"]
    other_patient.open(DOCTOR_MONDAY_PATH)
    assert other_patient.available_times == ["09:00–09:30"]


def test_choosing_another_time_gives_the_first_one_back(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    first, second = api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")

    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:30")

    assert api.slots[first].holder is None
    assert api.slots[second].holder


def test_the_form_of_a_time_that_is_no_longer_held_books_nothing(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")
    form = patient.page
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:30")

    patient.page = form
    patient.press_button("Book", name="Ada Byron")

    assert "no longer held for you" in patient.text
    assert api.bookings() == {}


# Refusals


def test_a_time_that_somebody_was_faster_to_take_leads_back_to_fresh_times(
    api: FakeApi, patient: FlaskBrowser, other_patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(DOCTOR_MONDAY_PATH)
    other_patient.open(DOCTOR_MONDAY_PATH)
    other_patient.press_button("09:00")

    patient.press_button("09:00")

    assert "Slot is taken: 09:00-09:30" in patient.text
    assert patient.available_times == ["09:30–10:00"]


def test_a_time_that_the_doctor_has_withdrawn_leads_back_to_fresh_times(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    (withdrawn, _) = api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(DOCTOR_MONDAY_PATH)
    del api.slots[withdrawn]

    patient.press_button("09:00")

    assert "There is no such doctor or slot." in patient.text
    assert patient.available_times == ["09:30–10:00"]


def test_a_booking_that_is_refused_leads_back_to_fresh_times(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    patient.open(DOCTOR_MONDAY_PATH)
    patient.press_button("09:00")
    api.canned_responses = [slot_taken_problem()]

    patient.press_button("Book", name="Ada Byron")

    assert "Slot is taken: 09:00-09:30" in patient.text
    assert "Monday 23 November 2026" in patient.text
    assert api.bookings() == {}


# Bookings


def test_a_cancelled_booking_is_free_again_and_off_the_list(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    patient.press_button("Cancel")

    assert "Your appointment is cancelled." in patient.text
    assert "You have no bookings." in patient.text
    assert api.bookings() == {}


def test_a_cancellation_that_is_refused_keeps_the_booking(
    api: FakeApi, patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    api.canned_responses = [slot_taken_problem()]

    patient.press_button("Cancel")

    assert "Slot is taken: 09:00-09:30" in patient.text
    assert "for Ada Byron" in patient.text


def test_a_booking_moves_to_a_time_of_another_doctor(api: FakeApi, patient: FlaskBrowser) -> None:
    (old,) = api.open_slots("dr-lee", "2026-11-23T09:00")
    (new,) = api.open_slots("dr-okafor", "2026-11-24T08:00")
    book(patient)
    booking_id = api.bookings()[old]
    patient.press_button("Move")
    assert "You are moving your appointment with Dr Mina Lee" in patient.text
    assert api.bookings() == {old: booking_id}

    patient.open("/doctors/dr-okafor?from=2026-11-24")
    patient.press_button("08:00")
    patient.press_button("Move")

    assert api.bookings() == {new: booking_id}
    assert "Your appointment is moved." in patient.text
    assert "Dr Chidi Okafor, New_York · for Ada Byron" in patient.text
    assert "You are moving" not in patient.text
    assert "Dr Mina Lee" not in patient.text


def test_a_move_that_is_given_up_changes_nothing(api: FakeApi, patient: FlaskBrowser) -> None:
    old, new = api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    book(patient)
    patient.press_button("Move")
    patient.press_button("09:30")

    patient.press_button("Keep it as it is")

    assert list(api.bookings()) == [old]
    assert api.slots[new].holder is None
    assert "You are moving" not in patient.text


def test_nobody_sees_the_bookings_of_another(
    api: FakeApi, patient: FlaskBrowser, other_patient: FlaskBrowser
) -> None:
    api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)

    other_patient.open("/bookings")

    assert "You have no bookings." in other_patient.text


# Errors


@pytest.mark.parametrize("path", ["/", "/find?specialty=cardiology", DOCTOR_MONDAY_PATH])
def test_an_api_that_fails_is_an_error_and_no_empty_list(
    api: FakeApi, patient: FlaskBrowser, path: str
) -> None:
    api.canned_responses = [unavailable_problem()]

    patient.open(path)

    assert patient.status == 503
    assert "cannot be reached" in patient.text
    assert "no doctors" not in patient.text
    assert "No free time" not in patient.text


def test_an_unknown_doctor_is_404_and_so_is_an_unknown_page(patient: FlaskBrowser) -> None:
    patient.open("/doctors/dr-who")
    assert (patient.status, "There is no such doctor" in patient.text) == (404, True)

    patient.open("/elsewhere")
    assert patient.status == 404
    assert "MediLink Booking" in patient.text


def test_a_form_of_another_site_does_nothing(
    api: FakeApi, site: Flask, patient: FlaskBrowser
) -> None:
    (slot_id,) = api.open_slots("dr-lee", "2026-11-23T09:00")
    patient.open(DOCTOR_MONDAY_PATH)

    answer = patient.client.post("/doctors/dr-lee/hold", data={"slot_id": slot_id})

    assert answer.status_code == 400
    assert api.slots[slot_id].holder is None


def test_pages_are_not_stored_and_run_no_script_but_the_sites_own(patient: FlaskBrowser) -> None:
    headers = patient.client.get("/").headers

    assert headers["Cache-Control"] == "no-store"
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "SameSite=Lax" in headers["Set-Cookie"]
    assert "HttpOnly" in headers["Set-Cookie"]
