"""The request log: its fields, its metrics, and the data that it never has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from msgspec import structs

from app import app
from chalicelib import bootstrap
from tests.support.app_client import slot_path
from tests.support.dynamodb_responses import (
    TRANSACT_WRITE,
    TRANSACTION_CONFLICT,
    RawBody,
)
from tests.support.embedded_metrics import parse_metrics
from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import SERVICE_CLIENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider
    from tests.support.request_log import RequestLog


def test_booking_logs_one_entry_with_outcome_and_cost(
    app_log: RequestLog,
) -> None:
    app_log.client.get_slot("09:00")
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:00"))

    del entry["lambda_request_id"], entry["_aws"], entry["write_units"]
    assert entry.pop("Latency") > 0
    assert entry == {
        "level": "INFO",
        "timestamp": "2026-11-22T12:00:01+00:00",
        "request_id": None,  # set by API Gateway only
        "method": "PUT",
        "route": "/slots/{slot_id}/booking",
        "caller_roles": "admin+doctor",
        "subject": None,  # the local caller has none
        "client": "local",
        "doctor_id": "dr-lee",
        "slot_id": "dr-lee~20261123T0900Z",
        "status": 201,
        "outcome": "ok",
        "reason": None,
        "dynamodb_calls": {TRANSACT_WRITE: 1},
        "read_units": 0,
        "stage": "prod",
        "Bookings": 1,
    }


@pytest.mark.parametrize(
    ("claims", "status", "metric"),
    [
        (None, 401, "Unauthorized"),
        ({"client_id": SERVICE_CLIENT_ID, "scope": "slots/read"}, 403, "Forbidden"),
    ],
)
def test_rejected_callers_are_counted_by_status(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    claims: dict[str, Any] | None,
    status: int,
    metric: str,
) -> None:
    sent = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}

    entry = authenticated_app_log.entry_for(
        authenticated_app_log.client.get("/doctors/dr-lee/changes", **sent)
    )

    assert (entry["status"], parse_metrics(entry)[metric, "prod"]) == (status, 1)


def test_reason_of_refused_token_is_logged(
    authenticated_app_log: RequestLog, oidc_provider: FakeOidcProvider
) -> None:
    client = authenticated_app_log.client
    without = authenticated_app_log.entry_for(client.get("/doctors/dr-lee"))
    refused = authenticated_app_log.entry_for(
        client.get("/doctors/dr-lee", Authorization="Bearer forged")
    )

    assert without["reason"] == "no_credentials"
    assert refused["reason"] not in (None, "no_credentials")


def test_booking_site_is_logged_by_its_client_id(
    authenticated_app_log: RequestLog, oidc_provider: FakeOidcProvider
) -> None:
    claims = {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read"}
    token = oidc_provider.access_token(claims)

    entry = authenticated_app_log.entry_for(
        authenticated_app_log.client.get(slot_path("09:00"), Authorization=f"Bearer {token}")
    )

    assert (entry["client"], entry["slot_id"]) == (SERVICE_CLIENT_ID, "dr-lee~20261123T0900Z")


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
    assert (entry["route"], entry["dynamodb_calls"]["Query"]) == ("/availability", 14)


def test_holds_and_releases_are_logged_with_slot_and_client(app_log: RequestLog) -> None:
    held = app_log.entry_for(app_log.client.hold("09:00"))
    released = app_log.entry_for(app_log.client.release("09:00"))

    assert parse_metrics(held)["Holds", "prod"] == 1
    assert ("Holds", "prod") not in parse_metrics(released)
    for entry in (held, released):
        assert (entry["client"], entry["slot_id"]) == ("local", "dr-lee~20261123T0900Z")


def test_client_error_is_logged_by_code(app_log: RequestLog) -> None:
    app_log.client.book("09:00", "b-1")
    app_log.raw_lines.clear()

    entry = app_log.entry_for(app_log.client.book("09:00", "b-2"))

    assert (entry["status"], entry["outcome"]) == (409, "slot_taken")
    metrics = parse_metrics(entry)
    del metrics["Latency", "prod"]
    assert metrics == {
        ("Conflicts", "prod"): 1,
        ("ClientErrors", "prod"): 1,
        ("ClientErrors", "prod", "slot_taken"): 1,
    }


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/doctors/dr-who", "doctor_not_found"),
        ("GET", "/slots?doctor_id=dr-who&date=2026-11-23", "doctor_not_found"),
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

    entry = app_log.entry_for(app_log.client.request(method, path, b"x", headers))

    assert entry["outcome"] == code
    assert parse_metrics(entry)["ClientErrors", "prod", code] == 1
    assert entry["route"] in app.routes


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
    assert entry["dynamodb_calls"][TRANSACT_WRITE] == 3


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
