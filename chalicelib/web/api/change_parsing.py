"""Parse requests about changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import ChangeId, ChangeKind
from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.api import change_schemas
from chalicelib.web.api.decoding import Violations, decode_json
from chalicelib.web.api.validators import (
    invalid_field,
    optional_date,
    require_dates,
    search_text,
)
from chalicelib.web.http.request import query

if TYPE_CHECKING:
    from datetime import date

    from chalice.app import Request

    from chalicelib.domain.change_feed import ChangeSearch


def parse_undo_json(request: Request) -> ChangeId:
    """``POST /slots/undo``: the change. Raises ``RequestRejectedError``, ``HttpError``."""
    sent, violations = decode_json(request, change_schemas.UndoRequest)
    with violations:
        change = valid_change_id(sent.change_id)
    violations.raise_any()
    return change


def valid_change_id(text: str) -> ChangeId:
    """A change of a date. Raises ``RequestRejectedError``."""
    try:
        return ChangeId.parse(text)
    except ValueError:
        raise invalid_field("change_id", Text("the change_id of a change of a date")) from None


def is_change_id(text: str) -> bool:
    """Whether the text has the form of the id of a date's change."""
    try:
        ChangeId.parse(text)
    except ValueError:
        return False
    return True


def parse_change_search(request: Request, doctor_id: str) -> ChangeSearch:
    """The filters of a change feed. Raises ``RequestRejectedError`` with all that are malformed."""
    from chalicelib.domain.change_feed import ChangeSearch  # noqa: PLC0415  few requests

    violations = Violations()
    with violations:
        on = optional_date(request, "date")
    with violations:
        first, last = _parse_range(request)
    with violations:
        kind = _parse_kind(request)
    with violations:
        by = search_text(request, "by")
    violations.raise_any()
    return ChangeSearch.of_dates(doctor_id, on, first, last, kind=kind, by=by)


def _parse_range(request: Request) -> tuple[date | None, date | None]:
    require_dates(request, "from", "to")
    first, last = optional_date(request, "from"), optional_date(request, "to")
    if first and last and last < first:
        detail = Text("The last date is before the first")
        raise RequestRejectedError(FieldViolation("to", "invalid", detail))
    return first, last


def _parse_kind(request: Request) -> ChangeKind | None:
    text = query(request, "kind")
    if text is None:
        return None
    try:
        return ChangeKind(text)
    except ValueError:
        raise invalid_field("kind", Text("one of %(kinds)s", kinds=", ".join(ChangeKind))) from None
