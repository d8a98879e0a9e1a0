"""What the API returns, and the errors of its client. msgspec parses the JSON into these types."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  msgspec reads the annotations
from http import HTTPStatus
from zoneinfo import ZoneInfo

from msgspec import Struct


class Doctor(Struct, frozen=True):
    """Search results have no ``specialty``."""

    doctor_id: str
    name: str
    location: str
    time_zone: str
    specialty: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Slot(Struct, frozen=True):
    """A time that can be booked; ``slot_id`` is opaque to every client of the API."""

    slot_id: str
    start: datetime
    end: datetime
    held_until: datetime | None = None


class Doctors(Struct):
    doctors: list[Doctor]
    next: str | None


class Times(Struct):
    """``next_available`` is the first slot of the requested dates, or else the first after them."""

    slots: list[Slot]
    next_available: Slot | None


class Offer(Doctor, frozen=True, kw_only=True):
    slots: list[Slot]


class Offers(Struct):
    """One page of doctors with their bookable slots; ``next`` is the cursor of the next page."""

    doctors: list[Offer]
    next: str | None


class Violation(Struct):
    code: str
    start: datetime | None = None


class Problem(Struct):
    """Problem details (RFC 9457)."""

    detail: str
    errors: list[Violation] = []


class SlotsApiError(Exception):
    """The API returns no usable response; ``status`` is the status of the error page."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class RequestRejectedError(SlotsApiError):
    """The slot's state, the request or a limit does not allow it (400, 409, 429).

    ``violation`` has the reason for programs, for example ``slot_taken``, and the slot's start.
    """

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.violation = (problem.errors or [Violation("")])[0]


class NotFoundError(RequestRejectedError):
    """There is no such doctor or slot (404)."""

    status = HTTPStatus.NOT_FOUND
