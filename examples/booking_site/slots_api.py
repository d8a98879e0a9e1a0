"""A client of the MediLink Slots API: tokens, pagination, conditional requests and a retry."""

import time
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests import RequestException, Response, Session

T = TypeVar("T")
TIMEOUT_SECONDS = (3, 10)  # to connect, and between two bytes of the response
MAX_RETRY_AFTER_SECONDS = 3  # the visitor waits for the page meanwhile
MAX_CACHED = 500
BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
EXPIRED_TOKEN = {"access_token": "", "token_type": "Bearer", "expires_at": 1}


class Slot(msgspec.Struct, frozen=True):
    """A time that can be booked; ``slot_id`` is opaque to every client of the API."""

    slot_id: str
    start: datetime
    end: datetime
    held_until: datetime | None = None


class Doctor(msgspec.Struct, frozen=True):
    """A search finds doctors with their bookable ``slots``, without their ``specialty``."""

    doctor_id: str
    name: str
    location: str
    time_zone: str
    specialty: str = ""
    slots: list[Slot] = []

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class DoctorPage(msgspec.Struct):
    """``next`` is the cursor of the next page."""

    doctors: list[Doctor]
    next: str | None


class Times(msgspec.Struct):
    """``next_available`` is the first slot of the requested dates, or else the first after them."""

    slots: list[Slot]
    next_available: Slot | None


class Violation(msgspec.Struct):
    """The reason for programs, for example ``slot_taken``, and the start of the slot."""

    code: str = ""
    start: datetime | None = None


class Problem(msgspec.Struct):
    """Problem details (RFC 9457)."""

    detail: str
    errors: list[Violation] = []


class SlotsApiError(Exception):
    """The API does not respond, or not in a way that helps the visitor."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class RequestRejectedError(SlotsApiError):
    """The slot's state, the request or a limit does not allow it (400, 409, 429)."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.violation = (problem.errors or [Violation()])[0]


class NotFoundError(RequestRejectedError):
    """There is no such doctor or slot (404)."""

    status = HTTPStatus.NOT_FOUND


def token_session(token_url: str, client_id: str, client_secret: str) -> OAuth2Session:
    """Return a session that sends access tokens of the client credentials grant (RFC 6749).

    It renews a token a minute before it expires; the first request finds an expired one.
    """
    return OAuth2Session(
        client_id,
        client_secret,
        token_endpoint=token_url,
        grant_type="client_credentials",
        token=EXPIRED_TOKEN,
        default_timeout=TIMEOUT_SECONDS,
    )


class SlotsApi:
    """Every method raises ``SlotsApiError``."""

    def __init__(self, url: str, session: Session | None = None) -> None:
        self._base = url.rstrip("/")
        self._session = session or Session()
        self._cache: dict[str, tuple[str, Times]] = {}

    def doctors(self) -> list[Doctor]:
        """Read the doctors of all pages."""
        page = self._get(DoctorPage, "doctors", limit=100)
        found = page.doctors
        while page.next:
            page = self._get(DoctorPage, "doctors", limit=100, cursor=page.next)
            found += page.doctors
        return found

    def doctor(self, doctor_id: str) -> Doctor:
        return self._get(Doctor, "doctors", doctor_id)

    def availability(self, **query: object) -> DoctorPage:
        """Search doctors with bookable slots; dates are those of each doctor's zone."""
        return self._get(DoctorPage, "availability", **query)

    def times(self, doctor_id: str, first: date, last: date) -> Times:
        """Read the current bookable slots, from the cache if the API responds 304."""
        path, dates = ("doctors", doctor_id, "slots"), {"from": first, "to": last}
        key = f"{doctor_id} {first} {last}"
        etag, cached = self._cache.get(key, (None, None))
        response = self._send("GET", *path, params=dates, headers={"If-None-Match": etag})
        if cached and response.status_code == HTTPStatus.NOT_MODIFIED:
            return cached
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        times = _parse(response, Times)
        self._cache[key] = response.headers.get("ETag", ""), times
        return times

    def hold(self, slot_id: str, *, holder: str, seconds: int) -> Slot:
        """Reserve a slot for a while; the returned slot says until when."""
        body = {"holder": holder, "seconds": seconds}
        return _parse(self._send("PUT", "slots", slot_id, "hold", json=body), Slot)

    def release(self, slot_id: str, *, holder: str) -> None:
        self._send("DELETE", "slots", slot_id, "hold", params={"holder": holder})

    def book(self, slot_id: str, **body: str) -> Slot:
        """Book a slot; a repeated request with the same ``booking_id`` changes nothing.

        ``moves`` is the slot that this booking had before; the same request releases it.
        """
        return _parse(self._send("PUT", "slots", slot_id, "booking", json=body), Slot)

    def cancel(self, slot_id: str, *, booking_id: str) -> None:
        self._send("DELETE", "slots", slot_id, "booking", params={"booking_id": booking_id})

    def _get(self, kind: type[T], *path: str, **query: object) -> T:
        return _parse(self._send("GET", *path, params=query), kind)

    def _send(self, method: str, *path: str, **options: Any) -> Response:  # noqa: ANN401
        """Send a request, once more after ``Retry-After``: every request is idempotent."""
        # Ids come from visitors, and must not lead to another path of the API.
        if {".", ".."} & set(path):
            raise NotFoundError(Problem("Check the address."))
        url = "/".join([self._base, *(quote(part, safe="") for part in path)])
        options |= {"timeout": TIMEOUT_SECONDS, "allow_redirects": False}
        try:
            response = self._session.request(method, url, **options)
            after = response.headers.get("Retry-After", "")
            is_soon = after.isdecimal() and int(after) <= MAX_RETRY_AFTER_SECONDS
            if response.status_code in BUSY and is_soon:
                time.sleep(int(after))
                response = self._session.request(method, url, **options)
        except (RequestException, OAuthError) as error:
            raise SlotsApiError(f"{method} {url}: {error}") from error
        if not response.ok:
            raise _error(response)
        return response


def _parse(response: Response, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise SlotsApiError(f"Unexpected response from {response.url}: {error}") from error


def _error(response: Response) -> SlotsApiError:
    problem, status = _parse(response, Problem), response.status_code
    if status == HTTPStatus.NOT_FOUND:
        return NotFoundError(problem)
    rejected = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT}
    if rejected or (status == HTTPStatus.TOO_MANY_REQUESTS and problem.errors):
        return RequestRejectedError(problem)
    return SlotsApiError(f"{status} from {response.url}: {problem.detail}")
