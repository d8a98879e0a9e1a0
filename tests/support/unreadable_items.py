"""Items of Dr Lee that no release could have written, and the response to requests about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.app_client import AppClient, AppResponse

NINE = "2026-11-23T09:00Z"
MISSING: dict[str, Any] = {}
"""A change of an attribute that removes it."""


def change(client: AppClient, sk: str, name: str, value: dict[str, Any]) -> None:
    """Change an attribute of an item of Dr Lee; the process has cached nothing."""
    client.set_attribute("DOCTOR#dr-lee", sk, name, value or None)
    client.restart()


def is_clear_error(response: AppResponse) -> bool:
    """Return whether the response is a problem that says what is wrong."""
    return response.status == 500 and "can't read the stored data" in response.json["detail"]
