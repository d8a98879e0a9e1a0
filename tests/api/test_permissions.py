"""Every route with every kind of caller, compared with docs/reference/permissions.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import app
from chalicelib.domain.permissions import Permission
from chalicelib.web.routes import ROUTERS
from tests.support.all_routes import CALLERS, open_slot, send_request, user_claims

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.fake_oidc_provider import FakeOidcProvider

SECURITY_GUIDE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"


def permission_rows() -> list[tuple[str, dict[str, int]]]:
    """Return the table's routes, each with the status by caller."""
    text = SECURITY_GUIDE.read_text()
    table = text[text.index("| request |") :].partition("\n\n")[0]
    lines = table.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, _, *body = cells
    return [(row[0], dict(zip(head[1:], map(int, row[1:]), strict=True))) for row in body]


@pytest.mark.parametrize("caller", list(CALLERS))
def test_each_caller_has_documented_permissions(
    client: AppClient, authenticated_client: AppClient, oidc_provider: FakeOidcProvider, caller: str
) -> None:
    claims = CALLERS[caller]
    bearer = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"} if claims else {}
    open_slot(
        authenticated_client,
        Authorization=f"Bearer {oidc_provider.access_token(user_claims('alex', 'admin'))}",
    )

    actual, expected = {}, {}
    for request, statuses in permission_rows():
        actual[request] = send_request(authenticated_client, request, **bearer).status
        expected[request] = statuses[caller]

    assert actual == expected


def test_every_route_declares_and_documents_its_permission() -> None:
    registered = {
        f"{method} {path}"
        for path, methods in app.routes.items()
        for method in methods.keys() - {"HEAD", "OPTIONS"}
    }
    permissions = {
        f"{route.method} {route.path}": route.permission
        for router in ROUTERS
        for route in router.routes
    }

    assert permissions.keys() == registered
    protected = {
        route for route, permission in permissions.items() if permission is not Permission.PUBLIC
    }
    assert protected == {
        request for request, statuses in permission_rows() if statuses["anonymous"] == 401
    }


def test_unknown_doctor_is_not_found_for_every_caller(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    for claims in filter(None, CALLERS.values()):
        bearer = {"Authorization": f"Bearer {oidc_provider.access_token(claims)}"}
        responses = [
            authenticated_client.get("/slots?doctor_id=dr-who&date=2026-11-23", **bearer),
            authenticated_client.get("/doctors/dr-who", **bearer),
            authenticated_client.get("/doctors/dr-who/slots", **bearer),
            authenticated_client.put(
                "/slots/dr-who~20261123T0900Z/hold", {"holder": "h", "seconds": 60}, **bearer
            ),
        ]
        assert [response.status for response in responses] == [404] * 4


@pytest.mark.parametrize(
    "changed", [{"name": "Dr M. Lee"}, {"specialty": "surgery"}, {"location": "Leeds"},
                {"time_zone": "Europe/Paris"}],
)  # fmt: skip
def test_doctor_cannot_change_own_name_and_place(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider, changed: dict[str, str]
) -> None:
    bearer = {"Authorization": f"Bearer {oidc_provider.access_token(CALLERS['own'] or {})}"}
    settings = authenticated_client.get("/doctors/dr-lee", **bearer).json

    assert authenticated_client.put("/doctors/dr-lee", settings | changed, **bearer).status == 403
    assert (
        authenticated_client.put("/doctors/dr-lee", settings | {"lead_minutes": 5}, **bearer).status
        == 200
    )


def test_caller_without_role_is_forbidden_everywhere(
    authenticated_client: AppClient, oidc_provider: FakeOidcProvider
) -> None:
    bearer = {
        "Authorization": f"Bearer {oidc_provider.access_token(user_claims('eve', 'visitors'))}"
    }

    assert authenticated_client.get("/doctors", **bearer).status == 403
