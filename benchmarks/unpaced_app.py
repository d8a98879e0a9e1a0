"""The app without the pauses of a step of a plan, which the baselines do not have.

They limit the rate of writes (``chalicelib.use_cases.pace``), and take no CPU time themselves, but
other processes run meanwhile, and what follows finds the processor's caches cold.
"""

from __future__ import annotations

import app as entry_point
from chalicelib.use_cases import pace

pace.WRITE_UNITS_PER_SECOND = 1_000_000
app = entry_point.app
