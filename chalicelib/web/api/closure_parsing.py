"""Parse requests about closures of the practice."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from msgspec import structs

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.imports import line_violation
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
    from collections.abc import Iterator, Mapping

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
    return (_closure({"from": sent.from_, "to": sent.to}, sent.name, violations),)


def parse_closure_fields(fields: Mapping[str, str]) -> ClosureRequest:
    """The closure of a form, of one date without a ``to``. Raises ``RequestRejectedError``."""
    dates = {"from": fields.get("from", "")} | ({"to": fields["to"]} if fields.get("to") else {})
    return _closure(dates, fields.get("name", ""), Violations())


def parse_closure_lines(text: str) -> tuple[ClosureRequest, ...]:
    """Lines of ``from,to,name``; one without a ``to`` is of one date.

    Raises ``RequestRejectedError`` with every line that is wrong.
    """
    violations, found = Violations(), list[ClosureRequest]()
    for number, row in _rows(text):
        with violations:
            found.append(_closure_of_line(number, row))
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
    """Yield each row that is no header and not empty, with its line number.

    Raises ``RequestRejectedError`` for a line that is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and tuple(cells) != _COLUMNS:
                yield reader.line_num, cells
    except csv.Error:
        reason = Text("quotes that don't match, or too long a text")
        raise RequestRejectedError(line_violation(reader.line_num, "invalid", reason)) from None


def _closure_of_line(number: int, row: list[str]) -> ClosureRequest:
    try:
        closure = parse_closure_fields(dict(zip(_COLUMNS, row, strict=True)))
    except RequestRejectedError as error:
        reason = error.violations[0].detail
    except ValueError:
        reason = Text("expected %(columns)s", columns=",".join(_COLUMNS))
    else:
        return structs.replace(closure, line=number)
    raise RequestRejectedError(line_violation(number, "invalid", reason))


def _closure(dates: Mapping[str, str], name: str, violations: Violations) -> ClosureRequest:
    """The closure from the first to the last of the dates, by field."""
    parsed = []
    for field, text in dates.items():
        with violations:
            parsed.append(parse_date(text, field))
    violations.raise_any()
    return ClosureRequest(name=trim_name(name), first=parsed[0], last=parsed[-1])


def closure_id_from_path(text: str) -> str:
    """A closure's id in a path. Raises ``ClosureNotFoundError`` if none can have it."""
    if _ID.fullmatch(text):
        return text
    raise ClosureNotFoundError
