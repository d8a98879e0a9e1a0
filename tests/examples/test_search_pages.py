from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.fake_slots_api import unavailable
from tests.support.html import text_of

if TYPE_CHECKING:
    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser

LEE_MONDAY = "/doctors/dr-lee?from=2026-11-23"


# Search


def test_start_offers_specialties_of_all_doctor_pages(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.add_doctor("dr-aa", "Dr A", "general-practice", "Europe/Paris")

    patient.open("/")

    specialties = [option for option in patient.options("specialty") if option]
    assert specialties == ["cardiology", "dermatology", "general-practice"]


def test_required_select_starts_with_an_empty_option(patient: Browser) -> None:
    patient.open("/")

    (select,) = patient.page.select("select[required]")
    assert patient.options(str(select["name"]))[0] == ""


def test_search_without_specialty_shows_the_search_form(patient: Browser) -> None:
    patient.open("/find")

    assert patient.url == "/"


def test_search_results_are_sorted_by_next_time(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-24T09:00", "2026-11-24T09:30")
    fake_api.open_slots("dr-walker", "2026-11-24T10:00")
    fake_api.open_slots("dr-okafor", "2026-11-23T08:00")
    patient.open("/")

    patient.press("Find times", specialty="cardiology", **{"from": "2026-11-22"})

    names = [text_of(link) for link in patient.page.select("article a")]
    assert names == ["Dr Ruth Walker", "Dr Mina Lee"]
    assert "Next available: Tue 24 Nov, 09:00" in patient.text
    assert "2 appointments available" in patient.text
    assert "1 appointment available" in patient.text
    assert "Times are each clinic's local time." in patient.text


def test_search_by_location_excludes_other_locations(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-24T09:00")
    fake_api.open_slots("dr-walker", "2026-11-24T10:00")

    patient.open("/find?specialty=cardiology&location=London&from=2026-11-22")

    assert "Dr Mina Lee" in patient.text
    assert "Dr Ruth Walker" not in patient.text


def test_search_results_continue_on_the_next_page(fake_api: FakeApi, patient: Browser) -> None:
    for number in range(3):
        fake_api.add_doctor(f"dr-{number}", f"Dr {number}", "podiatry", "Europe/Rome")
        fake_api.open_slots(f"dr-{number}", "2026-11-24T09:00")
    patient.open("/find?specialty=podiatry&from=2026-11-22")
    assert "Dr 2" not in patient.text

    patient.follow("More doctors")

    assert "Dr 2" in patient.text
    assert "Dr 1" not in patient.text


def test_search_without_results_links_to_later_days(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-12-07T09:00")
    patient.open("/find?specialty=cardiology&from=2026-11-22")
    assert "No appointments available on these dates." in patient.text

    patient.follow("Later days")

    assert "Dr Mina Lee" in patient.text


def test_search_result_links_to_the_doctors_times(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-11-24T09:00", "2026-11-24T09:30", "2026-11-30T14:00")
    patient.open("/find?specialty=cardiology&from=2026-11-22")

    patient.follow("Dr Mina Lee")

    assert patient.times == ["09:00–09:30", "09:30–10:00", "14:00–14:30"]
    assert "Tuesday 24 November 2026" in patient.text
    assert "Times are London time." in patient.text


def test_times_without_a_slot_link_to_the_next_one(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2026-12-07T09:00")
    patient.open(LEE_MONDAY)
    assert "No appointments available on these dates." in patient.text

    patient.follow("Monday 7 December 2026, 09:00–09:30")

    assert patient.times == ["09:00–09:30"]


# Time zones


@pytest.mark.parametrize("path", ["/", "/find?specialty=cardiology", LEE_MONDAY])
def test_pages_offer_no_choice_of_time_zone(fake_api: FakeApi, patient: Browser, path: str) -> None:
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    patient.open(path)

    assert patient.options("zone") == []
    assert "/London" not in patient.text


def test_dates_and_times_are_those_of_the_clinic(fake_api: FakeApi, patient: Browser) -> None:
    # Monday 23 November of Lord Howe (UTC+11) starts on Sunday at 13:00 UTC.
    fake_api.open_slots("dr-walker", "2026-11-22T23:30", "2026-11-23T00:00", "2026-11-23T17:30")
    patient.open("/doctors/dr-walker?from=2026-11-22")
    assert patient.times == ["23:30–00:00", "00:00–00:30", "17:30–18:00"]

    patient.open("/doctors/dr-walker?from=2026-11-23")

    assert patient.times == ["00:00–00:30", "17:30–18:00"]
    assert "Times are Lord Howe time." in patient.text


def test_search_includes_yesterday_where_clinics_still_have_it(
    fake_api: FakeApi, patient: Browser
) -> None:
    fake_api.open_slots("dr-okafor", "2026-11-21T23:30")

    patient.open("/find?specialty=dermatology")

    # The API then searches from each doctor's own today.
    assert "Next available: Sat 21 Nov, 23:30" in patient.text
    assert fake_api.requests == ["GET /availability?specialty=dermatology"]


def test_ambiguous_local_times_are_shown_with_zone(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.open_slots("dr-lee", "2027-10-31T01:30+01:00", "2027-10-31T01:30+00:00")

    patient.open("/doctors/dr-lee?from=2027-10-31")

    assert patient.times == ["01:30 BST–01:00 GMT", "01:30 GMT–02:00"]


@pytest.mark.parametrize("first", ["2026-02-30", "soon", "9999-12-31", "0001-01-01"])
def test_invalid_or_distant_date_returns_400(patient: Browser, first: str) -> None:
    patient.open(f"/doctors/dr-lee?from={first}")

    assert patient.status == 400
    assert "date" in patient.text


# Errors and security


@pytest.mark.parametrize("path", ["/", "/find?specialty=cardiology", LEE_MONDAY])
def test_api_failure_is_an_error_and_no_empty_list(
    fake_api: FakeApi, patient: Browser, path: str
) -> None:
    fake_api.next_responses = [unavailable()]

    patient.open(path)

    assert patient.status == 503
    assert "We can't reach the doctors' calendars right now." in patient.text
    assert "no doctors" not in patient.text
    assert "No appointments" not in patient.text


def test_unknown_doctor_and_unknown_page_return_404(patient: Browser) -> None:
    patient.open("/doctors/dr-who")
    assert (patient.status, "There is no such doctor" in patient.text) == (404, True)

    patient.open("/elsewhere")
    assert patient.status == 404
    assert "MediLink Booking" in patient.text


def test_pages_are_not_stored_and_run_own_scripts_only(patient: Browser) -> None:
    headers = patient.client.get("/").headers

    assert headers["Cache-Control"] == "no-store"
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "SameSite=Lax" in headers["Set-Cookie"]
    assert "HttpOnly" in headers["Set-Cookie"]


def test_styles_icon_and_script_of_a_page_can_be_loaded(patient: Browser) -> None:
    patient.open("/")
    links = [str(link["href"]) for link in patient.page.select("link")]
    scripts = [str(script["src"]) for script in patient.page.select("script")]
    assert len(links + scripts) == 4

    for url in links + scripts:
        with patient.client.get(url) as response:
            assert response.status_code == 200
