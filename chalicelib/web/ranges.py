"""From which date to which a client asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.wall_time import LATEST_DATE
from chalicelib.web import inputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from chalice.app import Request

MAX_RANGE_DAYS = 31
_DEFAULT_RANGE_DAYS = 14


def parse_date_range(request: Request, today: Callable[[], date]) -> tuple[date, date]:
    """``from`` and ``to``, both included: by default today, and 13 days after ``from``.

    Raises ``Refused`` where that is no range, or one of more than 31 days.
    """
    sent_first, sent_last = (inputs.query(request, name) for name in ("from", "to"))
    first = inputs.parse_date(sent_first, "from") if sent_first else today()
    usual = min(first, LATEST_DATE - timedelta(days=_DEFAULT_RANGE_DAYS)) + timedelta(
        days=_DEFAULT_RANGE_DAYS - 1
    )
    last = inputs.parse_date(sent_last, "to") if sent_last else max(first, usual)
    if last < first:
        raise inputs.invalid_field("to", f"no earlier than from, {first}")
    if (last - first).days >= MAX_RANGE_DAYS:
        raise inputs.invalid_field("to", f"at most {MAX_RANGE_DAYS} days, {first} included")
    return first, last
