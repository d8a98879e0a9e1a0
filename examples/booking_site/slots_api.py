"""The client of the API: what a booking site asks of MediLink Slots, and what it may be told.

What goes wrong has a sentence for the visitor in ``detail``:

    SlotsApiError
      Refused        no, and why: the state of the slot, or the request itself (400, 409)
      NotFound       no such doctor or slot (404)
      Unavailable    no answer, or none that helps the visitor: all else
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import requests

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from requests.auth import AuthBase

Json = dict[str, Any]

TIMEOUT_SECONDS = (3, 10)  # to connect, and between two bytes of the answer
LONGEST_PAUSE_SECONDS = 2  # a visitor waits for the page meanwhile
ANSWERS_KEPT = 500


class SlotsApiError(Exception):
    """The root of the tree above; ``status`` is that of the page which says it."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(SlotsApiError):
    """``codes`` tell it to a program: ``slot_taken``, ``in_past``, ``not_bookable`` and so on."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, codes: Sequence[str]) -> None:
        super().__init__(detail)
        self.codes = codes


class NotFound(SlotsApiError):
    status = HTTPStatus.NOT_FOUND


class Unavailable(SlotsApiError):
    """``reason`` is for the log of the site, not for the visitor."""

    def __init__(self, reason: str) -> None:
        super().__init__("The doctors' calendars cannot be reached at the moment.")
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    doctor_id: str
    name: str
    specialty: str
    location: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that can be booked; ``slot_id`` means nothing to anybody but the API."""

    slot_id: str
    start: datetime
    end: datetime

    @classmethod
    def of(cls, item: Json) -> Self:
        start, end = (datetime.fromisoformat(item[name]) for name in ("start", "end"))
        return cls(slot_id=item["slot_id"], start=start, end=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """A doctor's bookable slots in some range; ``following`` is the first of it, or after it."""

    slots: list[Slot]
    following: Slot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """A page of doctors with their bookable slots; ``following`` is the cursor of the next."""

    slots: list[tuple[Doctor, list[Slot]]]
    following: str | None


class SlotsApi:
    """``url`` is the base of the API; ``access`` signs requests in, where it asks for that."""

    def __init__(self, url: str, access: AuthBase | None = None) -> None:
        self._base = url.rstrip("/")
        self._access = access
        self._last_answers: dict[str, tuple[str, Json]] = {}

    def doctors(self) -> list[Doctor]:
        """Every doctor, page after page."""
        page = self._read(self._url("doctors", limit=100))
        found = page["doctors"]
        while page["next"]:
            page = self._read(self._url("doctors", limit=100, cursor=page["next"]))
            found += page["doctors"]
        return [_doctor(item, item["specialty"]) for item in found]

    def doctor(self, doctor_id: str) -> Doctor:
        item = self._read(self._url("doctors", doctor_id))
        return _doctor(item, item["specialty"])

    def times(self, doctor_id: str, first: date, last: date) -> Times:
        """Her bookable slots on those dates *of her zone*, as they are at this moment."""
        url = self._url("doctors", doctor_id, "slots", **{"from": first, "to": last})
        answer = self._read_if_changed(url)
        following = answer["next_available"]
        return Times(
            slots=[Slot.of(item) for item in answer["slots"]],
            following=Slot.of(following) if following else None,
        )

    def availability(
        self,
        specialty: str,
        first: date,
        last: date,
        *,
        location: str | None = None,
        cursor: str | None = None,
    ) -> Offers:
        """Doctors of a specialty who can be booked on those dates, each of her own zone."""
        query = {"location": location, "from": first, "to": last, "cursor": cursor}
        answer = self._read(self._url("availability", specialty=specialty, **query))
        slots = [
            (_doctor(item, specialty), [Slot.of(slot) for slot in item["slots"]])
            for item in answer["doctors"]
        ]
        return Offers(slots=slots, following=answer["next"])

    def hold(self, slot_id: str, *, holder: str, seconds: int) -> tuple[Slot, datetime]:
        """Keep a slot from everybody else for a while; gives it, and until when."""
        url = self._url("slots", slot_id, "hold")
        answer = _json(self._ask("PUT", url, json={"holder": holder, "seconds": seconds}))
        return Slot.of(answer), datetime.fromisoformat(answer["held_until"])

    def release(self, slot_id: str, *, holder: str) -> None:
        self._ask("DELETE", self._url("slots", slot_id, "hold", holder=holder))

    def book(
        self,
        slot_id: str,
        *,
        booking_id: str,
        patient_reference: str,
        holder: str,
        moves: str | None = None,
    ) -> Slot:
        """Book a slot; asked again with the same ``booking_id`` it changes nothing.

        ``moves`` is the slot that this booking had until now: it becomes free in the same instant.
        """
        body = {
            "booking_id": booking_id,
            "patient_reference": patient_reference,
            "holder": holder,
        }
        if moves is not None:
            body["moves"] = moves
        return Slot.of(_json(self._ask("PUT", self._url("slots", slot_id, "booking"), json=body)))

    def cancel(self, slot_id: str, *, booking_id: str) -> None:
        self._ask("DELETE", self._url("slots", slot_id, "booking", booking_id=booking_id))

    def _url(self, *path: str, **query: object) -> str:
        # Ids come from visitors, and must not lead to another path of the API.
        if {".", ".."} & set(path):
            raise NotFound("There is no such page.")
        given = {name: value for name, value in query.items() if value is not None}
        return "/".join([self._base, *(quote(part, safe="") for part in path)]) + (
            f"?{urlencode(given)}" if given else ""
        )

    def _read(self, url: str) -> Json:
        return _json(self._ask("GET", url))

    def _read_if_changed(self, url: str) -> Json:
        """Ask for what is new only: 304 says that the last answer still holds."""
        etag, last = self._last_answers.get(url, (None, {}))
        answer = self._ask("GET", url, headers={"If-None-Match": etag} if etag else {})
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return last
        if len(self._last_answers) >= ANSWERS_KEPT:
            self._last_answers.clear()
        content = _json(answer)
        if "ETag" in answer.headers:
            self._last_answers[url] = answer.headers["ETag"], content
        return content

    def _ask(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        json: Json | None = None,
    ) -> requests.Response:
        def send() -> requests.Response:
            return requests.request(
                method,
                url,
                headers={"Accept": "application/json", **(headers or {})},
                json=json,
                auth=self._access,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )

        try:
            answer = send()
            # Every request to this API may be sent twice: the second time changes nothing.
            if (pause := _pause_asked_for(answer)) is not None:
                time.sleep(pause)
                answer = send()
        except requests.RequestException as error:
            raise Unavailable(str(error)) from error
        if not answer.ok:
            raise _failure(answer)
        return answer


def _doctor(item: Json, specialty: str) -> Doctor:
    return Doctor(
        doctor_id=item["doctor_id"],
        name=item["name"],
        specialty=specialty,
        location=item["location"],
        zone=ZoneInfo(item["time_zone"]),
    )


def _json(answer: requests.Response) -> Json:
    try:
        content: Json = answer.json()
    except requests.JSONDecodeError as error:
        raise Unavailable(f"{answer.url} answered something else than JSON") from error
    return content


def _pause_asked_for(answer: requests.Response) -> int | None:
    """Seconds until the request is worth repeating; ``None`` where it is not, or not soon."""
    busy = answer.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    after = answer.headers.get("Retry-After", "")
    return (
        int(after) if busy and after.isdecimal() and int(after) <= LONGEST_PAUSE_SECONDS else None
    )


def _failure(answer: requests.Response) -> SlotsApiError:
    """Errors have one shape, RFC 9457; whatever has another did not come from the API."""
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return Unavailable(f"{answer.status_code} from {answer.url}")
    problem = _json(answer)
    match answer.status_code:
        case HTTPStatus.NOT_FOUND:
            return NotFound(problem["detail"])
        case HTTPStatus.BAD_REQUEST | HTTPStatus.CONFLICT:
            return Refused(problem["detail"], [error["code"] for error in problem["errors"]])
        case _:
            return Unavailable(f"{answer.status_code} from {answer.url}: {problem['detail']}")
