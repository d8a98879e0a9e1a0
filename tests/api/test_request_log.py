"""The request log: its fields, its metrics, and the data that it never has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import AWSResponse
from msgspec import structs

from app import app
from chalicelib import bootstrap
from tests.support.app_client import FORM, make_slot_id, slot_path
from tests.support.dynamodb_responses import (
    TRANSACT_WRITE,
    TRANSACTION_CONFLICT,
    RawBody,
    dynamodb_response,
)
from tests.support.embedded_metrics import parse_metrics
from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, SERVICE_CLIENT_ID
from tests.support.request_log import RequestLog, other_output

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider


def test_booking_logs_one_entry_with_outcome_and_cost(
    app_log: RequestLog,
) -> None:
    app_log.client.get_slot("09:00")
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:00"))

    del entry["function_request_id"], entry["_aws"], entry["write_units"]
    assert entry.pop("Latency") > 0
    assert entry == {
        "level": "INFO",
        "at": "2026-11-22T12:00:00+00:00",
        "request_id": None,  # set by API Gateway only
        "method": "PUT",
        "route": "/slots/{slot_id}/booking",
        "caller": "admin+doctor",
        "doctor_id": "dr-lee",
        "status": 201,
        "outcome": "ok",
        "calls": {TRANSACT_WRITE: 1},
        "read_units": 0,
        "stage": "prod",
        "Bookings": 1,
    }


def capacity_response(capacity: object) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """Make a response with this consumed capacity, if the request asks for capacity."""

    def response(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        is_requested = json.loads(request.body)["ReturnConsumedCapacity"] == "TOTAL"
        body = json.dumps({"ConsumedCapacity": capacity} if is_requested else {}).encode()
        return AWSResponse("http://dynamodb", 200, {}, RawBody(body))  # type: ignore[arg-type]

    return response


def test_log_has_consumed_read_capacity(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        "GetItem", capacity_response({"TableName": "slots", "CapacityUnits": 1.5})
    ):
        entry = app_log.entry_for(app_log.client.get_slot("09:00"))

    assert (entry["read_units"], entry["write_units"]) == (1.5, 0)


def test_log_has_consumed_transaction_capacity(app_log: RequestLog) -> None:
    capacity = [{"TableName": "slots", "CapacityUnits": n} for n in (4, 1)]
    app_log.client.get_slot("09:00")
    app_log.raw_lines.clear()

    with app_log.client.inject_responses(TRANSACT_WRITE, capacity_response(capacity)):
        entry = app_log.entry_for(app_log.client.hold("09:00"))

    assert (entry["read_units"], entry["write_units"]) == (0, 5)


def test_parallel_search_queries_count_for_their_request(
    app_log: RequestLog,
) -> None:
    response = app_log.client.get(
        "/availability?specialty=cardiology&from=2026-11-23&to=2026-12-06", Accept="text/json"
    )

    entry = app_log.entry_for(response)
    assert (entry["route"], entry["calls"]["Query"]) == ("/availability", 14)


def test_client_error_is_logged_by_code(app_log: RequestLog) -> None:
    app_log.client.book("09:00", "b-1")
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:00", "b-2"))

    assert (entry["status"], entry["outcome"]) == (409, "slot_taken")
    metrics = parse_metrics(entry)
    del metrics["Latency", "prod"]
    assert metrics == {("Refusals", "prod"): 1, ("Refusals", "prod", "slot_taken"): 1}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/doctors/nobody", "doctor_not_found"),
        ("GET", "/slots?doctor_id=nobody&date=2026-11-23", "doctor_not_found"),
        ("GET", "/static/nothing", "not_found"),
        ("PUT", "/availability", "method_not_allowed"),
        ("PUT", slot_path("09:00") + "/hold", "unsupported_media_type"),
        ("GET", "/availability", "required"),
        ("GET", slot_path("23:30"), "slot_not_found"),
    ],
)
def test_every_client_error_has_a_code(
    app_log: RequestLog, method: str, path: str, code: str
) -> None:
    headers = {"Content-Type": "text/plain"} if method == "PUT" else {}

    entry = app_log.entry_for(app_log.client.request(method, path, headers=headers))

    assert entry["outcome"] == code
    assert parse_metrics(entry)["Refusals", "prod", code] == 1
    assert entry["route"] in app.routes


def test_unknown_doctor_id_is_not_logged(app_log: RequestLog) -> None:
    app_log.client.get("/doctors/nobody")
    app_log.client.put("/doctors/nobody", {"doctor_id": "nobody"})
    app_log.client.put("/slots/nobody~20261123T0900Z/hold", {})

    assert [entry["doctor_id"] for entry in app_log.entries] == [None, None, None]
    assert not [text for text in app_log.raw_lines if "nobody" in text]


@pytest.mark.parametrize("kind", ["json", "form"])
def test_repeated_save_counts_once(app_log: RequestLog, kind: str) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "once",
        "offered": ["20261123T1000Z"],
        "ticked": ["20261123T1000Z"],
    }
    for _ in range(2):
        if kind == "json":
            app_log.client.save("10:00", Idempotency_Key="once")
        else:
            app_log.client.post_form(fields, Accept="text/html")

    first, again = app_log.entries
    assert parse_metrics(first)["Saves", "prod"] == 1
    assert ("Saves", "prod") not in parse_metrics(again)
    assert (first["outcome"], again["outcome"]) == ("ok", "ok")


def test_noop_form_counts_as_neither_save_nor_error(app_log: RequestLog) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "idle",
    }

    entry = app_log.entry_for(
        app_log.client.post_form(fields, Accept="text/html", HX_Request="true")
    )

    assert entry["outcome"] == "ok"
    assert parse_metrics(entry).keys() == {("Latency", "prod")}


def test_rejected_form_counts_as_client_error(app_log: RequestLog) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "twice",
        "offered": ["20261123T0900Z"],
        "ticked": ["20261123T0900Z"],
    }

    entry = app_log.entry_for(
        app_log.client.post_form(fields, Accept="text/html", HX_Request="true")
    )

    assert (entry["status"], entry["outcome"]) == (400, "slot_exists")


def test_retries_are_counted(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        TRANSACT_WRITE, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT
    ):
        entry = app_log.entry_for(app_log.client.save("10:00"))

    assert parse_metrics(entry)["ConflictsRetried", "prod"] == 2
    assert entry["calls"][TRANSACT_WRITE] == 3


def test_exception_is_logged_by_location_without_message(
    app_log: RequestLog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with app_log.client.inject_responses("GetItem", RuntimeError("of Mrs Smith, ref-1")):
        entry = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert (entry["status"], entry["level"]) == (500, "ERROR")
    assert entry["outcome"] == "internal_server_error"
    assert "builtins.RuntimeError" in entry["bug"]
    assert [frame for frame in entry["bug"] if "chalicelib/web/routes/bookings.py" in frame]
    for text in (json.dumps(entry), *other_output(capfd, caplog)):
        assert "Mrs Smith" not in text


def test_aws_error_code_is_logged(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        "GetItem", dynamodb_response("ValidationException", message="of Mrs Smith")
    ):
        entry = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert entry["status"] == 500
    assert [frame for frame in entry["bug"] if frame.endswith("ClientError: ValidationException")]
    assert "Mrs Smith" not in json.dumps(entry)


def test_exception_in_error_handling_is_logged_separately(app_log: RequestLog) -> None:
    bug = RuntimeError("of Mrs Smith")

    app.log.error("Caught exception for path %s", "/slots", exc_info=bug)

    (entry,) = app_log.entries
    assert entry["level"] == "ERROR"
    assert entry["bug"] == ["builtins.RuntimeError"]
    assert "Mrs Smith" not in json.dumps(entry)


@pytest.mark.usefixtures("client")
def test_local_stage_logs_nothing(client: AppClient, capfd: pytest.CaptureFixture[str]) -> None:
    client.save("09:00")

    assert tuple(capfd.readouterr()) == ("", "")


def test_log_entries_go_to_stdout(client: AppClient, capfd: pytest.CaptureFixture[str]) -> None:
    settings = structs.replace(client.services.settings, stage="prod", has_request_log=True)
    bootstrap.set_services(bootstrap.build_services(settings, now=client.clock))

    client.get("/health")

    (entry,) = capfd.readouterr().out.splitlines()
    assert json.loads(entry)["route"] == "/health"


@pytest.mark.parametrize(
    ("claims", "caller"),
    [
        (None, "nobody"),
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
    caller: str,
) -> None:
    sent = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}

    entry = authenticated_app_log.entry_for(
        authenticated_app_log.client.get("/doctors/dr-lee", **sent)
    )

    assert entry["caller"] == caller
    assert "sam" not in json.dumps(entry)


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
HEADER_NAMES = ["Cookie", "Idempotency-Key", "If-Match", "Origin", "Referer", "User-Agent"]


def secret_values(names: list[str]) -> dict[str, str]:
    """Return a different secret for each name."""
    return {name: f"{SECRET}-{name}" for name in names}


def all_routes() -> list[tuple[str, str]]:
    """Return the method and path of every route."""
    return [(method, path) for path, methods in app.routes.items() for method in methods]


def fill_path(path: str) -> list[str]:
    """Return the path of a route with each parameter secret or existing, in all combinations."""
    existing = {"{doctor_id}": "dr-lee", "{slot_id}": make_slot_id("09:00"), "{name}": "slots.css"}
    paths = {path, path}
    for name, value in existing.items():
        paths = {
            p.replace(name, text) for p in paths for text in (value, f"{SECRET}-{name.strip('{}')}")
        }
    return sorted(paths)


@pytest.mark.parametrize("caller", ["nobody", "machine", "admin"])
def test_no_route_logs_a_secret(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    caller: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Most of these requests are malformed and rejected; the next test has successful ones."""
    claims_by_caller: dict[str, dict[str, Any]] = {
        "nobody": {},
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

    for method, route in all_routes():
        for path in fill_path(route):
            for kind in ("application/json", FORM):
                body = json.dumps(secret_values(ALL_FIELDS)) if "json" in kind else query
                for accept in ("application/json", "text/html"):
                    sent = {**headers, "Content-Type": kind, "Accept": accept}
                    for url in (path, f"{path}?{query}"):
                        authenticated_app_log.client.request(method, url, body.encode(), sent)

    logged = {(entry["method"], entry["route"]) for entry in authenticated_app_log.entries}
    assert logged == set(all_routes())
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
