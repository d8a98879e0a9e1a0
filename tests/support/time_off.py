"""Take, lift and list time off of Dr Lee through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.factories import MONDAY
from tests.support.plans import PLANS, Json, apply

if TYPE_CHECKING:
    from datetime import date

    from tests.support.app_client import AppClient, AppResponse


def propose_time_off(
    client: AppClient,
    first: date | str = MONDAY,
    last: date | str | None = None,
    *,
    name: str = "Holiday",
    act: str = "stop",
) -> AppResponse:
    """Propose time off, by default on Monday."""
    to = first if last is None else last
    request = {"kind": "time_off", "from": str(first), "to": str(to), "name": name, "act": act}
    return client.post(PLANS, request)


def take_time_off(client: AppClient, *dates: date, **request: Any) -> Json:  # noqa: ANN401  those of propose_time_off
    """Propose and apply time off; return the plan."""
    response = propose_time_off(client, *dates, **request)
    assert response.status == 201, response.json
    return apply(client, response.json)


def lift(client: AppClient, time_off_id: str) -> Json:
    """Propose and apply to lift time off; return the plan."""
    response = client.post(PLANS, {"kind": "lift_time_off", "time_off_id": time_off_id})
    assert response.status == 201, response.json
    return apply(client, response.json)


def list_time_off(client: AppClient) -> list[Json]:
    """Return the time off that is not lifted."""
    listed: list[Json] = client.get("/doctors/dr-lee/time-off").json["time_off"]
    return listed


def make_closure(
    client: AppClient,
    first: date | str = MONDAY,
    last: date | str | None = None,
    name: str = "Closed",
) -> AppResponse:
    """Close the practice, by default on Monday."""
    to = first if last is None else last
    return client.post("/closures", {"from": str(first), "to": str(to), "name": name})
