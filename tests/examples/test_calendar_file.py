from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from examples.booking_site.api_types import Doctor, Slot
from examples.booking_site.calendar_file import calendar_file
from examples.booking_site.visitors import Booking
from tests.support.factories import SUNDAY_NOON

NINE, HALF_PAST_NINE = (datetime(2026, 7, 6, 8, minute, tzinfo=UTC) for minute in (0, 30))
BOOKING = Booking(
    booking_id="booking-1",
    doctor=Doctor("dr-lee", "Dr Mina Lee", "London", "Europe/London"),
    slot=Slot("dr-lee~20260706T0800Z", NINE, HALF_PAST_NINE),
    patient_name="Ada Byron",
)


def lines(booking: Booking) -> list[str]:
    """Return the lines of the file, unfolded."""
    content = calendar_file(booking, reference="4F2A", now=SUNDAY_NOON)
    return content.replace("\r\n ", "").split("\r\n")


def test_file_is_one_event_of_rfc_5545() -> None:
    assert lines(BOOKING) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MediLink//Booking//EN",
        "BEGIN:VEVENT",
        "UID:booking-1",
        "SEQUENCE:0",
        "DTSTAMP:20261122T120000Z",
        "DTSTART:20260706T080000Z",
        "DTEND:20260706T083000Z",
        "SUMMARY:Appointment with Dr Mina Lee",
        "LOCATION:London",
        "DESCRIPTION:Reference: 4F2A",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_moved_booking_has_the_same_id_and_a_higher_sequence() -> None:
    moved = lines(replace(BOOKING, changes=1))

    assert "UID:booking-1" in moved
    assert "SEQUENCE:1" in moved


def test_text_is_escaped_and_cannot_add_a_line() -> None:
    location = "Ward 3; House B, Kent\\\r\nATTENDEE:mallory"
    doctor = Doctor("dr-lee", "Dr Mina Lee", location, "Europe/London")

    escaped = lines(replace(BOOKING, doctor=doctor))

    assert "LOCATION:Ward 3\\; House B\\, Kent\\\\\\nATTENDEE:mallory" in escaped


def test_long_lines_are_folded_between_characters() -> None:
    doctor = Doctor("dr-lee", "Dr " + "ü€😀" * 40, "London", "Europe/London")
    booking = replace(BOOKING, doctor=doctor)

    content = calendar_file(booking, reference="4F2A", now=SUNDAY_NOON).encode()

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert all(line.decode() for line in content.split(b"\r\n")[:-1])
    assert f"SUMMARY:Appointment with {doctor.name}" in lines(booking)
