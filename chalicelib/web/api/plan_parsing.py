"""Parse requests about series and plans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import msgspec
from msgspec import UNSET

from chalicelib import request_context
from chalicelib.domain import local_time
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.names import trim_name
from chalicelib.domain.plan import PlanState
from chalicelib.domain.plan_errors import PlanNotFoundError, SeriesNotFoundError
from chalicelib.domain.series import TimeRange, validate_series
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.use_cases.propose_series import SeriesRequest
from chalicelib.web.api import plan_schemas
from chalicelib.web.api.change_parsing import valid_change_id
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.fields import KEY_PATTERN, STEP_DAYS, WEEKDAYS
from chalicelib.web.api.import_parsing import (
    decode_csv,
    parse_import_csv,
    parse_imported_days,
)
from chalicelib.web.api.time_off_parsing import parse_time_off, parse_time_off_id
from chalicelib.web.api.validators import invalid_field, parse_date
from chalicelib.web.http.request import CSV, MAX_IMPORT_BYTES, body, media_type, query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, timedelta

    from chalice.app import Request

    from chalicelib.domain.audit_log import ChangeId
    from chalicelib.domain.imports import ImportedStarts
    from chalicelib.domain.series import SeriesViolation
    from chalicelib.use_cases.propose_time_off import TimeOffRequest

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00", re.ASCII)
_ID = re.compile(KEY_PATTERN)
_KINDS = ("series", "import", "undo", "time_off", "lift_time_off", "hours")
_MEMBERS_OF_SERIES = {"last": "to"}


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of plan; ``replaces_open`` is that of new hours, ``lifted`` that of time off."""

    series: SeriesRequest | None = None
    ended: tuple[str, date] | None = None
    imported: ImportedStarts | None = None
    undone_plan: str | None = None
    undone_change: ChangeId | None = None
    time_off: TimeOffRequest | None = None
    lifted: str | None = None
    replaces_open: bool = False


def parse_plan_request(request: Request, doctor_id: str) -> PlanRequest:
    """``POST /doctors/{doctor_id}/plans``. Raises ``RequestRejectedError``, ``HttpError``."""
    if media_type(request) == CSV:
        return PlanRequest(imported=parse_import_csv(decode_csv(body(request, MAX_IMPORT_BYTES))))
    sent, violations = decode_json(request, plan_schemas.PlanRequest, MAX_IMPORT_BYTES)
    with violations:
        _require_members_of_kind(sent)
    if isinstance(sent.series, plan_schemas.RequestedSeries):
        series = parse_requested_series(sent.series, sent.series_id, violations)
        return PlanRequest(series=series)
    if sent.kind == "time_off":
        return PlanRequest(time_off=parse_time_off(sent, violations))
    violations.raise_any()
    if sent.days is not None:
        return PlanRequest(imported=parse_imported_days(sent.days))
    return _parse_reference(sent, doctor_id)


def _parse_reference(sent: plan_schemas.PlanRequest, doctor_id: str) -> PlanRequest:
    """Parse what is about something that is stored."""
    match sent.kind:
        case "hours":
            return PlanRequest(replaces_open=True)
        case "lift_time_off":
            return PlanRequest(lifted=parse_time_off_id(sent.time_off_id or ""))
        case "series":
            return _parse_end(sent)
        case _:
            return _parse_undo(sent, doctor_id)


_MEMBERS = (
    "series_id",
    "series",
    "from_",
    "days",
    "plan_id",
    "change_id",
    "to",
    "name",
    "act",
    "time_off_id",
)
_ALLOWED = {
    "series": {"series_id", "series"},
    "end": {"series_id", "from_"},
    "import": {"days"},
    "undo": {"plan_id", "change_id"},
    "time_off": {"from_", "to", "name", "act"},
    "lift_time_off": {"time_off_id"},
    "hours": set(),
}

_REQUIRED: dict[str, tuple[str, ...]] = {
    "series": (),
    "import": ("days",),
    "time_off": ("from_", "to", "name", "act"),
    "lift_time_off": ("time_off_id",),
    "hours": (),
}


def _require_members_of_kind(sent: plan_schemas.PlanRequest) -> None:
    """Raise ``RequestRejectedError`` for another kind, or a member that the kind does not have."""
    if sent.kind not in _KINDS:
        raise invalid_field("kind", Text("one of %(kinds)s", kinds=", ".join(_KINDS)))
    if sent.kind == "series" and sent.series is UNSET:
        raise RequestRejectedError(FieldViolation.required("series"))
    allowed = _ALLOWED["end" if sent.kind == "series" and sent.series is None else sent.kind]
    unknown = [
        FieldViolation.unknown(name.rstrip("_"))
        for name in _MEMBERS
        if name not in allowed and getattr(sent, name) not in (None, UNSET)
    ]
    missing = [FieldViolation.required(name) for name in _missing(sent)]
    if unknown or missing:
        raise RequestRejectedError(*unknown, *missing)
    if sent.series_id is not None and not _ID.fullmatch(sent.series_id):
        raise invalid_field("series_id", Text("the series_id of a series"))


def _missing(sent: plan_schemas.PlanRequest) -> list[str]:
    if sent.kind == "series" and sent.series is None:
        end = {"series_id": sent.series_id, "from": sent.from_}
        return [name for name, value in end.items() if value is None]
    if sent.kind in _REQUIRED:
        missing = (name for name in _REQUIRED[sent.kind] if getattr(sent, name) is None)
        return [name.rstrip("_") for name in missing]
    return [] if sent.plan_id is not None or sent.change_id is not None else ["plan_id"]


