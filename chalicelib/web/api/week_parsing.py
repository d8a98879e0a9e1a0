"""Parse requests for weeks and months."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.local_time import MAX_DATE
from chalicelib.domain.month import week_dates
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.manage_slots import SaveRequest, compute_fingerprint
from chalicelib.web.api import week_schemas
from chalicelib.web.api.decoding import decode_json
from chalicelib.web.api.parsing import idempotency_key, parse_slot_change
from chalicelib.web.api.validators import invalid_field, parse_date, valid_doctor_id
from chalicelib.web.http.request import query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalice.app import Request

_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
# So that the whole week or month of each date exists.
_LAST_WEEK_DATE = MAX_DATE - timedelta(weeks=1)
_LAST_MONTH_DATE = MAX_DATE - timedelta(weeks=6)


def parse_week_date(text: str, name: str = "date") -> date:
    """A date whose whole week can be stored. Raises ``RequestRejectedError``."""
    return _require_not_after(_LAST_WEEK_DATE, parse_date(text, name), name)


def optional_week_date(request: Request, name: str = "date") -> date | None:
    """Such a date of the query; None if it is missing. Raises ``RequestRejectedError``."""
    text = query(request, name)
    return parse_week_date(text, name) if text else None


def optional_month(request: Request) -> date | None:
    """The first date of the ``month`` of the query; None if it is missing.

    Raises ``RequestRejectedError``.
    """
    text = query(request, "month")
    if text is None:
        return None
    if not _MONTH.fullmatch(text):
        raise invalid_field("month", Text("a month, as in 2026-11"))
    return _require_not_after(_LAST_MONTH_DATE, parse_date(f"{text}-01", "month"), "month")


def _require_not_after(last: date, parsed: date, name: str) -> date:
    if parsed > last:
        violation = FieldViolation(name, "invalid", Text("Choose an earlier date"))
        raise RequestRejectedError(violation)
    return parsed


def parse_save_week_json(request: Request) -> list[SaveRequest]:
    """``POST /slots/week``: a save of each date. Raises ``RequestRejectedError``, ``HttpError``.

    All have the key of the request and the fingerprint of all its dates, so that the key stands for
    the whole request.
    """
    sent, violations = decode_json(request, week_schemas.SaveWeekRequest)
    with violations:
        doctor_id = valid_doctor_id(sent.doctor_id)
    with violations:
        dates = _parse_dates(sent.days)
    with violations:
        request_id = idempotency_key(request)
    violations.raise_any()
    fingerprint = compute_fingerprint(
        (f"{day.date} {slot.start}", slot.status) for day in sent.days for slot in day.slots
    )
    return [
        SaveRequest(
            doctor_id=doctor_id,
            date=on,
            changes=tuple(parse_slot_change(slot.start, slot.status) for slot in day.slots),
            request_id=request_id,
            fingerprint=fingerprint,
        )
        for on, day in zip(dates, sent.days, strict=True)
    ]


def _parse_dates(days: Sequence[week_schemas.SaveDateRequest]) -> list[date]:
    """The dates: at least one, all different, and all of one week."""
    if not days:
        violation = FieldViolation("days", "nothing_to_save", Text("There is nothing to save"))
        raise RequestRejectedError(violation)
    dates = [parse_week_date(day.date, f"days[{n}].date") for n, day in enumerate(days)]
    if len(set(dates)) < len(dates):
        raise invalid_field("days", Text("each date once"))
    if not set(dates) <= set(week_dates(dates[0])):
        raise invalid_field("days", Text("dates of one week, Monday to Sunday"))
    return dates
