"""The function's IAM policy allows exactly the DynamoDB calls that the code makes."""

from __future__ import annotations

import fnmatch
import re
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from app import app
from cloud import template
from cloud.package import PROJECT
from tests.support.all_routes import CALLERS, send_request
from tests.support.app_client import make_slot_id
from tests.support.booking_operations import BOOKING_OPERATIONS
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.factories import to_instant
from tests.support.page_session import PageSession
from tests.support.plan_operations import PLAN_OPERATIONS
from tests.support.webhooks import WEBHOOK_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

    Operation = Callable[[AppClient], AppResponse]

TABLE = "the table"
TRANSACTION_PERMISSIONS = {"ConditionCheck": "ConditionCheckItem"}
DAY_QUERY = "doctor_id=dr-lee&date=2026-11-23"


def _repeat_booking_of_begun_slot(client: AppClient) -> AppResponse:
    """Only of a slot that cannot be booked does the app read the record before it writes."""
    now, client.clock.now = client.clock.now, to_instant("10:00")
    response = client.book("10:00", "b-2")
    client.clock.now = now
    return response


def _save_week(client: AppClient) -> AppResponse:
    slots = [{"start": "09:00", "status": "free"}]
    days = [{"date": "2026-11-24", "slots": slots}]
    return client.post("/slots/week", {"doctor_id": "dr-lee", "days": days})


def _save_practice(client: AppClient) -> AppResponse:
    doctors = [{"doctor_id": "dr-lee", "slots": [{"start": "09:00", "status": "free"}]}]
    return client.post("/practice", {"date": "2026-11-25", "doctors": doctors})


# In an order in which each request succeeds.
def undo_save(client: AppClient) -> AppResponse:
    client.save("11:30")
    (change, *_) = client.get("/doctors/dr-lee/changes").json["changes"]
    return client.post("/slots/undo", {"change_id": change["change_id"]})


ROUTE_OPERATIONS: dict[str, Operation] = {
    "GET /": lambda client: client.get("/"),
    "GET /health": lambda client: client.get("/health"),
    "GET /openapi.json": lambda client: client.get("/openapi.json"),
    "GET /docs": lambda client: client.get("/docs"),
    "GET /static/{name}": lambda client: client.get("/static/slots.css"),
    "GET /signed-in": lambda client: client.get("/signed-in"),
    "GET /doctors": lambda client: client.get("/doctors?specialty=cardiology&location=London"),
    "GET /doctors/{doctor_id}": lambda client: client.get("/doctors/dr-lee"),
    "PUT /doctors/{doctor_id}": lambda client: client.update_doctor(lead_minutes=0),
    "POST /slots": lambda client: client.save("09:00", "09:30", "10:00", "10:30"),
    "POST /slots/undo": undo_save,
    "GET /slots": lambda client: client.get(f"/slots?{DAY_QUERY}", Accept="text/html"),
    "GET /slots/week": lambda client: client.get(f"/slots/week?{DAY_QUERY}"),
    "POST /slots/week": _save_week,
    "GET /practice": lambda client: client.get("/practice?date=2026-11-23"),
    "POST /practice": _save_practice,
    "GET /slots/month": lambda client: client.get("/slots/month?doctor_id=dr-lee&month=2026-11"),
    "GET /slots/history": lambda client: client.get(f"/slots/history?{DAY_QUERY}"),
    "GET /changes": lambda client: client.get("/changes?doctor_id=dr-lee"),
    "GET /settings": lambda client: client.get("/settings?doctor_id=dr-lee"),
    "GET /new-doctor": lambda client: client.get("/new-doctor"),
    "GET /new-delegate": lambda client: client.get("/new-delegate"),
    "POST /new-delegate": lambda client: send_request(client, "POST /new-delegate"),
    "POST /new-doctor": lambda client: send_request(client, "POST /new-doctor"),
    "POST /doctors/{doctor_id}/active": lambda client: send_request(
        client, "POST /doctors/{doctor_id}/active"
    ),
    "GET /doctors/{doctor_id}/changes": lambda client: client.get("/doctors/dr-lee/changes"),
    **{
        route: partial(send_request, route=route)
        for route in (
            "GET /fhir/metadata",
            "GET /fhir/{resource_type}",
            "POST /fhir/{resource_type}/{resource_id}",
            "GET /fhir/{resource_type}/{resource_id}",
            "GET /fhir/bulk-publish/{file}",
        )
    },
    **PLAN_OPERATIONS,
    "GET /availability": lambda client: client.get("/availability?specialty=cardiology"),
    "GET /doctors/{doctor_id}/slots": lambda client: client.get("/doctors/dr-lee/slots"),
    **BOOKING_OPERATIONS,
    **WEBHOOK_OPERATIONS,
}
# These call the identity provider, and exist only with one.
SIGN_IN_ROUTES = {
    "GET /sign-in",
    "GET /sign-in/callback",
    "POST /sign-out",
    "GET /account/password",
    "POST /account/password",
    "POST /people/{name}/sign-out",
    "DELETE /people/{name}",
    "GET /people",
    "GET /doctors/{doctor_id}/sign-in",
    "POST /doctors/{doctor_id}/sign-in",
}
# Further calls that some routes make for other input.
EXTRA_OPERATIONS: list[Operation] = [
    lambda client: client.save(closed=("10:30",)),
    lambda client: client.save("11:00", Idempotency_Key="once"),
    lambda client: client.get(f"/slots?{DAY_QUERY}&part=day", HX_Request="true"),
    lambda client: client.book("09:30", "b-2"),
    lambda client: client.book("10:00", "b-2", moves=make_slot_id("09:30")),
    lambda client: client.update_doctor(delegates=["kim", "sam"]),
    lambda client: client.update_doctor(delegates=["sam"]),
    _repeat_booking_of_begun_slot,
    lambda client: client.update_doctor(specialty="surgery", location="Leeds"),
    lambda client: client.put("/doctors/dr-new", client.get("/doctors/dr-lee").json | {
        "doctor_id": "dr-new"}),
]  # fmt: skip