def plan_id_from_path(text: str) -> str:
    """A plan's id in a path. Raises ``PlanNotFoundError`` if no plan can have it."""
    if _ID.fullmatch(text):
        return text
    _forget_doctor()
    raise PlanNotFoundError


def series_id_from_path(text: str) -> str:
    """A series' id in a path. Raises ``SeriesNotFoundError`` if no series can have it."""
    if _ID.fullmatch(text):
        return text
    _forget_doctor()
    raise SeriesNotFoundError


def _forget_doctor() -> None:
    """Leave the doctor out of the log: they may not exist."""
    request_context.current_request().doctor_id = None


def parse_state(request: Request) -> PlanState | None:
    """The ``state`` of the query; None if it is missing. Raises ``RequestRejectedError``."""
    text = query(request, "state")
    if text is None:
        return None
    try:
        return PlanState(text)
    except ValueError:
        expected = Text("one of %(kinds)s", kinds=", ".join(PlanState))
        raise invalid_field("state", expected) from None


def parse_only_applied(request: Request) -> bool:
    """Whether the ``days`` of the query are those that a step applied, not all of the plan.

    Raises ``RequestRejectedError``.
    """
    text = query(request, "days")
    if text not in (None, *STEP_DAYS):
        raise invalid_field("days", Text("one of %(kinds)s", kinds=", ".join(STEP_DAYS)))
    return text == "applied"


def parse_requested_series(
    sent: plan_schemas.RequestedSeries, series_id: str | None, violations: Violations
) -> SeriesRequest:
    """A series. Raises ``RequestRejectedError`` with everything that is wrong."""
    violations, dates = violations.within("series"), Violations().within("series")
    name, first, last, malformed = trim_name(sent.name), None, None, list[FieldViolation]()
    with dates:
        first = parse_date(sent.from_, "series.from")
    with dates:
        last = None if sent.to is None else parse_date(sent.to, "series.to")
    weekly = _parse_weekly(sent.weekly, malformed)
    found = validate_series(
        name=name, weekly=weekly, every_weeks=sent.every_weeks, first=first, last=last
    )
    with violations:
        if further := [*malformed, *map(_field_violation, found)]:
            raise RequestRejectedError(*further)
    with violations:
        if sent.series_id not in (None, series_id):
            raise invalid_field("series.series_id", Text("the series_id of the plan, or none"))
    with violations:
        dates.raise_any()
    violations.raise_any()
    return SeriesRequest(
        name=name,
        weekly=weekly,
        every_weeks=sent.every_weeks,
        first=cast("date", first),  # without it, something is wrong
        last=last,
        series_id=series_id,
        expected_version=sent.version,
    )


def _parse_end(sent: plan_schemas.PlanRequest) -> PlanRequest:
    return PlanRequest(ended=(sent.series_id or "", parse_date(sent.from_ or "", "from")))


def _parse_undo(sent: plan_schemas.PlanRequest, doctor_id: str) -> PlanRequest:
    if sent.plan_id is not None and sent.change_id is not None:
        raise invalid_field("plan_id", Text("either a plan_id or a change_id"))
    if sent.change_id is None:
        return PlanRequest(undone_plan=plan_id_from_path(sent.plan_id or ""))
    change = valid_change_id(sent.change_id)
    if change.doctor_id != doctor_id:
        raise invalid_field("change_id", Text("a change of %(doctor_id)s", doctor_id=doctor_id))
    return PlanRequest(undone_change=change)


def _field_violation(violation: SeriesViolation) -> FieldViolation:
    field = f"series.{_MEMBERS_OF_SERIES.get(violation.field, violation.field)}"
    if violation.weekday is not None:
        field = f"{field}.{WEEKDAYS[violation.weekday]}"
    return FieldViolation(field, violation.code, violation.detail)


def _parse_weekly(
    sent: plan_schemas.WeeklyHours, malformed: list[FieldViolation]
) -> dict[int, tuple[TimeRange, ...]]:
    """Parse the hours of each weekday that has any; those that are malformed are missing."""
    weekly: dict[int, tuple[TimeRange, ...]] = {}
    for weekday, code in enumerate(WEEKDAYS):
        if ranges := getattr(sent, code):
            weekly[weekday] = _parse_ranges(ranges, f"series.weekly.{code}", malformed)
    return weekly


def _parse_ranges(
    sent: Sequence[plan_schemas.HoursRange], field: str, malformed: list[FieldViolation]
) -> tuple[TimeRange, ...]:
    ranges = []
    for position, each in enumerate(sent):
        try:
            start = _parse_time(each.from_, f"{field}[{position}].from")
            ranges.append(TimeRange(start, _parse_time(each.to, f"{field}[{position}].to")))
        except RequestRejectedError as error:
            malformed += [each for each in error.violations if isinstance(each, FieldViolation)]
    return tuple(sorted(ranges))


def _parse_time(text: str, field: str) -> timedelta:
    if not _TIME_OF_DAY.fullmatch(text):
        raise invalid_field(field, Text("a time of day, as in 09:00"))
    return local_time.parse_time_of_day(text)
