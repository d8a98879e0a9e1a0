"""Compare a JSON value with its schema, and report every malformed member in our own words.

msgspec reports only the first one. It also rejects ``300.0`` for an integer, which JSON does not
tell from ``300``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from msgspec import inspect

from chalicelib.domain.errors import RequestRejectedError
from chalicelib.domain.text import Text
from chalicelib.domain.violations import FieldViolation, not_valid

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_PLACEHOLDERS: dict[type, Any] = {
    inspect.StrType: "",
    inspect.IntType: 0,
    inspect.ListType: (),
    inspect.BoolType: False,
}


def check_members(value: object, schema: type[T]) -> tuple[T, list[FieldViolation]]:
    """Return the value as an instance of the schema, and a violation for each malformed member.

    Such a member has a placeholder of the right type, so that the other members can be validated.
    Raises ``RequestRejectedError`` if the value is no object.
    """
    checker = _Checker()
    expected = inspect.type_info(schema)
    if not isinstance(value, dict):
        detail = "The body is not valid: expected an object"
        raise RequestRejectedError(FieldViolation("body", "invalid", detail))
    decoded: T = checker.check(value, expected, "")
    if not checker.violations:
        _require_valid(decoded, schema)
    return decoded, checker.violations


def _require_valid(decoded: object, schema: type) -> None:
    """Let msgspec check the result: nothing gets in that this module forgets to report."""
    try:
        msgspec.convert(msgspec.to_builtins(decoded), schema)
    except msgspec.ValidationError as error:
        violation = FieldViolation("body", "invalid", Text("The body is not valid"))
        raise RequestRejectedError(violation) from error


class _Checker:
    """Walks through a value and its type, and collects the violations.

    It knows the types that the schemas of requests have.
    """

    def __init__(self) -> None:
        self.violations: list[FieldViolation] = []

    def check(self, value: object, expected: inspect.Type, path: str) -> Any:
        """Return the value in the expected type."""
        match expected:
            case inspect.Metadata(type=inner):
                return self.check(value, inner, path)
            case inspect.UnionType(types=types):
                return self._check_optional(value, types, path)
            case inspect.IntType():
                return self._check_integer(value, expected, path)
        json_type, name, check = self._CHECKS[type(expected)]
        if isinstance(value, json_type):
            return check(self, value, expected, path)
        return self._malformed(expected, path, name)

    def _malformed(self, expected: inspect.Type, path: str, description: str) -> Any:
        detail = not_valid(path, description)
        self.violations.append(FieldViolation(path, "invalid", detail))
        return _placeholder(expected)

    def _check_optional(self, value: object, types: tuple[inspect.Type, ...], path: str) -> Any:
        """Check a union with null: the schemas of requests have no other unions."""
        if value is None:
            return None
        (other,) = (each for each in types if not isinstance(each, inspect.NoneType))
        return self.check(value, other, path)

    def _check_object(self, value: dict[str, Any], expected: inspect.StructType, path: str) -> Any:
        prefix = f"{path}." if path else ""
        members = {}
        for field in expected.fields:
            name = f"{prefix}{field.encode_name}"
            if field.encode_name in value:
                members[field.name] = self.check(value[field.encode_name], field.type, name)
            elif field.required:
                self.violations.append(FieldViolation.required(name))
                members[field.name] = _placeholder(field.type)
        if expected.forbid_unknown_fields:
            known = {field.encode_name for field in expected.fields}
            self.violations += (
                FieldViolation.unknown(f"{prefix}{name}") for name in value if name not in known
            )
        return expected.cls(**members)

    def _check_list(self, value: list[Any], expected: inspect.ListType, path: str) -> Any:
        if not _has_length(value, expected):
            return self._malformed(
                expected, path, Text("a list of %(length)s entries", length=_length(expected))
            )
        return [
            self.check(entry, expected.item_type, f"{path}[{position}]")
            for position, entry in enumerate(value)
        ]

    def _check_integer(self, value: object, expected: inspect.IntType, path: str) -> Any:
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        low, high = expected.ge, expected.le
        # Not isinstance: true and false are integers to Python.
        is_in_range = type(number) is int and not (
            (low is not None and number < low) or (high is not None and number > high)
        )
        if is_in_range:
            return number
        description = Text("a whole number")
        if low is not None and high is not None:
            description = Text("a whole number from %(low)s to %(high)s", low=low, high=high)
        return self._malformed(expected, path, description)

    def _check_text(self, value: str, expected: inspect.StrType, path: str) -> Any:
        if not _has_length(value, expected):
            return self._malformed(
                expected, path, Text("a text of %(length)s characters", length=_length(expected))
            )
        if expected.pattern is not None and not re.search(expected.pattern, value):
            return self._malformed(
                expected, path, Text("a text that matches %(pattern)s", pattern=expected.pattern)
            )
        return value

    def _check_flag(self, value: bool, _expected: inspect.Type, _path: str) -> Any:  # noqa: FBT001  a value, not a switch
        return value

    _CHECKS: ClassVar[dict[type, tuple[type, str, Callable[..., Any]]]] = {
        inspect.StrType: (str, Text("a text"), _check_text),
        inspect.ListType: (list, Text("a list"), _check_list),
        inspect.StructType: (dict, Text("an object"), _check_object),
        inspect.BoolType: (bool, Text("true or false"), _check_flag),
    }


def _has_length(value: list[Any] | str, expected: inspect.ListType | inspect.StrType) -> bool:
    low, high = expected.min_length, expected.max_length
    return (low is None or len(value) >= low) and (high is None or len(value) <= high)


def _length(expected: inspect.ListType | inspect.StrType) -> Text:
    low, high = expected.min_length, expected.max_length
    if low is None:
        return Text("at most %(limit)s", limit=high)
    if high is None:
        return Text("at least %(limit)s", limit=low)
    return Text("%(low)s to %(high)s", low=low, high=high)


def _placeholder(expected: inspect.Type) -> Any:
    match expected:
        case inspect.Metadata(type=inner):
            return _placeholder(inner)
        case inspect.UnionType():
            return None
        case inspect.StructType(fields=fields):
            return expected.cls(**{f.name: _placeholder(f.type) for f in fields if f.required})
    return _PLACEHOLDERS[type(expected)]
