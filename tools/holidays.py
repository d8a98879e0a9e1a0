"""Public holidays as closures of the practice, for an admin to edit and import.

``python -m tools.holidays COUNTRY[-REGION] YEAR`` writes a line for each to standard output:
``from,to,name``. Countries and regions are those of ISO 3166: ``GB-ENG``, ``DE-BY``, ``US``.
"""

from __future__ import annotations

import csv
import sys
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date


def public_holidays(place: str, year: int) -> Iterator[tuple[date, str]]:
    """Yield date and name of each, in time order. Raises ``NotImplementedError`` for no place."""
    country, _, region = place.upper().partition("-")
    found = holidays.country_holidays(country, subdiv=region or None, years=year)
    yield from sorted(found.items())


def main(arguments: Sequence[str]) -> int:
    """Write the lines; return the status of the process."""
    try:
        place, year_text = arguments
        found = [*public_holidays(place, int(year_text))]
    except (NotImplementedError, ValueError):
        print("Usage: scripts/holidays COUNTRY[-REGION] YEAR, such as GB-ENG 2027", file=sys.stderr)
        return 2
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(["from", "to", "name"])
    lines.writerows([on.isoformat(), on.isoformat(), name] for on, name in found)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
