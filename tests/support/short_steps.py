"""Steps that end after some looks at the clock, as those of many dates do."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from chalicelib import bootstrap
from chalicelib.use_cases.pace import Pace

if TYPE_CHECKING:
    from chalicelib.services import Services
    from chalicelib.settings import Settings
    from tests.support.clock import Clock

DATES_PER_STEP = 10
"""So many dates are saved in a step: it ends after 20 looks at the clock, and each takes two."""


def build_services_with_short_steps(settings: Settings, clock: Clock) -> Services:
    """Build services on whose clock an eighth of a second passes between two looks."""
    looks = count()
    start_pace = partial(Pace, lambda: next(looks) / 8, lambda _seconds: None)
    return bootstrap.build_services(
        settings, now=clock, pause=lambda _attempt: None, start_pace=start_pace
    )
