"""Parse imports: JSON with days, or CSV with a line for each slot (RFC 4180)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.imports import ImportedStart
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.parsing import parse_start
from chalicelib.web.api.validators import invalid_field, parse_date
from chalicelib.web.http.request import body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from chalice.app import Request

    from chalicelib.web.api import plan_schemas

    ImportedDays = dict[date, list[ImportedStart]]

_COLUMNS = ["date", "start"]


def parse_imported_days(days: Sequence[plan_schemas.ImportedDay]) -> ImportedDays:
    """The starts by date. Raises ``RequestRejectedError``."""
    violations = Violations()
    starts: ImportedDays = {}
    for number, day in enumerate(days):
        with violations:
            on = parse_date(day.date, f"days[{number}].date")
            if on in starts:
                raise invalid_field("days", Text("each date once"))
            starts[on] = [_imported(text) for text in day.slots]
    violations.raise_any()
    return _require_any(starts)


def parse_import_csv(request: Request) -> ImportedDays:
    """``text/csv`` with the columns ``date`` and ``start``. Raises ``RequestRejectedError``."""
    violations = Violations()
    starts: ImportedDays = {}
    for number, row in _rows(request):
        with violations:
            date_text, start_text = _require_two(row, number)
            on = parse_date(date_text, f"line {number}")
            starts.setdefault(on, []).append(_imported(start_text))
    violations.raise_any()
    return _require_any(starts)


def _require_two(row: list[str], number: int) -> tuple[str, str]:
    if len(row) != len(_COLUMNS):
        raise invalid_field(f"line {number}", Text("a date and a start"))
    date_text, start_text = row
    return date_text.strip(), start_text.strip()


def _rows(request: Request) -> Iterator[tuple[int, list[str]]]:
    """Yield each row after the header that is not empty, with its line number."""
    try:
        text = body(request).decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        if next(reader, None) != _COLUMNS:
            raise invalid_field("body", Text("a first line with date,start"))
        for row in reader:
            if row:
                yield reader.line_num, row
    except (UnicodeDecodeError, csv.Error):
        raise invalid_field("body", Text("CSV in UTF-8")) from None


def _imported(text: str) -> ImportedStart:
    return ImportedStart(text, parse_start(text))


def _require_any(starts: ImportedDays) -> ImportedDays:
    if not any(starts.values()):
        violation = FieldViolation("days", "nothing_to_save", Text("There is nothing to save"))
        raise RequestRejectedError(violation)
    return {on: found for on, found in starts.items() if found}
