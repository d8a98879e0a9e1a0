"""Decode JSON bodies, and collect everything that is wrong with a request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation
from chalicelib.web.http.request import MAX_BODY_BYTES, body

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
        self._object = ""
        self._malformed = {self._field_of(violation) for violation in self._found}

    def within(self, name: str) -> Violations:
        """Return a collector of the same request, which tells apart the members of an object."""
        inner = Violations()
        inner._found, inner._object = self._found, f"{name}."
        inner._malformed = {inner._field_of(violation) for violation in self._found}
        return inner

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
        further = [each for each in error.violations if not self._is_malformed(each)]
        self._found += further
        self._malformed.update(map(self._field_of, further))
        return True

    def _is_malformed(self, violation: SlotViolation | FieldViolation) -> bool:
        """Whether the field is malformed already, or the object that it is in."""
        field = self._field_of(violation)
        is_inner = bool(field and self._object and field.startswith(self._object))
        return field in self._malformed or (is_inner and self._object[:-1] in self._malformed)

    def _field_of(self, violation: SlotViolation | FieldViolation) -> str | None:
        if not isinstance(violation, FieldViolation):
            return None
        outer = self._object if violation.field.startswith(self._object) else ""
        match = _TOP_LEVEL_FIELD.match(violation.field.removeprefix(outer))
        return outer + match[0] if match else None

    def raise_any(self) -> None:
        """Raise ``RequestRejectedError`` with every violation, if there are any."""
        if self._found:
            raise RequestRejectedError(*self._found)


def decode_json(
    request: Request, schema: type[T], max_bytes: int = MAX_BODY_BYTES
) -> tuple[T, Violations]:
    """Decode the JSON body, and return it with every member that is malformed.

    A malformed member has a placeholder as its value. Raises ``RequestRejectedError`` if the body
    is no JSON object, ``HttpError`` if it is too large.
    """
    content = body(request, max_bytes)
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
