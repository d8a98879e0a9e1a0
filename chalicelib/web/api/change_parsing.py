"""Parse requests about changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.audit_log import ChangeId
from chalicelib.domain.text import Text
from chalicelib.web.api import change_schemas
from chalicelib.web.api.decoding import decode_json
from chalicelib.web.api.validators import invalid_field

if TYPE_CHECKING:
    from chalice.app import Request


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
