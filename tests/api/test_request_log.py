"""One line for each request: what it says, and what it never says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import AWSResponse
from msgspec import structs

from app import app
from chalicelib import bootstrap
from chalicelib.storage import table
from chalicelib.web.observability import request_log
from tests.support.app_client import FORM, make_slot_id, slot_path
from tests.support.dynamodb_responses import (
    SAVE_OPERATION,
    TRANSACTION_CONFLICT,
    RawBody,
    dynamodb_response,
)
from tests.support.embedded_metrics import parse_metrics
from tests.support.factories import MONDAY
from tests.support.fake_oidc_provider import PAGE_CLIENT_ID, SERVICE_CLIENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider


@dataclass
class RequestLog:
    """The lines of a site that logs its requests."""

    client: AppClient
    raw_lines: list[str]

    @property
    def entries(self) -> list[dict[str, Any]]:
        """All of them, read."""
        return [json.loads(text) for text in self.raw_lines]

    def entry_for(self, response: AppResponse) -> dict[str, Any]:
        """The last one, which is of that answer, and the only one since the last time."""
        (line,) = self.entries
        self.raw_lines.clear()
        assert line["status"] == response.status
        return line


def enable_request_log(client: AppClient) -> Iterator[RequestLog]:
    """As in a stage of the cloud."""
    texts: list[str] = []
    settings = structs.replace(client.services.settings, stage="prod", has_request_log=True)
    services = bootstrap.build_services(
        settings, now=client.clock, pause=lambda _attempt: None, log=texts.append
    )
    client.services = bootstrap.set_services(services)
    table.connect(settings.table_name, track_capacity=True)
    before = app.log.handlers[:], app.log.propagate
    request_log.redirect_framework_logs(app.log)
    yield RequestLog(client, texts)
    app.log.handlers[:], app.log.propagate = before
    table.connect(settings.table_name)


def other_output(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is printed, and what libraries log: Chalice, of whose records we make lines, apart.

    (pytest listens to every logger by itself, and would show its records here as they came.)
    """
    logged = [record.getMessage() for record in caplog.records if record.name != app.log.name]
    return [*capfd.readouterr(), *logged]


@pytest.fixture
def app_log(client: AppClient) -> Iterator[RequestLog]:
    """Everybody acts as Dr Lee, who has two slots on Monday."""
    client.save("09:00", "09:30")
    yield from enable_request_log(client)


@pytest.fixture
def authenticated_app_log(authenticated_client: AppClient) -> Iterator[RequestLog]:
    """People and machines sign in."""
    yield from enable_request_log(authenticated_client)


def test_booking_logs_one_entry_with_outcome_and_cost(
    app_log: RequestLog,
) -> None:
    app_log.client.get_slot("09:00")
    app_log.raw_lines.clear()

    line = app_log.entry_for(app_log.client.book("09:00"))

    del line["lambda_request_id"], line["_aws"], line["write_units"]
    assert line.pop("Latency") > 0
    assert line == {
        "level": "INFO",
        "timestamp": "2026-11-22T12:00:00+00:00",
        "request_id": None,  # which API Gateway gives
        "method": "PUT",
        "route": "/slots/{slot_id}/booking",
        "caller_roles": "admin+doctor",
        "doctor_id": "dr-lee",
        "status": 201,
        "outcome": "ok",
        "dynamodb_calls": {"TransactWriteItems": 1},
        "read_units": 0,
        "stage": "prod",
        "Bookings": 1,
    }


