"""The audit log of people, as the table has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.app_client import AppClient


def audit_entries(client: AppClient) -> list[dict[str, str]]:
    """Return the audit log of people, the oldest first."""
    items = [item for item in client.export() if item["PK"]["S"] == "AUDIT#~PEOPLE"]
    names = ("kind", "person", "by", "role", "client")
    return [{name: item[name]["S"] for name in names} for item in items]
