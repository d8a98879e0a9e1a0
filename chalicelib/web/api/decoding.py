"""Decode JSON bodies, and collect everything that is wrong with a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.http.request import body

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from chalice.app import Request

    from chalicelib.domain.violations import SlotViolation

_BYTE_POSITION = re.compile(r"\(byte (\d+)\)")
_TOP_LEVEL_FIELD = re.compile(r"[^.\[]*")

T = TypeVar("T")


class Violations:
    """Collects what is wrong with a request, so that its response names all of it.

    ``with violations:`` continues after a ``RequestRejectedError`` in its block; what the block
    would have assigned is then missing, so call ``raise_any`` before it is used. Of a field that is
    malformed already, nothing else is reported.
    """

    def __init__(self, found: Iterable[FieldViolation] = ()) -> None:
        self._found: list[SlotViolation | FieldViolation] = [*found]
        self._malformed = {_top_level_field(violation) for violation in self._found}

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, RequestRejectedError):
            return False
        further = [
            violation
            for violation in error.violations
            if _top_level_field(violation) not in self._malformed
        ]
        self._found += further
        self._malformed.update(map(_top_level_field, further))
        return True

    def raise_any(self) -> None:
        """Raise ``RequestRejectedError`` with every violation, if there are any."""
        if self._found:
            raise RequestRejectedError(*self._found)


def _top_level_field(violation: SlotViolation | FieldViolation) -> str | None:
    if not isinstance(violation, FieldViolation):
        return None
    match = _TOP_LEVEL_FIELD.match(violation.field)
    return match[0] if match else None


def decode_json(request: Request, schema: type[T]) -> tuple[T, Violations]:
    """Decode the JSON body, and return it with every member that is malformed.

    A malformed member has a placeholder as its value. Raises ``RequestRejectedError`` if the body
    is no JSON object, ``HttpError`` if it is too large.
    """
    content = body(request)
    try:
        return _decoder(schema).decode(content), Violations()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Also a ValidationError, which names only the first malformed member.
        return _decode_with_placeholders(content, schema)


def _decode_with_placeholders(content: bytes, schema: type[T]) -> tuple[T, Violations]:
    from chalicelib.web.api.members import check_members  # noqa: PLC0415  for malformed bodies only

    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        position = _BYTE_POSITION.search(str(error))
        detail = Text("The body is not valid JSON")
        if position:
            detail = Text("The body is not valid JSON (at byte %(position)s)", position=position[1])
        raise RequestRejectedError(FieldViolation("body", "invalid", detail)) from None
    decoded, found = check_members(value, schema)
    return decoded, Violations(found)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def _decoder(schema: type[T]) -> msgspec.json.Decoder[T]:
    if schema not in _decoders:
        _decoders[schema] = msgspec.json.Decoder(schema)
    return _decoders[schema]
