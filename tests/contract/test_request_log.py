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
from chalicelib.web import request_log
from tests.an_issuer import MACHINE, PAGE
from tests.builders import MONDAY
from tests.contract.test_failures import SAVE
from tests.dynamodb_answers import CONFLICT, Raw, answer
from tests.site import FORM, id_of, path_of
from tests.unit.test_metrics import metrics_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.awsrequest import AWSPreparedRequest

    from tests.an_issuer import AnIssuer
    from tests.site import Answer, Site


@dataclass
class Log:
    """The lines of a site that logs its requests."""

    site: Site
    texts: list[str]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """All of them, read."""
        return [json.loads(text) for text in self.texts]

    def of(self, answer: Answer) -> dict[str, Any]:
        """The last one, which is of that answer, and the only one since the last time."""
        (line,) = self.lines
        self.texts.clear()
        assert line["status"] == answer.status
        return line


def logging(site: Site) -> Iterator[Log]:
    """As in a stage of the cloud."""
    texts: list[str] = []
    settings = structs.replace(site.services.settings, stage="prod", logs_requests=True)
    services = bootstrap.assemble(
        settings, now=site.clock, pause=lambda _attempt: None, log=texts.append
    )
    site.services = bootstrap.run(services)
    table.connect(settings.table_name, track_capacity=True)
    before = app.log.handlers[:], app.log.propagate
    request_log.redirect_framework_logs(app.log)
    yield Log(site, texts)
    app.log.handlers[:], app.log.propagate = before
    table.connect(settings.table_name)


def everything_else(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> list[str]:
    """What is printed, and what libraries log: Chalice, of whose records we make lines, apart.

    (pytest listens to every logger by itself, and would show its records here as they came.)
    """
    logged = [record.getMessage() for record in caplog.records if record.name != app.log.name]
    return [*capfd.readouterr(), *logged]


@pytest.fixture
def log(site: Site) -> Iterator[Log]:
    """Everybody acts as Dr Lee, who has two slots on Monday."""
    site.save("09:00", "09:30")
    yield from logging(site)


@pytest.fixture
def guarded_log(guarded: Site) -> Iterator[Log]:
    """People and machines sign in."""
    yield from logging(guarded)


def test_a_booking_leaves_one_line_that_says_how_it_went_and_what_it_cost(log: Log) -> None:
    log.site.slot("09:00")
    log.texts.clear()

    line = log.of(log.site.book("09:00"))

    del line["function_request_id"], line["_aws"], line["write_units"]
    assert line.pop("Latency") > 0
    assert line == {
        "level": "INFO",
        "at": "2026-11-22T12:00:00+00:00",
        "request_id": None,  # which API Gateway gives
        "method": "PUT",
        "route": "/slots/{slot_id}/booking",
        "caller": "admin+doctor",
        "doctor_id": "dr-lee",
        "status": 201,
        "outcome": "ok",
        "calls": {"TransactWriteItems": 1},
        "read_units": 0,
        "stage": "prod",
        "Bookings": 1,
    }


def consumed(capacity: object) -> Callable[[AWSPreparedRequest], AWSResponse]:
    """An answer of DynamoDB that says no more than that, and only if it is asked to."""

    def answer(request: AWSPreparedRequest) -> AWSResponse:
        assert isinstance(request.body, bytes)
        is_asked = json.loads(request.body)["ReturnConsumedCapacity"] == "TOTAL"
        body = json.dumps({"ConsumedCapacity": capacity} if is_asked else {}).encode()
        return AWSResponse("http://dynamodb", 200, {}, Raw(body))  # type: ignore[arg-type]

    return answer


def test_what_dynamodb_says_a_read_has_consumed_is_told(log: Log) -> None:
    with log.site.failing("GetItem", consumed({"TableName": "slots", "CapacityUnits": 1.5})):
        line = log.of(log.site.slot("09:00"))

    assert (line["read_units"], line["write_units"]) == (1.5, 0)


def test_what_dynamodb_says_a_transaction_has_consumed_is_told(log: Log) -> None:
    capacity = [{"TableName": "slots", "CapacityUnits": n} for n in (4, 1)]
    log.site.slot("09:00")
    log.texts.clear()

    with log.site.failing(SAVE, consumed(capacity)):
        line = log.of(log.site.hold("09:00"))

    assert (line["read_units"], line["write_units"]) == (0, 5)


def test_the_queries_of_a_search_are_counted_with_the_request_whose_threads_they_are(
    log: Log,
) -> None:
    found = log.site.get(
        "/availability?specialty=cardiology&from=2026-11-23&to=2026-12-06", Accept="text/json"
    )

    line = log.of(found)
    assert (line["route"], line["calls"]["Query"]) == ("/availability", 14)


def test_a_refusal_is_told_by_its_code(log: Log) -> None:
    log.site.book("09:00", "b-1")
    log.texts.clear()

    line = log.of(log.site.book("09:00", "b-2"))

    assert (line["status"], line["outcome"]) == (409, "slot_taken")
    found = metrics_of(line)
    del found["Latency", "prod"]
    assert found == {("Refusals", "prod"): 1, ("Refusals", "prod", "slot_taken"): 1}


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/doctors/nobody", "doctor_not_found"),
        ("GET", "/slots?doctor_id=nobody&date=2026-11-23", "doctor_not_found"),
        ("GET", "/static/nothing", "not_found"),
        ("PUT", "/availability", "method_not_allowed"),
        ("PUT", path_of("09:00") + "/hold", "unsupported_media_type"),
        ("GET", "/availability", "required"),
        ("GET", path_of("23:30"), "slot_not_found"),
    ],
)
def test_every_kind_of_refusal_has_a_code(log: Log, method: str, path: str, code: str) -> None:
    headers = {"Content-Type": "text/plain"} if method == "PUT" else {}

    line = log.of(log.site.request(method, path, headers=headers))

    assert line["outcome"] == code
    assert metrics_of(line)["Refusals", "prod", code] == 1
    assert line["route"] in app.routes


