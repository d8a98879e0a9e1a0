"""``python -m tests.model`` searches every scenario; with a safeguard, shows what it prevents."""

from __future__ import annotations

import sys

from tests.model.reports import report_of
from tests.model.scenarios import COUNTER_EXAMPLES, SCENARIOS
from tests.model.search import search
from tests.model.table import Safeguard


def main(names: list[str]) -> int:
    """Print the counter-example of each safeguard, or without any the states of each scenario."""
    for name in names:
        safeguard = Safeguard[name]
        scenario = COUNTER_EXAMPLES[safeguard]
        report = search(SCENARIOS[scenario], frozenset({safeguard}))
        print(f"{scenario} without {name}\n{report.counter_example}")
    if names:
        return 0
    reports = {name: report_of(name) for name in SCENARIOS}
    for name, report in reports.items():
        print(f"{report.state_count:>6} states  {name}  {report.counter_example or ''}")
    return int(any(report.counter_example for report in reports.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
