"""A client of the MediLink Slots API: tokens, pagination, conditional requests and a retry."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import msgspec
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests import RequestException, Response, Session

from examples.booking_site.api_types import (
    Doctor,
    Doctors,
    NotFoundError,
    Offers,
    Problem,
    RequestRejectedError,
    Slot,
    SlotsApiError,
    Times,
)

if TYPE_CHECKING:
    from datetime import date

T = TypeVar("T")
TIMEOUT_SECONDS = (3, 10)  # to connect, and between two bytes of the response
MAX_RETRY_AFTER_SECONDS = 3  # the visitor waits for the page meanwhile
MAX_CACHED = 500
EXPIRED_TOKEN = {"access_token": "", "token_type": "Bearer", "expires_at": 1}


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
        self._session.headers["Accept"] = "application/json"
        self._cache: dict[str, tuple[str, Times]] = {}

    def doctors(self) -> list[Doctor]:
        """Read the doctors of all pages."""
        page = self._get(Doctors, "doctors", limit=100)
        found = page.doctors
        while page.next:
            page = self._get(Doctors, "doctors", limit=100, cursor=page.next)
            found += page.doctors
        return found

    def doctor(self, doctor_id: str) -> Doctor:
        return self._get(Doctor, "doctors", doctor_id)

    def availability(self, specialty: str, first: date, last: date, **query: str | None) -> Offers:
        """Search doctors with bookable slots; dates are those of each doctor's zone."""
        dates = {"from": first, "to": last}
        return self._get(Offers, "availability", specialty=specialty, **dates, **query)

    def times(self, doctor_id: str, first: date, last: date) -> Times:
        """Read the current bookable slots, from the cache if the API responds 304."""
        path, dates = ("doctors", doctor_id, "slots"), {"from": first, "to": last}
        key = f"{doctor_id} {first} {last}"
        etag, cached = self._cache.get(key, ("", None))
        response = self._send("GET", *path, params=dates, headers={"If-None-Match": etag or None})
        if cached and response.status_code == HTTPStatus.NOT_MODIFIED:
            return cached
        times = _parse(response, Times)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[key] = response.headers.get("ETag", ""), times
        return times

    def hold(self, slot_id: str, *, holder: str, seconds: int) -> Slot:
        """Reserve a slot for a while; the slot says until when."""
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

    def _send(self, method: str, *path: str, **options: object) -> Response:
        """Send a request, once more after ``Retry-After``: every request is idempotent."""
        # Ids come from visitors, and must not lead to another path of the API.
        if {".", ".."} & set(path):
            raise NotFoundError(Problem("Check the address."))
        url = "/".join([self._base, *(quote(part, safe="") for part in path)])
        options |= {"timeout": TIMEOUT_SECONDS, "allow_redirects": False}
        try:
            response = self._session.request(method, url, **options)  # type: ignore[arg-type]
            if (seconds := _retry_after(response)) is not None:
                time.sleep(seconds)
                response = self._session.request(method, url, **options)  # type: ignore[arg-type]
        except (RequestException, OAuthError) as error:
            raise SlotsApiError(f"{method} {url}: {error}") from error
        if not response.ok:
            raise _error(response)
        return response


def _retry_after(response: Response) -> int | None:
    """Return the seconds to wait before a retry; None if it is not worth it, or not soon."""
    busy = response.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    after = response.headers.get("Retry-After", "")
    can_retry = busy and after.isdecimal() and int(after) <= MAX_RETRY_AFTER_SECONDS
    return int(after) if can_retry else None


def _parse(response: Response, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise SlotsApiError(f"Unexpected response from {response.url}: {error}") from error


def _error(response: Response) -> SlotsApiError:
    problem = _parse(response, Problem)
    match response.status_code:
        case HTTPStatus.NOT_FOUND:
            return NotFoundError(problem)
        case HTTPStatus.BAD_REQUEST | HTTPStatus.CONFLICT:
            return RequestRejectedError(problem)
        case HTTPStatus.TOO_MANY_REQUESTS if problem.errors:
            return RequestRejectedError(problem)
    return SlotsApiError(f"{response.status_code} from {response.url}: {problem.detail}")
