"""Series of Dr Lee on three Mondays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.factories import MONDAY
from tests.support.plans import Hours, open_times, series_json

if TYPE_CHECKING:
    from tests.support.app_client import AppClient
    from tests.support.plans import Json

WEEK = timedelta(weeks=1)
MONDAYS = [MONDAY + n * WEEK for n in range(3)]


def on_mondays(hours: Hours) -> Json:
    return series_json({"mon": hours}, last=MONDAYS[-1])


def opened(client: AppClient) -> list[list[str]]:
    """Return the open times of the three Mondays."""
    return [open_times(client, on) for on in MONDAYS]
