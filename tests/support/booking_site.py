"""Steps of a patient in the pages of the booking site."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.flask_browser import Browser

LEE_MONDAY = "/doctors/dr-lee?from=2026-11-23"


def hold(patient: Browser, time: str = "09:00") -> None:
    patient.open(LEE_MONDAY)
    patient.press(time)


def book(patient: Browser) -> None:
    hold(patient)
    patient.press("Book appointment", name="Ada Byron")


def cancel(patient: Browser) -> None:
    patient.press("Cancel appointment")
    patient.press("Cancel appointment")
