"""Model-based test of plans: broken off anywhere, repeated, stopped, lifted and undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.support.practice_states import PracticeStateMachine
from tests.support.profile import rounds

if TYPE_CHECKING:
    from chalicelib.services import Services


def test_plans_end_as_one_clean_run_does(services: Services) -> None:
    """And no booking is lost to them, or made in time off."""

    class OfThese(PracticeStateMachine):
        def __init__(self) -> None:
            super().__init__(services)

    runs = rounds(daily=3, nightly=500)
    run_state_machine_as_test(
        OfThese, settings=settings(max_examples=runs, stateful_step_count=25, deadline=None)
    )
