"""Parse imports: JSON with days, or CSV with a line for each slot (RFC 4180)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.imports import (
    MAX_STARTS,
    ImportedStart,
    ImportedStarts,
    line_violation,
)
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api.decoding import Violations
from chalicelib.web.api.parsing import parse_start
from chalicelib.web.api.validators import invalid_field, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from chalicelib.web.api import plan_schemas

COLUMNS = ["date", "start"]
"""The first columns of a file; further ones are for people."""
_CSV_IN_UTF_8 = Text("CSV in UTF-8")


def parse_imported_days(days: Sequence[plan_schemas.ImportedDay]) -> ImportedStarts:
    """The starts by date. Raises ``RequestRejectedError``."""
    violations = Violations()
    starts: dict[date, list[ImportedStart]] = {}
    for number, day in enumerate(days):
        with violations:
            on = parse_date(day.date, f"days[{number}].date")
            if on in starts:
                raise invalid_field("days", Text("each date once"))
            starts[on] = [ImportedStart(text, parse_start(text)) for text in day.slots]
    violations.raise_any()
    return _require_any(ImportedStarts(starts))


def decode_csv(content: bytes) -> str:
    """The text of a file. Raises ``RequestRejectedError`` if it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid_field("body", _CSV_IN_UTF_8) from None


def parse_import_csv(text: str) -> ImportedStarts:
    """The starts by date, and each malformed line.

    The first line names the columns: ``date`` and ``start``, and others that have no effect. Raises
    ``RequestRejectedError`` if that line is another one, or if no line has a slot.
    """
    starts: dict[date, list[ImportedStart]] = {}
    malformed: dict[int, FieldViolation] = {}
    for line, row in _rows(text):
        if isinstance(row, str):
            malformed[line] = line_violation(line, "invalid", row)
            continue
        try:
            on = parse_date(row[0])
        except RequestRejectedError as error:
            malformed[line] = line_violation(line, "invalid", error.violations[0].detail)
        else:
            starts.setdefault(on, []).append(ImportedStart(row[1], parse_start(row[1]), line))
    return _require_any(ImportedStarts(starts, malformed))


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the cells of each row after the header that is not empty, or what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = _header(next(reader, []))
        for row in reader:
            if row:
                is_whole = len(row) == len(header)
                cells = [cell.strip() for cell in row]
                yield reader.line_num, cells if is_whole else _expected_columns(header)
    except csv.Error:
        yield reader.line_num, Text("quotes that don't match, or too long a text")


def _header(cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    if header[: len(COLUMNS)] != COLUMNS:
        detail = Text("The first line must begin with date,start")
        raise RequestRejectedError(FieldViolation("body", "invalid", detail))
    return header


def _expected_columns(header: Sequence[str]) -> Text:
    return Text("expected %(columns)s", columns=",".join(header))


def _require_any(imported: ImportedStarts) -> ImportedStarts:
    """Return the dates that have starts. Raises ``RequestRejectedError`` for none or too many."""
    by_date = {on: found for on, found in imported.by_date.items() if found}
    count = len(imported.malformed) + sum(map(len, by_date.values()))
    if count > MAX_STARTS:
        detail = Text("An import can have at most %(limit)s slots", limit=MAX_STARTS)
        raise RequestRejectedError(FieldViolation("days", "too_many", detail))
    if not count:
        violation = FieldViolation("days", "nothing_to_save", Text("There is nothing to save"))
        raise RequestRejectedError(violation)
    return ImportedStarts(by_date, imported.malformed)