def capacity_response(capacity: object) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """An answer of DynamoDB that says no more than that, and only if it is asked to."""

    def answer(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        is_asked = json.loads(request.body)["ReturnConsumedCapacity"] == "TOTAL"
        body = json.dumps({"ConsumedCapacity": capacity} if is_asked else {}).encode()
        return AWSResponse("http://dynamodb", 200, {}, RawBody(body))  # type: ignore[arg-type]

    return answer


def test_log_has_consumed_read_capacity(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        "GetItem", capacity_response({"TableName": "slots", "CapacityUnits": 1.5})
    ):
        line = app_log.entry_for(app_log.client.get_slot("09:00"))

    assert (line["read_units"], line["write_units"]) == (1.5, 0)


def test_log_has_consumed_transaction_capacity(app_log: RequestLog) -> None:
    capacity = [{"TableName": "slots", "CapacityUnits": n} for n in (4, 1)]
    app_log.client.get_slot("09:00")
    app_log.raw_lines.clear()

    with app_log.client.inject_responses(SAVE_OPERATION, capacity_response(capacity)):
        line = app_log.entry_for(app_log.client.hold("09:00"))

    assert (line["read_units"], line["write_units"]) == (0, 5)


def test_parallel_search_queries_count_for_their_request(
    app_log: RequestLog,
) -> None:
    found = app_log.client.get(
        "/availability?specialty=cardiology&from=2026-11-23&to=2026-12-06", Accept="text/json"
    )

    line = app_log.entry_for(found)
    assert (line["route"], line["dynamodb_calls"]["Query"]) == ("/availability", 14)


def test_client_error_is_logged_by_code(app_log: RequestLog) -> None:
    app_log.client.book("09:00", "b-1")
    app_log.raw_lines.clear()

    line = app_log.entry_for(app_log.client.book("09:00", "b-2"))

    assert (line["status"], line["outcome"]) == (409, "slot_taken")
    found = parse_metrics(line)
    del found["Latency", "prod"]
    assert found == {("ClientErrors", "prod"): 1, ("ClientErrors", "prod", "slot_taken"): 1}


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

    line = app_log.entry_for(app_log.client.request(method, path, headers=headers))

    assert line["outcome"] == code
    assert parse_metrics(line)["ClientErrors", "prod", code] == 1
    assert line["route"] in app.routes


def test_unknown_doctor_id_is_not_logged(app_log: RequestLog) -> None:
    app_log.client.get("/doctors/nobody")
    app_log.client.put("/doctors/nobody", {"doctor_id": "nobody"})
    app_log.client.put("/slots/nobody~20261123T0900Z/hold", {})

    assert [line["doctor_id"] for line in app_log.entries] == [None, None, None]
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

    line = app_log.entry_for(
        app_log.client.post_form(fields, Accept="text/html", HX_Request="true")
    )

    assert line["outcome"] == "ok"
    assert parse_metrics(line).keys() == {("Latency", "prod")}


def test_rejected_form_counts_as_client_error(app_log: RequestLog) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "twice",
        "offered": ["20261123T0900Z"],
        "ticked": ["20261123T0900Z"],
    }

    line = app_log.entry_for(
        app_log.client.post_form(fields, Accept="text/html", HX_Request="true")
    )

    assert (line["status"], line["outcome"]) == (400, "slot_exists")


def test_retries_are_counted(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        SAVE_OPERATION, TRANSACTION_CONFLICT, TRANSACTION_CONFLICT
    ):
        line = app_log.entry_for(app_log.client.save("10:00"))

    assert parse_metrics(line)["ConflictsRetried", "prod"] == 2
    assert line["dynamodb_calls"]["TransactWriteItems"] == 3


def test_exception_is_logged_by_location_without_message(
    app_log: RequestLog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with app_log.client.inject_responses("GetItem", RuntimeError("of Mrs Smith, ref-1")):
        line = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert (line["status"], line["level"]) == (500, "ERROR")
    assert line["outcome"] == "internal_server_error"
    assert "builtins.RuntimeError" in line["exception"]
    assert [place for place in line["exception"] if "chalicelib/web/routes/bookings.py" in place]
    for said in (json.dumps(line), *other_output(capfd, caplog)):
        assert "Mrs Smith" not in said


def test_aws_error_code_is_logged(app_log: RequestLog) -> None:
    with app_log.client.inject_responses(
        "GetItem", dynamodb_response("ValidationException", message="of Mrs Smith")
    ):
        line = app_log.entry_for(app_log.client.get_slot("10:00"))

    assert line["status"] == 500
    assert [
        place for place in line["exception"] if place.endswith("ClientError: ValidationException")
    ]
    assert "Mrs Smith" not in json.dumps(line)


def test_exception_in_error_handling_is_logged_separately(app_log: RequestLog) -> None:
    bug = RuntimeError("of Mrs Smith")

    app.log.error("Caught exception for path %s", "/slots", exc_info=bug)

    (line,) = app_log.entries
    assert line["level"] == "ERROR"
    assert line["exception"] == ["builtins.RuntimeError"]
    assert "Mrs Smith" not in json.dumps(line)


@pytest.mark.usefixtures("client")
def test_local_stage_logs_nothing(client: AppClient, capfd: pytest.CaptureFixture[str]) -> None:
    client.save("09:00")

    assert tuple(capfd.readouterr()) == ("", "")


def test_log_entries_go_to_stdout(client: AppClient, capfd: pytest.CaptureFixture[str]) -> None:
    settings = structs.replace(client.services.settings, stage="prod", has_request_log=True)
    bootstrap.set_services(bootstrap.build_services(settings, now=client.clock))

    client.get("/health")

    (line,) = capfd.readouterr().out.splitlines()
    assert json.loads(line)["route"] == "/health"


@pytest.mark.parametrize(
    ("claims", "caller_roles"),
    [
        (None, "anonymous"),
        (
            {"username": "sam", "cognito:groups": ["delegate"], "client_id": PAGE_CLIENT_ID},
            "delegate",
        ),
        ({"client_id": SERVICE_CLIENT_ID, "scope": "slots/read slots/book"}, "booking-site+reader"),
    ],
)
def test_log_has_roles_not_names(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    claims: dict[str, Any] | None,
    caller_roles: str,
) -> None:
    sent = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}

    line = authenticated_app_log.entry_for(
        authenticated_app_log.client.get("/doctors/dr-lee", **sent)
    )

    assert line["caller_roles"] == caller_roles
    assert "sam" not in json.dumps(line)


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
    """A secret of its own for each."""
    return {name: f"{SECRET}-{name}" for name in names}


