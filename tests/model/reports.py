"""What the search finds in each scenario as it is, with all safeguards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tests.model.scenarios import EVERY_SCENARIO
from tests.model.search import search

if TYPE_CHECKING:
    from tests.model.search import Report


@cache
def report_of(name: str) -> Report:
    """Return the report of the scenario of this name, which is searched once."""
    return search(EVERY_SCENARIO[name])
