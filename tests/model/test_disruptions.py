"""No order of marks, liftings, announcements and rebookings breaks an invariant of disruptions."""

from __future__ import annotations

import pytest

from tests.model.disruption_scenarios import (
    COUNTER_EXAMPLES,
    INVARIANTS,
    SCENARIOS,
    find_violation,
)
from tests.model.disruptions import MarkSafeguard
from tests.model.search import search


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_order_keeps_marks_and_events_right(name: str) -> None:
    report = search(SCENARIOS[name], find=find_violation)

    assert report.counter_example is None, f"{name}\n{report.counter_example}"
    assert report.state_count > 10


@pytest.mark.parametrize("safeguard", MarkSafeguard)
def test_each_condition_left_out_has_counter_example(safeguard: MarkSafeguard) -> None:
    scenario = SCENARIOS[COUNTER_EXAMPLES[safeguard]]

    example = search(scenario, frozenset({safeguard}), find_violation).counter_example

    assert example is not None
    assert example.violation in INVARIANTS
