"""A client of the MediLink Slots API: tokens, pagination, conditional requests and a retry."""

import time
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from requests import RequestException, Response, Session
from werkzeug.exceptions import ServiceUnavailable

Json = dict[str, Any]
TIMEOUT_SECONDS = (3, 10)  # to connect, and between two bytes of the response
MAX_RETRY_AFTER_SECONDS = 3  # the visitor waits for the page meanwhile
MAX_CACHED = 100
REJECTED = {400, 404, 409, 429}  # by the request, the slot's state, or a limit
INSTANTS = {"start", "end", "held_until"}
EXPIRED_TOKEN = dict.fromkeys(("access_token", "token_type"), "") | {"expires_at": 1}


class SlotsApiError(ServiceUnavailable):
    """The API does not respond, or not in a way that helps the visitor."""


class RequestRejectedError(SlotsApiError):
    """``violation`` has a ``code`` for programs, as ``slot_taken``, and the slot's ``start``."""

    def __init__(self, status: int, problem: Json) -> None:
        super().__init__(problem["detail"])
        self.code = status
        self.violation: Json = (problem.get("errors") or [{"code": ""}])[0]


def token_session(token_url: str, client_id: str, client_secret: str) -> OAuth2Session:
    """Return a session that sends, and renews, tokens of client credentials (RFC 6749)."""
    options = {"grant_type": "client_credentials", "default_timeout": TIMEOUT_SECONDS}
    endpoint = {"token_endpoint": token_url, "token": EXPIRED_TOKEN}
    return OAuth2Session(client_id, client_secret, **endpoint, **options)


class SlotsApi:
    """Methods return JSON, with times and zones parsed; they raise ``SlotsApiError``."""

    def __init__(self, url: str, session: Session | None = None) -> None:
        self._base = url.rstrip("/")
        self._session = session or Session()
        self._cache: dict[str, tuple[str | None, Json]] = {}

    def get(self, *path: str, **query: object) -> Json:
        """Read a resource, from the cache if the API responds 304. Do not change the result."""
        key = f"{path} {query}"
        etag, found = self._cache.get(key, (None, {}))
        response = self._send("GET", *path, params=query, headers={"If-None-Match": etag})
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            found = _parse(response)
            if len(self._cache) >= MAX_CACHED:
                self._cache.clear()
            self._cache[key] = response.headers.get("ETag"), found
        return found

    def put(self, *path: str, **body: object) -> Json:
        return _parse(self._send("PUT", *path, json=body))

    def delete(self, *path: str, **query: object) -> None:
        self._send("DELETE", *path, params=query)

    def doctors(self, cursor: str | None = None) -> list[Json]:
        """Read the doctors of a page, by default the first, and of those after it."""
        page = self.get("doctors", limit=100, cursor=cursor)
        return [*page["doctors"], *(self.doctors(page["next"]) if page["next"] else ())]

    def _send(self, method: str, *path: str, **options: Any) -> Response:  # noqa: ANN401  those of requests
        """Send a request, once more after ``Retry-After``: every request is idempotent."""
        # Ids come from visitors, and must not lead to another path of the API.
        if {".", ".."} & set(path):
            raise RequestRejectedError(HTTPStatus.NOT_FOUND, {"detail": "Check the address."})
        url = "/".join([self._base, *(quote(part, safe="") for part in path)])
        options |= {"timeout": TIMEOUT_SECONDS, "allow_redirects": False}
        try:
            response = self._session.request(method, url, **options)
            after = response.headers.get("Retry-After", "")
            if not response.ok and after.isdecimal() and int(after) <= MAX_RETRY_AFTER_SECONDS:
                time.sleep(int(after))
                response = self._session.request(method, url, **options)
        except (RequestException, OAuthError) as error:
            raise SlotsApiError(f"{method} {url}: {error}") from error
        if response.ok:
            return response
        problem, status = _parse(response), response.status_code  # problem details (RFC 9457)
        if "detail" in problem and status in REJECTED:
            raise RequestRejectedError(status, problem)
        raise SlotsApiError(f"{status} from {url}: {problem}")


def _parse(response: Response) -> Json:
    try:
        return dict(response.json(object_hook=_parse_times))
    except (TypeError, ValueError) as error:
        raise SlotsApiError(f"{response.url} does not respond with JSON") from error


def _parse_times(item: Json) -> Json:
    """Parse instants and zones; a slot's ``date`` is the clinic's, whose offset an instant has."""
    item |= {name: datetime.fromisoformat(item[name]) for name in item.keys() & INSTANTS}
    if "start" in item:
        item["date"] = item["start"].date()
    if "time_zone" in item:
        item["zone"] = ZoneInfo(item["time_zone"])
    return item
