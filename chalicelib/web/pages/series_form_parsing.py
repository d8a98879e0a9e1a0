"""Parse the form of a series; each error is a sentence beside its field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.local_time import MIN_DATE
from chalicelib.domain.names import trim_name
from chalicelib.domain.series import TimeRange, validate_series
from chalicelib.use_cases.propose_series import SeriesRequest
from chalicelib.web.api.fields import WEEKDAYS
from chalicelib.web.api.validators import invalid_field, parse_date
from chalicelib.web.pages.hours_text import parse_time
from chalicelib.web.pages.series_form import ONE_DAY_HOURS, Rows, SeriesForm
from chalicelib.web.texts import _, translate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalicelib.domain.series import SeriesViolation

_MAX_ROWS = 20
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_FIELDS = {"weekly": "weekday", "last": "to"}

Fields = dict[str, list[str]]
Errors = dict[str, str]
"""Sentences by the ids of the fields."""


class ParsedForm(Struct, frozen=True, kw_only=True):
    """The form as it was sent; ``request`` is None if there are ``errors``."""

    form: SeriesForm
    request: SeriesRequest | None
    errors: Mapping[str, str]


def parse_series_form(fields: Mapping[str, list[str]]) -> ParsedForm:
    """Parse the fields of the form. Raises ``RequestRejectedError`` for fields that no page has."""
    form, errors = _read(fields), Errors()
    name, weekly = trim_name(form.name), _parse_weekly(form, errors)
    every_weeks = int(form.every_weeks) if _NUMBER.fullmatch(form.every_weeks) else 0
    first = _parse_date(form.first, "from", errors)
    last = _parse_date(form.last, "to", errors) if form.has_end else None
    for found in validate_series(
        name=name, weekly=weekly, every_weeks=every_weeks, first=first, last=last
    ):
        errors.setdefault(_field_of(found, form), translate(found.detail))
    if errors or first is None:
        return ParsedForm(form=form, request=None, errors=errors)
    request = SeriesRequest(
        name=name,
        weekly=weekly,
        every_weeks=every_weeks,
        first=first,
        last=last,
        series_id=form.series_id or None,
        expected_version=int(form.version) if form.version else None,
    )
    return ParsedForm(form=structs.replace(form, name=name), request=request, errors={})


def parse_end_date(fields: Mapping[str, list[str]], errors: Errors) -> date | None:
    """The last day of a series that ends; None if it is no date."""
    return _parse_date(_last(fields, "to"), "to", errors)


def _read(fields: Mapping[str, list[str]]) -> SeriesForm:
    codes = (ONE_DAY_HOURS,) if f"{ONE_DAY_HOURS}_from" in fields else WEEKDAYS
    weekdays = frozenset(fields.get("weekday", ()))
    version = _last(fields, "version")
    if not weekdays <= set(WEEKDAYS):
        raise invalid_field("weekday", "the code of a weekday")
    if version and not _NUMBER.fullmatch(version):
        raise invalid_field("version", "a number")
    return SeriesForm(
        name=_last(fields, "name"),
        weekdays=weekdays,
        hours={code: _rows(fields, code) for code in codes},
        every_weeks=_last(fields, "every_weeks"),
        first=_last(fields, "from"),
        last=_last(fields, "to"),
        has_end=_last(fields, "ends") != "never",
        series_id=_last(fields, "series_id"),
        version=version,
    )


def _last(fields: Mapping[str, list[str]], name: str) -> str:
    return fields[name][-1].strip() if fields.get(name) else ""


def _rows(fields: Mapping[str, list[str]], code: str) -> Rows:
    starts, ends = fields.get(f"{code}_from", []), fields.get(f"{code}_to", [])
    if len(starts) != len(ends) or len(starts) > _MAX_ROWS:
        raise invalid_field(f"{code}_to", "one for each start")
    rows = zip(map(str.strip, starts), map(str.strip, ends), strict=True)
    return tuple(row for row in rows if any(row))


def _field_of(violation: SeriesViolation, form: SeriesForm) -> str:
    """The id of the field beside which the violation is shown."""
    if violation.weekday is None:
        return _FIELDS.get(violation.field, violation.field)
    return ONE_DAY_HOURS if form.has_same_hours else WEEKDAYS[violation.weekday]


def _parse_date(text: str, field: str, errors: Errors) -> date | None:
    try:
        return parse_date(text, field)
    except RequestRejectedError:
        errors[field] = _(
            "Enter a real date from %(year)s onwards, for example 23 November 2026",
            year=MIN_DATE.year,
        )
        return None


def _parse_weekly(form: SeriesForm, errors: Errors) -> dict[int, tuple[TimeRange, ...]]:
    weekly: dict[int, tuple[TimeRange, ...]] = {}
    if form.has_same_hours:
        ranges = _parse_hours(form.hours[ONE_DAY_HOURS], ONE_DAY_HOURS, errors)
        weekly = {day: ranges for day, code in enumerate(WEEKDAYS) if code in form.weekdays}
    else:
        for day, code in enumerate(WEEKDAYS):
            if code in form.weekdays:
                weekly[day] = _parse_hours(form.hours[code], code, errors)
    return weekly


def _parse_hours(rows: Rows, code: str, errors: Errors) -> tuple[TimeRange, ...]:
    parsed = [(parse_time(start), parse_time(end)) for start, end in rows]
    ranges = [
        TimeRange(start, end) for start, end in parsed if start is not None and end is not None
    ]
    if not rows:
        errors[code] = _("Enter the hours, for example 09:00 to 12:00")
    elif len(ranges) < len(parsed):
        errors[code] = _("Enter a start and an end time, such as 09:00")
    return tuple(sorted(ranges))