class Request(NamedTuple):
    """What IAM decides on: an action, its table or index, and the partitions of its items."""

    action: str
    resource: str
    partitions: frozenset[str]


def split_requests(operation: str, params: dict[str, Any]) -> list[Request]:
    """Return the requests that IAM decides on in a call: each action of a transaction is one.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    if operation == TRANSACT_WRITE:
        return [
            Request(TRANSACTION_PERMISSIONS.get(name, f"{name}Item"), TABLE, partitions(action))
            for actions in params["TransactItems"]
            for name, action in actions.items()
        ]
    index = params.get("IndexName")
    return [Request(operation, f"{TABLE}/index/{index}" if index else TABLE, partitions(params))]


def partitions(params: dict[str, Any]) -> frozenset[str]:
    """Return the partition keys that a call or an action names."""
    if tables := params.get("RequestItems"):
        (table,) = tables.values()
        return frozenset(key["PK"]["S"] for key in table["Keys"])
    if key := params.get("Key") or params.get("Item"):
        return frozenset({key["PK"]["S"]})
    names, values = params["ExpressionAttributeNames"], params["ExpressionAttributeValues"]
    found = re.match(r"\(?(#\w+) = (:\w+)", params["KeyConditionExpression"])
    assert found is not None
    assert names[found[1]] in {"PK", "GSI1PK"}
    return frozenset({values[found[2]]["S"]})


class Statement(NamedTuple):
    """A statement of the function's policy that allows actions on partitions."""

    actions: frozenset[str]
    resource: str
    patterns: frozenset[str]

    def allows(self, request: Request) -> bool:
        """Evaluate it as IAM does, ``ForAllValues`` included."""
        return (
            request.action in self.actions
            and request.resource == self.resource
            and all(self.matches(partition) for partition in request.partitions)
        )

    def unused_patterns(self, requests: set[Request]) -> set[str]:
        """Return the patterns that no partition of the allowed requests matches."""
        partitions = {
            partition
            for request in requests
            if self.allows(request)
            for partition in request.partitions
        }
        return {pattern for pattern in self.patterns if not fnmatch.filter(partitions, pattern)}

    def matches(self, partition: str) -> bool:
        return any(fnmatch.fnmatchcase(partition, pattern) for pattern in self.patterns)