def test_an_id_that_nobody_is_known_by_is_not_repeated(log: Log) -> None:
    log.site.get("/doctors/nobody")
    log.site.put("/doctors/nobody", {"doctor_id": "nobody"})
    log.site.put("/slots/nobody~20261123T0900Z/hold", {})

    assert [line["doctor_id"] for line in log.lines] == [None, None, None]
    assert not [text for text in log.texts if "nobody" in text]


@pytest.mark.parametrize("kind", ["json", "form"])
def test_a_save_counts_once_however_often_it_is_sent(log: Log, kind: str) -> None:
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
            log.site.save("10:00", Idempotency_Key="once")
        else:
            log.site.post_form(fields, Accept="text/html")

    first, again = log.lines
    assert metrics_of(first)["Saves", "prod"] == 1
    assert ("Saves", "prod") not in metrics_of(again)
    assert (first["outcome"], again["outcome"]) == ("ok", "ok")


def test_a_form_that_changes_nothing_is_neither_a_save_nor_a_refusal(log: Log) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "idle",
    }

    line = log.of(log.site.post_form(fields, Accept="text/html", HX_Request="true"))

    assert line["outcome"] == "ok"
    assert metrics_of(line).keys() == {("Latency", "prod")}


def test_a_page_that_says_no_is_a_refusal_as_well(log: Log) -> None:
    fields: dict[str, object] = {
        "doctor_id": "dr-lee",
        "date": MONDAY.isoformat(),
        "version": "1",
        "request_id": "twice",
        "offered": ["20261123T0900Z"],
        "ticked": ["20261123T0900Z"],
    }

    line = log.of(log.site.post_form(fields, Accept="text/html", HX_Request="true"))

    assert (line["status"], line["outcome"]) == (400, "slot_exists")


def test_what_is_tried_again_is_counted(log: Log) -> None:
    with log.site.failing(SAVE, CONFLICT, CONFLICT):
        line = log.of(log.site.save("10:00"))

    assert metrics_of(line)["ConflictsRetried", "prod"] == 2
    assert line["calls"]["TransactWriteItems"] == 3


