"""Every request as every kind of caller: what the table in docs/security.md says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app import app
from chalicelib.domain.caller import Need
from tests.contract.every_request import CALLERS, a_person, opened, send

if TYPE_CHECKING:
    from tests.an_issuer import AnIssuer
    from tests.site import Site

TABLE = Path(__file__).parents[2] / "docs" / "security.md"


def rows() -> list[tuple[str, dict[str, int]]]:
    """Each request of the table, with the status for each caller."""
    text = TABLE.read_text()
    table = text[text.index("| request |") :].partition("\n\n")[0]
    lines = table.splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, _, *body = cells
    return [(row[0], dict(zip(head[1:], map(int, row[1:]), strict=True))) for row in body]


@pytest.mark.parametrize("caller", list(CALLERS))
def test_each_caller_may_what_the_table_says(
    site: Site, guarded: Site, issuer: AnIssuer, caller: str
) -> None:
    claims = CALLERS[caller]
    bearer = {"Authorization": f"Bearer {issuer.access_token(claims)}"} if claims else {}
    opened(guarded, Authorization=f"Bearer {issuer.access_token(a_person('alex', 'admin'))}")

    told, expected = {}, {}
    for request, statuses in rows():
        told[request] = send(guarded, request, **bearer).status
        expected[request] = statuses[caller]

    assert told == expected


def test_every_route_names_what_it_needs_and_stands_in_the_table() -> None:
    routes = {
        f"{method} {path}": getattr(entry.view_function, "permission", None)
        for path, methods in app.routes.items()
        for method, entry in methods.items()
    }

    assert [route for route, need in routes.items() if need is None] == []
    closed = {route for route, need in routes.items() if need is not Need.NOTHING}
    assert closed == {request for request, statuses in rows() if statuses["nobody"] == 401}


def test_an_unknown_doctor_is_not_found_for_everyone_who_is_signed_in(
    guarded: Site, issuer: AnIssuer
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
    guarded: Site, issuer: AnIssuer, changed: dict[str, str]
) -> None:
    bearer = {"Authorization": f"Bearer {issuer.access_token(CALLERS['own'] or {})}"}
    settings = guarded.get("/doctors/dr-lee", **bearer).json

    assert guarded.put("/doctors/dr-lee", settings | changed, **bearer).status == 403
    assert guarded.put("/doctors/dr-lee", settings | {"lead_minutes": 5}, **bearer).status == 200


def test_who_has_no_role_is_let_in_nowhere(guarded: Site, issuer: AnIssuer) -> None:
    bearer = {"Authorization": f"Bearer {issuer.access_token(a_person('eve', 'visitors'))}"}

    assert guarded.get("/doctors", **bearer).status == 403