def read_statements() -> list[Statement]:
    """Return the statements about DynamoDB of the function's policy in the template."""
    role = template.load_fragments(PROJECT, "dev")["Resources"]["AppRole"]["Properties"]
    (policy,) = (each for each in role["Policies"] if each["PolicyName"] == "table")
    return [read_statement(statement) for statement in policy["PolicyDocument"]["Statement"]]


def read_statement(statement: dict[str, Any]) -> Statement:
    condition = statement.get("Condition")
    patterns = ["*"]
    if condition:
        patterns = condition["ForAllValues:StringLike"].pop("dynamodb:LeadingKeys")
        # Without it, ForAllValues allows a request that names no partition.
        assert condition == {
            "ForAllValues:StringLike": {},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    return Statement(
        frozenset(action.removeprefix("dynamodb:") for action in statement["Action"]),
        format_resource(statement["Resource"]),
        frozenset(patterns),
    )


def format_resource(resource: dict[str, Any]) -> str:
    """Return an ARN with the table's ARN replaced by ``TABLE``."""
    match resource:
        case {"Fn::GetAtt": ["Table", "Arn"]}:
            return TABLE
        case {"Fn::Sub": str(arn)}:
            return arn.replace("${Table.Arn}", TABLE)
    return str(resource)


def change_people(client: AppClient, oidc_provider: FakeOidcProvider) -> list[int]:
    """Sign in and out, and end the sessions of a person."""
    browser = PageSession(client, oidc_provider)
    admin = {"Authorization": f"Bearer {oidc_provider.access_token(CALLERS['admin'] or {})}"}
    return [
        browser.sign_in().status,
        browser.sign_out().status,
        client.request("POST", "/people/dr-lee/sign-out", b"", admin).status,
        client.request("DELETE", "/people/dr-lee", b"", admin).status,
    ]


def test_every_route_is_covered() -> None:
    routes = {
        f"{method} {path}"
        for path, methods in app.routes.items()
        for method in methods.keys() - {"HEAD", "OPTIONS"}  # the calls of GET, and none
    }

    assert {*ROUTE_OPERATIONS} | SIGN_IN_ROUTES == routes


@pytest.mark.parametrize("action", ["ConditionCheckItem", "DeleteItem", "UpdateItem"])
def test_iam_policy_protects_the_audit_log(action: str) -> None:
    statements = read_statements()

    for partition in ("AUDIT#dr-lee", "AUDIT#PEOPLE"):
        changed = Request(action, TABLE, frozenset({partition}))
        mixed = Request(action, TABLE, frozenset({partition, "DOCTOR#dr-lee"}))
        created = Request("PutItem", TABLE, frozenset({partition}))
        assert not any(statement.allows(changed) for statement in statements)
        assert not any(statement.allows(mixed) for statement in statements)
        assert any(statement.allows(created) for statement in statements)


def test_iam_policy_allows_exactly_the_calls_made(
    client: AppClient, oidc_provider: FakeOidcProvider, request: pytest.FixtureRequest
) -> None:
    calls: set[Request] = set()

    def record(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        calls.update(split_requests(model.name, params))

    with client.register_hook("before-parameter-build.dynamodb.*", record):
        statuses = {
            route: operation(client).status for route, operation in ROUTE_OPERATIONS.items()
        }
        extra_statuses = [operation(client).status for operation in EXTRA_OPERATIONS]
        # With sign-in, a delegate chooses among their doctors.
        authenticated_client: AppClient = request.getfixturevalue("authenticated_client")
        sam = {"Authorization": f"Bearer {oidc_provider.access_token(CALLERS['named'] or {})}"}
        picker_status = authenticated_client.get("/slots", Accept="text/html", **sam).status
        people_statuses = change_people(authenticated_client, oidc_provider)

    all_statuses = [*statuses.values(), *extra_statuses, picker_status, *people_statuses]
    assert max(all_statuses) < 400, (statuses, extra_statuses, picker_status, people_statuses)
    statements = read_statements()
    allowed = {call for call in calls if any(each.allows(call) for each in statements)}
    assert calls - allowed == set()
    used = {(call.action, call.resource) for call in calls}
    assert used == {(action, each.resource) for each in statements for action in each.actions}
    assert [each.unused_patterns(calls) for each in statements] == [set() for _ in statements]
