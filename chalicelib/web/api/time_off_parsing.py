"""Parse requests about time off: whole dates, or the hours between two instants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.names import trim_name
from chalicelib.domain.plan_errors import TimeOffNotFoundError
from chalicelib.domain.text import Text
from chalicelib.domain.time_off import TimeOffAct
from chalicelib.use_cases.propose_time_off import TimeOffRequest
from chalicelib.web.api.fields import KEY_PATTERN
from chalicelib.web.api.validators import invalid_field, parse_date, to_instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.web.api import plan_schemas
    from chalicelib.web.api.decoding import Violations

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_ID = re.compile(KEY_PATTERN)
T = TypeVar("T")


def parse_time_off(sent: plan_schemas.PlanRequest, violations: Violations) -> TimeOffRequest:
    """Time off as a plan requests it. Raises ``RequestRejectedError`` with all that is wrong."""
    name, acts = trim_name(sent.name or ""), list[TimeOffAct]()
    with violations:
        acts.append(_parse_act(sent.act or ""))
    if _is_instant(sent.from_ or "") or _is_instant(sent.to or ""):
        hours = _parse_both(sent, _parse_instant, violations)
        return TimeOffRequest(name=name, act=acts[0], hours=hours)
    dates = _parse_both(sent, parse_date, violations)
    return TimeOffRequest(name=name, act=acts[0], dates=dates)


def _parse_both(
    sent: plan_schemas.PlanRequest, parse: Callable[[str, str], T], violations: Violations
) -> tuple[T, T]:
    """Parse ``from`` and ``to``. Raises ``RequestRejectedError`` with everything that is wrong."""
    parsed: list[T] = []
    for name, text in (("from", sent.from_), ("to", sent.to)):
        with violations:
            parsed.append(parse(text or "", name))
    violations.raise_any()
    first, last = parsed
    return first, last


def parse_time_off_id(text: str) -> str:
    """The id of time off. Raises ``TimeOffNotFoundError`` if none can have it."""
    if _ID.fullmatch(text):
        return text
    raise TimeOffNotFoundError


def _is_instant(text: str) -> bool:
    return _INSTANT.fullmatch(text) is not None


def _parse_instant(text: str, name: str) -> datetime:
    instant = to_instant(text) if _is_instant(text) else None
    if instant is None:
        raise invalid_field(name, Text("two dates, or two instants in RFC 3339 with an offset"))
    return instant


def _parse_act(text: str) -> TimeOffAct:
    try:
        return TimeOffAct(text)
    except ValueError:
        raise invalid_field("act", Text("one of %(kinds)s", kinds=", ".join(TimeOffAct))) from None
