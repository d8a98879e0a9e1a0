"""Every request as every kind of caller: what the table in docs/security.md says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import app
from chalicelib.domain.permissions import Permission
from tests.contract.every_request import CALLERS, open_slot, send_request, user_claims

if TYPE_CHECKING:
    from tests.an_issuer import FakeOidcProvider
    from tests.site import AppClient

SECURITY_GUIDE = Path(__file__).parents[2] / "docs" / "security.md"


def permission_rows() -> list[tuple[str, dict[str, int]]]:
    """Each request of the table, with the status for each caller."""
    text = SECURITY_GUIDE.read_text()
    table = text[text.index("| request |") :].partition("\n\n")[0]
    lines = table.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, _, *body = cells
    return [(row[0], dict(zip(head[1:], map(int, row[1:]), strict=True))) for row in body]


@pytest.mark.parametrize("caller", list(CALLERS))
def test_each_caller_may_what_the_table_says(
    site: AppClient, guarded: AppClient, issuer: FakeOidcProvider, caller: str
) -> None:
    claims = CALLERS[caller]
    bearer = {"Authorization": f"Bearer {issuer.access_token(claims)}"} if claims else {}
    open_slot(guarded, Authorization=f"Bearer {issuer.access_token(user_claims('alex', 'admin'))}")

    told, expected = {}, {}
    for request, statuses in permission_rows():
        told[request] = send_request(guarded, request, **bearer).status
        expected[request] = statuses[caller]

    assert told == expected


def test_every_route_names_what_it_needs_and_stands_in_the_table() -> None:
    routes = {
        f"{method} {path}": getattr(entry.view_function, "permission", None)
        for path, methods in app.routes.items()
        for method, entry in methods.items()
    }

    assert [route for route, need in routes.items() if need is None] == []
    closed = {route for route, need in routes.items() if need is not Permission.PUBLIC}
    assert closed == {
        request for request, statuses in permission_rows() if statuses["nobody"] == 401
    }


def test_an_unknown_doctor_is_not_found_for_everyone_who_is_signed_in(
    guarded: AppClient, issuer: FakeOidcProvider
) -> None:
    for claims in filter(None, CALLERS.values()):
        bearer = {"Authorization": f"Bearer {issuer.access_token(claims)}"}
        answers = [
            guarded.get("/slots?doctor_id=dr-who&date=2026-11-23", **bearer),
            guarded.get("/doctors/dr-who", **bearer),
            guarded.get("/doctors/dr-who/slots", **bearer),
            guarded.put(
                "/slots/dr-who~20261123T0900Z/hold", {"holder": "h", "seconds": 60}, **bearer
            ),
        ]
        assert [answer.status for answer in answers] == [404] * 4


@pytest.mark.parametrize(
    "changed", [{"name": "Dr M. Lee"}, {"specialty": "surgery"}, {"location": "Leeds"},
                {"time_zone": "Europe/Paris"}],
)  # fmt: skip
def test_a_doctor_may_not_change_who_and_where_she_is(
    guarded: AppClient, issuer: FakeOidcProvider, changed: dict[str, str]
) -> None:
    bearer = {"Authorization": f"Bearer {issuer.access_token(CALLERS['own'] or {})}"}
    settings = guarded.get("/doctors/dr-lee", **bearer).json

    assert guarded.put("/doctors/dr-lee", settings | changed, **bearer).status == 403
    assert guarded.put("/doctors/dr-lee", settings | {"lead_minutes": 5}, **bearer).status == 200


def test_who_has_no_role_is_let_in_nowhere(guarded: AppClient, issuer: FakeOidcProvider) -> None:
    bearer = {"Authorization": f"Bearer {issuer.access_token(user_claims('eve', 'visitors'))}"}

    assert guarded.get("/doctors", **bearer).status == 403
