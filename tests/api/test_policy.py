"""The function's IAM policy allows exactly the DynamoDB calls that the code makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import app
from cloud import template
from cloud.package import PROJECT
from tests.support.all_routes import CALLERS
from tests.support.app_client import make_slot_id
from tests.support.dynamodb_responses import TRANSACT_WRITE
from tests.support.page_session import PageSession

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.support.app_client import AppClient, AppResponse
    from tests.support.fake_oidc_provider import FakeOidcProvider

    Operation = Callable[[AppClient], AppResponse]

TABLE = "the table"
DAY_QUERY = "doctor_id=dr-lee&date=2026-11-23"
# In an order in which each request succeeds.
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
    "GET /slots": lambda client: client.get(f"/slots?{DAY_QUERY}", Accept="text/html"),
    "GET /slots/history": lambda client: client.get(f"/slots/history?{DAY_QUERY}"),
    "GET /availability": lambda client: client.get("/availability?specialty=cardiology"),
    "GET /doctors/{doctor_id}/slots": lambda client: client.get("/doctors/dr-lee/slots"),
    "GET /slots/{slot_id}": lambda client: client.get_slot("09:00"),
    "PUT /slots/{slot_id}/hold": lambda client: client.hold("09:00"),
    "DELETE /slots/{slot_id}/hold": lambda client: client.release("09:00"),
    "PUT /slots/{slot_id}/booking": lambda client: client.book("09:00"),
    "DELETE /slots/{slot_id}/booking": lambda client: client.cancel("09:00"),
}
# These call the identity provider, and exist only with one.
SIGN_IN_ROUTES = {
    "GET /sign-in",
    "GET /sign-in/callback",
    "POST /sign-out",
    "POST /people/{name}/sign-out",
    "DELETE /people/{name}",
}
# Further calls that some routes make for other input.
EXTRA_OPERATIONS: list[Operation] = [
    lambda client: client.save(closed=("10:30",)),
    lambda client: client.save("11:00", Idempotency_Key="once"),
    lambda client: client.get(f"/slots?{DAY_QUERY}&part=day", HX_Request="true"),
    lambda client: client.book("09:30", "b-2"),
    lambda client: client.book("10:00", "b-2", moves=make_slot_id("09:30")),
    lambda client: client.update_doctor(delegates=["kim", "sam"]),
    lambda client: client.update_doctor(specialty="surgery", location="Leeds"),
    lambda client: client.put("/doctors/dr-new", client.get("/doctors/dr-lee").json | {
        "doctor_id": "dr-new"}),
]  # fmt: skip


def required_permissions(operation: str, params: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the permissions that a call needs; a transaction needs those of its actions.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    """
    if operation == TRANSACT_WRITE:
        actions = {name for action in params["TransactItems"] for name in action}
        permission_names = {"ConditionCheck": "ConditionCheckItem"}
        return {(permission_names.get(name, f"{name}Item"), TABLE) for name in actions}
    index = params.get("IndexName")
    return {(operation, f"{TABLE}/index/{index}" if index else TABLE)}


def granted_permissions() -> set[tuple[str, str]]:
    """Return the function's DynamoDB permissions in the template."""
    resources = template.load_fragments(PROJECT, "dev")["Resources"]
    role = resources["AppRole"]["Properties"]
    return {
        (action.removeprefix("dynamodb:"), format_resource(statement["Resource"]))
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
        if action.startswith("dynamodb:")
    }


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
        for method in methods.keys() - {"HEAD"}  # makes the calls of GET
    }

    assert {*ROUTE_OPERATIONS} | SIGN_IN_ROUTES == routes


def test_iam_policy_allows_exactly_the_calls_made(
    client: AppClient, oidc_provider: FakeOidcProvider, request: pytest.FixtureRequest
) -> None:
    calls: set[tuple[str, str]] = set()

    def record(params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        calls.update(required_permissions(model.name, params))

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
    assert calls == granted_permissions()
