"""Data that the request log never has: names, secrets and messages of exceptions."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from app import app
from tests.support.app_client import FORM, make_slot_id, slot_path
from tests.support.dynamodb_responses import (
    dynamodb_response,
)
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, SERVICE_CLIENT_ID
from tests.support.profile import is_nightly
from tests.support.request_log import RequestLog, other_output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_unknown_doctor_id_is_not_logged(app_log: RequestLog) -> None:
    app_log.client.get("/doctors/dr-secret")
    app_log.client.put("/doctors/dr-secret", {"doctor_id": "dr-secret"})
    app_log.client.put("/slots/dr-secret~20261123T0900Z/hold", {})

    assert [entry["doctor_id"] for entry in app_log.entries] == [None, None, None]
    assert not [text for text in app_log.raw_lines if "dr-secret" in text]


def test_exception_is_logged_by_location_without_message(
    app_log: RequestLog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with app_log.client.inject_responses("GetItem", RuntimeError("of Mrs Smith, ref-1")):
        entry = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert (entry["status"], entry["level"]) == (500, "ERROR")
    assert entry["outcome"] == "internal_server_error"
    assert "builtins.RuntimeError" in entry["exception"]
    assert [frame for frame in entry["exception"] if "chalicelib/web/routes/bookings.py" in frame]
    for text in (json.dumps(entry), *other_output(capfd, caplog)):
        assert "Mrs Smith" not in text


def test_aws_error_code_is_logged(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        "GetItem", dynamodb_response("ValidationException", message="of Mrs Smith")
    ):
        entry = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert entry["status"] == 500
    assert [
        frame for frame in entry["exception"] if frame.endswith("ClientError: ValidationException")
    ]
    assert "Mrs Smith" not in json.dumps(entry)


def test_exception_in_error_handling_is_logged_separately(app_log: RequestLog) -> None:
    bug = RuntimeError("of Mrs Smith")

    app.log.error("Caught exception for path %s", "/slots", exc_info=bug)

    (entry,) = app_log.entries
    assert entry["level"] == "ERROR"
    assert entry["exception"] == ["builtins.RuntimeError"]
    assert "Mrs Smith" not in json.dumps(entry)


@pytest.mark.parametrize(
    ("claims", "caller_roles"),
    [
        (None, "anonymous"),
        (
            {"username": "sam", "cognito:groups": ["delegate"], "client_id": PAGE_CLIENT_ID},
            "delegate",
        ),
        (
            {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read slots/book"},
            "booking-site+reader",
        ),
    ],
)
def test_log_has_roles_not_names(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    claims: dict[str, Any] | None,
    caller_roles: str,
) -> None:
    sent = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}

    entry = authenticated_app_log.entry_for(
        authenticated_app_log.client.get("/doctors/dr-lee", **sent)
    )

    assert entry["caller_roles"] == caller_roles
    assert entry["client"] == (claims["client_id"] if claims else None)
    assert "sam" not in json.dumps(entry)


JSON = "application/json"


SECRET = "s3cret"


BOOKING_FIELDS = ["holder", "booking_id", "patient_reference", "moves", "seconds", "slots", "start"]


DOCTOR_FIELDS = ["doctor_id", "name", "specialty", "location", "time_zone", "sessions", "delegates"]


FORM_FIELDS = ["date", "version", "request_id", "shown", "offered", "ticked", "status"]


SEARCH_PARAMETERS = ["from", "to", "limit", "cursor", "part"]


SIGN_IN_PARAMETERS = ["state", "code", "error", "error_description"]


ALL_FIELDS = [
    *BOOKING_FIELDS,
    *DOCTOR_FIELDS,
    *FORM_FIELDS,
    *SEARCH_PARAMETERS,
    *SIGN_IN_PARAMETERS,
]


EVERY_KIND = [(JSON, JSON), (JSON, "text/html"), (FORM, JSON), (FORM, "text/html")]


HEADER_NAMES = ["Cookie", "Idempotency-Key", "If-Match", "Origin", "Referer", "User-Agent"]


def secret_values(names: list[str]) -> dict[str, str]:
    """Return a different secret for each name."""
    return {name: f"{SECRET}-{name}" for name in names}


def routes_of(caller: str) -> list[tuple[str, str]]:
    """Return the method and path of every route; by day, HEAD and OPTIONS of one caller alone."""
    return [
        (method, path)
        for path, methods in app.routes.items()
        for method in methods
        if is_nightly() or caller == "machine" or method not in {"HEAD", "OPTIONS"}
    ]


def fill_path(path: str) -> list[str]:
    """Return the path of a route with each parameter secret or existing, in all combinations."""
    existing = {"{doctor_id}": "dr-lee", "{slot_id}": make_slot_id("09:00"), "{name}": "slots.css"}
    paths = {path, path}
    for name, value in existing.items():
        paths = {
            p.replace(name, text) for p in paths for text in (value, f"{SECRET}-{name.strip('{}')}")
        }
    return sorted(paths)


def kinds_and_urls(*urls: str) -> Iterable[tuple[tuple[str, str], str]]:
    """Return what is sent and accepted with which URL: by day, each URL has one kind in turn."""
    if is_nightly():
        return product(EVERY_KIND, urls)
    first, second = EVERY_KIND[1:3]
    kinds = (first, second) if len(urls[0]) % 2 else (second, first)
    return zip(kinds, urls, strict=True)


@pytest.mark.parametrize("caller", ["anonymous", "machine", "admin"])
def test_no_route_logs_a_secret(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    caller: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Most of these requests are malformed and rejected; the next test has successful ones."""
    claims_by_caller: dict[str, dict[str, Any]] = {
        "anonymous": {},
        "machine": {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read slots/book"},
        "admin": {
            "username": f"{SECRET}-name",
            "cognito:groups": ["admin"],
            "client_id": PAGE_CLIENT_ID,
        },
    }
    claims = claims_by_caller[caller]
    token = oidc_provider.access_token(claims) if claims else f"{SECRET}-token"
    headers = secret_values(HEADER_NAMES) | {"Authorization": f"Bearer {token}"}
    query = urlencode(secret_values(ALL_FIELDS))

    for method, route in routes_of(caller):
        for path in fill_path(route):
            for (kind, accept), url in kinds_and_urls(path, f"{path}?{query}"):
                body = json.dumps(secret_values(ALL_FIELDS)) if kind == JSON else query
                sent = {**headers, "Content-Type": kind, "Accept": accept}
                authenticated_app_log.client.request(method, url, body.encode(), sent)

    logged = {(entry["method"], entry["route"]) for entry in authenticated_app_log.entries}
    assert logged == set(routes_of(caller))
    for text in (*authenticated_app_log.raw_lines, *other_output(capfd, caplog)):
        assert SECRET not in text
        assert token not in text


def test_no_successful_request_logs_a_secret(
    app_log: RequestLog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    client = app_log.client
    holder, booking, patient = (f"{SECRET}-{name}" for name in ("holder", "booking", "patient"))
    body = {"booking_id": booking, "patient_reference": patient}

    responses = [
        client.save("10:00", Idempotency_Key=f"{SECRET}-key"),
        client.hold("09:00", holder),
        client.hold("09:00", "another"),
        client.put(f"{slot_path('09:00')}/booking", {**body, "holder": holder}),
        client.book("09:00", "another"),
        client.put(f"{slot_path('09:30')}/booking", {**body, "moves": make_slot_id("09:00")}),
        client.cancel("09:30", "another"),
        client.cancel("09:30", booking),
        client.hold("09:30", holder),
        client.release("09:30", holder),
        client.update_doctor(delegates=[f"{SECRET}-delegate"], name=f"{SECRET}-name"),
        client.get("/slots/history?doctor_id=dr-lee&date=2026-11-23"),
    ]

    statuses = [response.status for response in responses]
    assert statuses == [200, 200, 409, 201, 409, 201, 409, 204, 200, 204, 200, 200]
    assert len(app_log.raw_lines) == len(responses) + 1  # update_doctor sends a GET and a PUT
    for text in (*app_log.raw_lines, *other_output(capfd, caplog)):
        assert SECRET not in text
