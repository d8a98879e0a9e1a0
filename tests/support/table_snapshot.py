"""The app on MiniStack, and a table that is laid out anew in two calls."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.app_client import AppClient, Clock

    RawItem = dict[str, Any]


@dataclass
class TableSnapshot:
    """A table that can be brought back to how it was when a scene had been set on it."""

    client: AppClient
    items: Sequence[RawItem]

    def restore(self) -> AppClient:
        """The scene, and the app as a process that has just started."""
        self.client.restore(self.items)
        self.client.services = bootstrap.set_services(_create_services(self.client.clock))
        return self.client


def _create_services(clock: Clock) -> bootstrap.Services:
    return bootstrap.build_services(
        Settings.from_env(os.environ), now=clock, pause=lambda _attempt: None
    )