def all_routes() -> list[tuple[str, str]]:
    """Each with its method."""
    return [(method, path) for path, methods in app.routes.items() for method in methods]


def fill_path(path: str) -> list[str]:
    """That route with a secret as each part, and with those that would be found."""
    found = {"{doctor_id}": "dr-lee", "{slot_id}": make_slot_id("09:00"), "{name}": "slots.css"}
    paths = {path, path}
    for name, value in found.items():
        paths = {
            p.replace(name, put) for p in paths for put in (value, f"{SECRET}-{name.strip('{}')}")
        }
    return sorted(paths)


@pytest.mark.parametrize("signs_in_as", ["nobody", "machine", "admin"])
def test_no_route_logs_a_secret(
    authenticated_app_log: RequestLog,
    oidc_provider: FakeOidcProvider,
    signs_in_as: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Malformed as they are, most are refused: the next test has requests that are carried out."""
    known: dict[str, dict[str, Any]] = {
        "nobody": {},
        "machine": {"client_id": SERVICE_CLIENT_ID, "scope": "slots/read slots/book"},
        "admin": {
            "username": f"{SECRET}-name",
            "cognito:groups": ["admin"],
            "client_id": PAGE_CLIENT_ID,
        },
    }
    claims = known[signs_in_as]
    token = oidc_provider.access_token(claims) if claims else f"{SECRET}-token"
    headers = secret_values(HEADER_NAMES) | {"Authorization": f"Bearer {token}"}
    query = urlencode(secret_values(ALL_FIELDS))

    for method, route in all_routes():
        for path in fill_path(route):
            for kind in ("application/json", FORM):
                body = json.dumps(secret_values(ALL_FIELDS)) if "json" in kind else query
                for accept in ("application/json", "text/html"):
                    sent = {**headers, "Content-Type": kind, "Accept": accept}
                    for whole in (path, f"{path}?{query}"):
                        authenticated_app_log.client.request(method, whole, body.encode(), sent)

    told = {(line["method"], line["route"]) for line in authenticated_app_log.entries}
    assert told == set(all_routes())
    for said in (*authenticated_app_log.raw_lines, *other_output(capfd, caplog)):
        assert SECRET not in said
        assert token not in said


def test_no_successful_request_logs_a_secret(
    app_log: RequestLog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    site = app_log.client
    holder, booking, patient = (f"{SECRET}-{name}" for name in ("holder", "booking", "patient"))
    body = {"booking_id": booking, "patient_reference": patient}

    answers = [
        site.save("10:00", Idempotency_Key=f"{SECRET}-key"),
        site.hold("09:00", holder),
        site.hold("09:00", "another"),
        site.put(f"{slot_path('09:00')}/booking", {**body, "holder": holder}),
        site.book("09:00", "another"),
        site.put(f"{slot_path('09:30')}/booking", {**body, "moves": make_slot_id("09:00")}),
        site.cancel("09:30", "another"),
        site.cancel("09:30", booking),
        site.hold("09:30", holder),
        site.release("09:30", holder),
        site.update_doctor(delegates=[f"{SECRET}-delegate"], name=f"{SECRET}-name"),
        site.get("/slots/history?doctor_id=dr-lee&date=2026-11-23"),
    ]

    statuses = [answer.status for answer in answers]
    assert statuses == [200, 200, 409, 201, 409, 201, 409, 204, 200, 204, 200, 200]
    assert len(app_log.raw_lines) == len(answers) + 1  # configure reads before it writes
    for said in (*app_log.raw_lines, *other_output(capfd, caplog)):
        assert SECRET not in said
