"""Parse requests about closures of the practice."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from chalicelib.domain.names import trim_name
from chalicelib.domain.plan_errors import ClosureNotFoundError
from chalicelib.domain.text import Text
from chalicelib.use_cases.manage_closures import ClosureRequest
from chalicelib.web.api import closure_schemas
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.fields import KEY_PATTERN
from chalicelib.web.api.validators import invalid_field, parse_date
from chalicelib.web.http.request import CSV, body, media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalice.app import Request


_ID = re.compile(KEY_PATTERN)
_COLUMNS = ("from", "to", "name")
MAX_CLOSURES = 100
"""The most of one request: each is a write."""


def parse_closures(request: Request) -> tuple[ClosureRequest, ...]:
    """One closure as JSON, or several as CSV. Raises ``RequestRejectedError``."""
    if media_type(request) == CSV:
        return parse_closure_lines(_csv_text(request))
    sent, violations = decode_json(request, closure_schemas.ClosureRequest)
    return (_closure(sent.from_, sent.to, sent.name, violations),)


def parse_closure_lines(text: str) -> tuple[ClosureRequest, ...]:
    """Lines of ``from,to,name``; one without a ``to`` is of one date.

    Raises ``RequestRejectedError`` with everything that is wrong.
    """
    violations, found = Violations(), list[ClosureRequest]()
    for number, row in _rows(text):
        with violations:
            first, last, name = _columns(row, number)
            first_date = parse_date(first, f"line {number}")
            last_date = parse_date(last or first, f"line {number}")
            found.append(ClosureRequest(name=trim_name(name), first=first_date, last=last_date))
    violations.raise_any()
    if not 0 < len(found) <= MAX_CLOSURES:
        raise invalid_field("body", Text("1 to %(limit)s lines", limit=MAX_CLOSURES))
    return tuple(found)


def _csv_text(request: Request) -> str:
    try:
        return body(request).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid_field("body", Text("CSV in UTF-8")) from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is no header and not empty, with its line number."""
    reader = csv.reader(io.StringIO(text.strip(), newline=""), strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and tuple(cells) != _COLUMNS:
                yield reader.line_num, cells
    except csv.Error:
        raise invalid_field("body", Text("CSV in UTF-8")) from None


def _columns(row: list[str], number: int) -> tuple[str, str, str]:
    if len(row) != len(_COLUMNS):
        raise invalid_field(f"line {number}", Text("a first date, a last date and a name"))
    first, last, name = row
    return first, last, name


def _closure(first: str, last: str, name: str, violations: Violations) -> ClosureRequest:
    dates = []
    for field, text in (("from", first), ("to", last)):
        with violations:
            dates.append(parse_date(text, field))
    violations.raise_any()
    return ClosureRequest(name=trim_name(name), first=dates[0], last=dates[1])


def closure_id_from_path(text: str) -> str:
    """A closure's id in a path. Raises ``ClosureNotFoundError`` if none can have it."""
    if _ID.fullmatch(text):
        return text
    raise ClosureNotFoundError
