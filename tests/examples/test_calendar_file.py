from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.booking_site import book

if TYPE_CHECKING:
    from tests.support.fake_slots_api import FakeApi
    from tests.support.flask_browser import Browser


def download(patient: Browser) -> str:
    (link,) = patient.page.select("a[href$='.ics']")
    response = patient.client.get(str(link["href"]))
    assert response.mimetype == "text/calendar"
    assert response.headers["Content-Disposition"] == "attachment"
    return response.get_data(as_text=True)


def unfolded(content: str) -> list[str]:
    return content.replace("\r\n ", "").split("\r\n")


def test_file_is_one_event_of_rfc_5545(fake_api: FakeApi, patient: Browser) -> None:
    (slot_id,) = fake_api.open_slots("dr-lee", "2026-11-23T09:00")
    book(patient)
    reference = patient.text.partition("Reference: ")[2].split()[0]

    assert download(patient).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MediLink//Booking//EN",
        "BEGIN:VEVENT",
        f"UID:{fake_api.bookings()[slot_id]}",
        "SEQUENCE:0",
        "DTSTAMP:20261122T120000Z",
        "DTSTART:20261123T090000Z",
        "DTEND:20261123T093000Z",
        "SUMMARY:Appointment with Dr Mina Lee",
        "LOCATION:London",
        f"DESCRIPTION:Reference: {reference}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_moved_booking_has_the_same_id_and_a_higher_sequence(
    fake_api: FakeApi, patient: Browser
) -> None:
    (slot_id, _) = fake_api.open_slots("dr-lee", "2026-11-23T09:00", "2026-11-23T09:30")
    book(patient)
    booking_id = fake_api.bookings()[slot_id]

    patient.press("Change time")
    patient.press("09:30")
    patient.press("Confirm new time")

    assert f"UID:{booking_id}\r\nSEQUENCE:1\r\n" in download(patient)


def test_text_is_escaped_and_cannot_add_a_line(fake_api: FakeApi, patient: Browser) -> None:
    fake_api.doctors["dr-lee"]["location"] = "Ward 3; House B, A&E\\\r\nATTENDEE:mallory"
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    assert "LOCATION:Ward 3\\; House B\\, A&E\\\\\\nATTENDEE:mallory" in unfolded(download(patient))


def test_long_lines_are_folded_between_characters(fake_api: FakeApi, patient: Browser) -> None:
    name = "Dr " + "ü€😀" * 40
    fake_api.doctors["dr-lee"]["name"] = name
    fake_api.open_slots("dr-lee", "2026-11-23T09:00")

    book(patient)

    content = download(patient)
    assert max(len(line.encode()) for line in content.split("\r\n")) <= 75
    assert f"SUMMARY:Appointment with {name}" in unfolded(content)
