"""How much each test tries: the profile of this run.

``TEST_PROFILE`` is ``quick``, ``default`` (daily) or ``nightly``. A profile changes how many
rounds, examples and combinations a test has; tests marked ``nightly`` run in that profile alone.
"""

from __future__ import annotations

import os
from enum import StrEnum


class Profile(StrEnum):
    """The names that ``TEST_PROFILE`` may have."""

    QUICK = "quick"
    DEFAULT = "default"
    NIGHTLY = "nightly"


PROFILE = Profile(os.environ.get("TEST_PROFILE", Profile.DEFAULT))


def is_nightly() -> bool:
    """Return whether this run has the time for everything."""
    return PROFILE is Profile.NIGHTLY


def rounds(*, daily: int, nightly: int) -> int:
    """Return how often to repeat what the profile decides."""
    return nightly if is_nightly() else daily
