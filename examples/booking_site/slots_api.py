"""A client of the MediLink Slots API: pagination, conditional requests and retries."""

from __future__ import annotations

import time
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import requests

from examples.booking_site.api_errors import (
    ApiUnavailableError,
    NotFoundError,
    error_from_response,
    json_body,
)
from examples.booking_site.api_models import Doctor, Json, Offers, Slot, Times

if TYPE_CHECKING:
    from datetime import date

    from requests.auth import AuthBase

TIMEOUT_SECONDS = (3, 10)  # to connect, and between two bytes of the response
MAX_RETRY_AFTER_SECONDS = 3  # the visitor waits for the page meanwhile
MAX_CACHED = 500


class SlotsApi:
    """``url`` is the base URL of the API; ``access`` adds a token to each request.

    Every method that sends a request raises ``SlotsApiError``.
    """

    def __init__(self, url: str, access: AuthBase | None = None) -> None:
        self._base = url.rstrip("/")
        self._access = access
        self._cache: dict[str, tuple[str, Json]] = {}

    def doctors(self) -> list[Doctor]:
        """Read the doctors of all pages."""
        page = self._get(self._url("doctors", limit=100))
        found = page["doctors"]
        while page["next"]:
            page = self._get(self._url("doctors", limit=100, cursor=page["next"]))
            found += page["doctors"]
        return [Doctor.from_json(item) for item in found]

    def doctor(self, doctor_id: str) -> Doctor:
        return Doctor.from_json(self._get(self._url("doctors", doctor_id)))

    def times(self, doctor_id: str, first: date, last: date) -> Times:
        """Read the current bookable slots on those dates *of the doctor's zone*."""
        url = self._url("doctors", doctor_id, "slots", **{"from": first, "to": last})
        body = self._get_if_modified(url)
        next_available = body["next_available"]
        return Times(
            slots=[Slot.from_json(item) for item in body["slots"]],
            next_available=Slot.from_json(next_available) if next_available else None,
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
        """Search bookable doctors of a specialty; dates are those of each doctor's zone."""
        query = {"location": location, "from": first, "to": last, "cursor": cursor}
        body = self._get(self._url("availability", specialty=specialty, **query))
        doctors = [
            (
                Doctor.from_json(item, specialty=specialty),
                [Slot.from_json(slot) for slot in item["slots"]],
            )
            for item in body["doctors"]
        ]
        return Offers(doctors=doctors, next_page=body["next"])

    def hold(self, slot_id: str, *, holder: str, seconds: int) -> tuple[Slot, datetime]:
        """Reserve a slot for a while; return it and the end of the hold."""
        url = self._url("slots", slot_id, "hold")
        body = json_body(self._send("PUT", url, json={"holder": holder, "seconds": seconds}))
        return Slot.from_json(body), datetime.fromisoformat(body["held_until"])

    def release(self, slot_id: str, *, holder: str) -> None:
        self._send("DELETE", self._url("slots", slot_id, "hold", holder=holder))

    def book(
        self,
        slot_id: str,
        *,
        booking_id: str,
        patient_reference: str,
        holder: str,
        moves: str | None = None,
    ) -> Slot:
        """Book a slot; a repeated request with the same ``booking_id`` changes nothing.

        ``moves`` is the slot that this booking had before; the same request releases it.
        """
        body = {
            "booking_id": booking_id,
            "patient_reference": patient_reference,
            "holder": holder,
        }
        if moves is not None:
            body["moves"] = moves
        url = self._url("slots", slot_id, "booking")
        return Slot.from_json(json_body(self._send("PUT", url, json=body)))

    def cancel(self, slot_id: str, *, booking_id: str) -> None:
        self._send("DELETE", self._url("slots", slot_id, "booking", booking_id=booking_id))

    def _url(self, *path: str, **query: object) -> str:
        # Ids come from visitors, and must not lead to another path of the API.
        if {".", ".."} & set(path):
            raise NotFoundError("There is no such page.")
        given = {name: value for name, value in query.items() if value is not None}
        return "/".join([self._base, *(quote(part, safe="") for part in path)]) + (
            f"?{urlencode(given)}" if given else ""
        )

    def _get(self, url: str) -> Json:
        return json_body(self._send("GET", url))

    def _get_if_modified(self, url: str) -> Json:
        """Send the cached body's ETag, and return that body if the API responds 304."""
        etag, cached = self._cache.get(url, (None, {}))
        response = self._send("GET", url, headers={"If-None-Match": etag} if etag else {})
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            return cached
        body = json_body(response)
        if "ETag" in response.headers:
            self._store(url, response.headers["ETag"], body)
        return body

    def _store(self, url: str, etag: str, body: Json) -> None:
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[url] = etag, body

    def _send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        json: Json | None = None,
    ) -> requests.Response:
        """Send a request, once more after ``Retry-After``."""

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
            response = send()
            # Every request to this API is idempotent.
            if (seconds := _retry_after(response)) is not None:
                time.sleep(seconds)
                response = send()
        except requests.RequestException as error:
            raise ApiUnavailableError(str(error)) from error
        if not response.ok:
            raise error_from_response(response)
        return response


def _retry_after(response: requests.Response) -> int | None:
    """Return the seconds to wait before a retry; None if it is not worth it, or not soon."""
    busy = response.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
    after = response.headers.get("Retry-After", "")
    can_retry = busy and after.isdecimal() and int(after) <= MAX_RETRY_AFTER_SECONDS
    return int(after) if can_retry else None
