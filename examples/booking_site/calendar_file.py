"""An appointment as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from examples.booking_site.visitors import Booking

MAX_OCTETS = 75  # of a line, without its end


def calendar_file(booking: Booking, *, reference: str, now: datetime) -> str:
    """Return the file; the calendar of a visitor replaces an older one of the same booking."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MediLink//Booking//EN",
        "BEGIN:VEVENT",
        f"UID:{booking.booking_id}",
        f"SEQUENCE:{booking.changes}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(booking.slot.start)}",
        f"DTEND:{_utc(booking.slot.end)}",
        f"SUMMARY:{_escape(f'Appointment with {booking.doctor.name}')}",
        f"LOCATION:{_escape(booking.doctor.location)}",
        f"DESCRIPTION:{_escape(f'Reference: {reference}')}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return "\\n".join(text.splitlines())


def _fold(line: str) -> str:
    """Break a long line between characters, not within one."""
    folded, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > MAX_OCTETS:
            folded, octets = f"{folded}\r\n ", 1
        folded, octets = folded + character, octets + size
    return folded
