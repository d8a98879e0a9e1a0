"""Clients of the API with the tokens of people and of the booking site."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import requests

PROJECT = Path(__file__).parents[2]
_TIMEOUT_SECONDS = 30


class ApiError(RuntimeError):
    """The API rejects a request that this program expects to succeed."""


class Client:
    """A client of the API with one token."""

    def __init__(self, base_url: str, *role: str) -> None:
        """``role`` is what ``scripts/token`` takes, such as ``doctor dr-lee``."""
        token = subprocess.check_output([PROJECT / "scripts" / "token", *role], text=True)
        self._base_url = base_url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token.strip()}"
        self._session.trust_env = False  # no proxy reaches this machine

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401  JSON
        """Return the JSON of a response. Raises ``ApiError``."""
        return _require_success(self._request("GET", path, params=query)).json()

    def put(self, path: str, body: dict[str, Any]) -> bool:
        """Return whether the API accepts it; a slot that is not free by now is no error."""
        return _is_done(self._request("PUT", path, json=body))

    def delete(self, path: str, **query: str) -> bool:
        """Return whether the API accepts it."""
        return _is_done(self._request("DELETE", path, params=query))

    def post(self, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401  JSON
        """Return the JSON of a response. Raises ``ApiError``."""
        return _require_success(self._request("POST", path, json=body)).json()

    def _request(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  those of requests
        url = f"{self._base_url}{path}"
        return self._session.request(method, url, timeout=_TIMEOUT_SECONDS, **options)


def server_url() -> str:
    """Return the URL of the local server that ``DATA_DIR`` names."""
    lines = (Path(os.environ["DATA_DIR"]) / "local.env").read_text(encoding="utf-8")
    return dict(word.split("=", 1) for word in shlex.split(lines))["SLOTS_API"]


def _require_success(response: requests.Response) -> requests.Response:
    if not response.ok:
        message = (
            f"{response.request.method} {response.url}: {response.status_code} {response.text}"
        )
        raise ApiError(message)
    return response


def _is_done(response: requests.Response) -> bool:
    if response.status_code == requests.codes.conflict:
        return False
    _require_success(response)
    return True
