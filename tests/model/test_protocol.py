"""No order of steps breaks an invariant, unless a safeguard is left out."""

from __future__ import annotations

import re

import pytest

from tests.model.invariants import INVARIANTS
from tests.model.reports import report_of
from tests.model.scenarios import (
    COUNTER_EXAMPLES,
    EVERY_SCENARIO,
    KNOWN_LIMITS,
    LONG_SCENARIOS,
    SCENARIOS,
)
from tests.model.search import search
from tests.model.table import Safeguard

# These requests must be rejected in every order.
REJECTED = {
    "move_for_another_patient": {"Ann b1 moves b1 from 09:00 to 10:00 for q"},
    "two_patients_swap": {"Ben b1 moves b1 from 10:00 to 09:00"},
    "day_that_lost_a_slot": {"Lee's save"},
}


@pytest.mark.parametrize(
    "name",
    [*SCENARIOS, *(pytest.param(name, marks=pytest.mark.nightly) for name in LONG_SCENARIOS)],
)
def test_every_order_keeps_the_invariants(name: str) -> None:
    scenario = EVERY_SCENARIO[name]

    report = report_of(name)

    assert report.counter_example is None, f"{name}\n{report.counter_example}"
    requests = {request for actor in scenario.actors for request in actor.requests}
    assert requests - report.effects == REJECTED.get(name, set())


@pytest.mark.parametrize("safeguard", Safeguard)
def test_each_safeguard_left_out_has_counter_example(safeguard: Safeguard) -> None:
    scenario = SCENARIOS[COUNTER_EXAMPLES[safeguard]]

    example = search(scenario, frozenset({safeguard})).counter_example

    assert example is not None
    _, *steps, last = str(example).splitlines()
    assert all(re.fullmatch(r"\d+\. [A-Z][a-z]+.* [a-z]+.*[^,.;: ]", step) for step in steps), steps
    assert last.removeprefix("Broken: ") in INVARIANTS.values()


@pytest.mark.parametrize("name", KNOWN_LIMITS)
def test_known_limit_has_counter_example(name: str) -> None:
    assert search(KNOWN_LIMITS[name]).counter_example is not None
