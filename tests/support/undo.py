"""Changes of Dr Lee's Monday, and their undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.factories import MONDAY

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse


def changes(client: AppClient) -> list[dict[str, Any]]:
    """Return the changes of Dr Lee's Monday, the newest first."""
    found: list[dict[str, Any]] = client.get(f"/doctors/dr-lee/changes?date={MONDAY}").json[
        "changes"
    ]
    return found


def undo(client: AppClient, change: dict[str, Any]) -> AppResponse:
    return client.post("/slots/undo", {"change_id": change["change_id"]})