def test_a_bug_is_told_by_where_it_happened_and_not_by_what_it_says(
    log: Log, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with log.site.failing("GetItem", RuntimeError("of Mrs Smith, ref-1")):
        line = log.of(log.site.slot("10:00"))

    assert (line["status"], line["level"]) == (500, "ERROR")
    assert line["outcome"] == "internal_server_error"
    assert "builtins.RuntimeError" in line["bug"]
    assert [place for place in line["bug"] if "chalicelib/web/booking.py" in place]
    for said in (json.dumps(line), *everything_else(capfd, caplog)):
        assert "Mrs Smith" not in said


def test_of_an_error_of_aws_the_code_is_told(log: Log) -> None:
    with log.site.failing("GetItem", answer("ValidationException", message="of Mrs Smith")):
        line = log.of(log.site.slot("10:00"))

    assert line["status"] == 500
    assert [place for place in line["bug"] if place.endswith("ClientError: ValidationException")]
    assert "Mrs Smith" not in json.dumps(line)


def test_a_bug_in_what_is_said_about_one_is_told_in_a_line_of_its_own(log: Log) -> None:
    bug = RuntimeError("of Mrs Smith")

    app.log.error("Caught exception for path %s", "/slots", exc_info=bug)

    (line,) = log.lines
    assert line["level"] == "ERROR"
    assert line["bug"] == ["builtins.RuntimeError"]
    assert "Mrs Smith" not in json.dumps(line)


@pytest.mark.usefixtures("site")
def test_a_stage_that_is_a_laptops_leaves_no_lines(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    site.save("09:00")

    assert tuple(capfd.readouterr()) == ("", "")


def test_lines_go_to_standard_output_where_lambda_takes_them_from(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = structs.replace(site.services.settings, stage="prod", logs_requests=True)
    bootstrap.run(bootstrap.assemble(settings, now=site.clock))

    site.get("/health")

    (line,) = capfd.readouterr().out.splitlines()
    assert json.loads(line)["route"] == "/health"


@pytest.mark.parametrize(
    ("claims", "caller"),
    [
        (None, "nobody"),
        ({"username": "sam", "cognito:groups": ["delegate"], "client_id": PAGE}, "delegate"),
        ({"client_id": MACHINE, "scope": "slots/read slots/book"}, "booking-site+reader"),
    ],
)
def test_a_line_says_as_what_somebody_asks_and_not_who(
    guarded_log: Log, issuer: AnIssuer, claims: dict[str, Any] | None, caller: str
) -> None:
    sent = {"Authorization": f"Bearer {issuer.access_token(claims)}"} if claims else {}

    line = guarded_log.of(guarded_log.site.get("/doctors/dr-lee", **sent))

    assert line["caller"] == caller
    assert "sam" not in json.dumps(line)


SECRET = "s3cret"
BOOKING = ["holder", "booking_id", "patient_reference", "moves", "seconds", "slots", "start"]
DOCTOR = ["doctor_id", "name", "specialty", "location", "time_zone", "sessions", "delegates"]
PAGE_FORM = ["date", "version", "request_id", "shown", "offered", "ticked", "status"]
SEARCH = ["from", "to", "limit", "cursor", "part"]
SIGN_IN = ["state", "code", "error", "error_description"]
EVERYTHING = [*BOOKING, *DOCTOR, *PAGE_FORM, *SEARCH, *SIGN_IN]
HEADERS = ["Cookie", "Idempotency-Key", "If-Match", "Origin", "Referer", "User-Agent"]


def secrets(names: list[str]) -> dict[str, str]:
    """A secret of its own for each."""
    return {name: f"{SECRET}-{name}" for name in names}


def every_route() -> list[tuple[str, str]]:
    """Each with its method."""
    return [(method, path) for path, methods in app.routes.items() for method in methods]


def filled(path: str) -> list[str]:
    """That route with a secret as each part, and with those that would be found."""
    found = {"{doctor_id}": "dr-lee", "{slot_id}": id_of("09:00"), "{name}": "slots.css"}
    paths = {path, path}
    for name, value in found.items():
        paths = {
            p.replace(name, put) for p in paths for put in (value, f"{SECRET}-{name.strip('{}')}")
        }
    return sorted(paths)


@pytest.mark.parametrize("signs_in_as", ["nobody", "machine", "admin"])
def test_no_line_of_any_route_says_a_secret(
    guarded_log: Log,
    issuer: AnIssuer,
    signs_in_as: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Malformed as they are, most are refused: the next test has requests that are carried out."""
    known: dict[str, dict[str, Any]] = {
        "nobody": {},
        "machine": {"client_id": MACHINE, "scope": "slots/read slots/book"},
        "admin": {"username": f"{SECRET}-name", "cognito:groups": ["admin"], "client_id": PAGE},
    }
    claims = known[signs_in_as]
    token = issuer.access_token(claims) if claims else f"{SECRET}-token"
    headers = secrets(HEADERS) | {"Authorization": f"Bearer {token}"}
    query = urlencode(secrets(EVERYTHING))

    for method, route in every_route():
        for path in filled(route):
            for kind in ("application/json", FORM):
                body = json.dumps(secrets(EVERYTHING)) if "json" in kind else query
                for accept in ("application/json", "text/html"):
                    sent = {**headers, "Content-Type": kind, "Accept": accept}
                    for whole in (path, f"{path}?{query}"):
                        guarded_log.site.request(method, whole, body.encode(), sent)

    told = {(line["method"], line["route"]) for line in guarded_log.lines}
    assert told == set(every_route())
    for said in (*guarded_log.texts, *everything_else(capfd, caplog)):
        assert SECRET not in said
        assert token not in said


def test_no_line_says_a_secret_of_what_is_carried_out(
    log: Log, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    site = log.site
    holder, booking, patient = (f"{SECRET}-{name}" for name in ("holder", "booking", "patient"))
    body = {"booking_id": booking, "patient_reference": patient}

    answers = [
        site.save("10:00", Idempotency_Key=f"{SECRET}-key"),
        site.hold("09:00", holder),
        site.hold("09:00", "another"),
        site.put(f"{path_of('09:00')}/booking", {**body, "holder": holder}),
        site.book("09:00", "another"),
        site.put(f"{path_of('09:30')}/booking", {**body, "moves": id_of("09:00")}),
        site.cancel("09:30", "another"),
        site.cancel("09:30", booking),
        site.hold("09:30", holder),
        site.release("09:30", holder),
        site.configure(delegates=[f"{SECRET}-delegate"], name=f"{SECRET}-name"),
        site.get("/slots/history?doctor_id=dr-lee&date=2026-11-23"),
    ]

    statuses = [answer.status for answer in answers]
    assert statuses == [200, 200, 409, 201, 409, 201, 409, 204, 200, 204, 200, 200]
    assert len(log.texts) == len(answers) + 1  # configure reads before it writes
    for said in (*log.texts, *everything_else(capfd, caplog)):
        assert SECRET not in said
