"""Adapt the document to tools that generate clients, and to readers who send its examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# 2026 and 2037 have the same weekdays on the same dates, and so have the years after them.
_YEARS_AHEAD = 11
_YEAR_OF_DATE = re.compile(r"\b20[0-9]{2}(?=-?(?:0[1-9]|1[0-2]))")
_EXAMPLE_MEMBERS = {"example", "examples", "value"}
# "May be left out" is already said by `required`. Generators read such a default as "always sent".
_EMPTY_DEFAULTS: tuple[object, ...] = (None, [])


def make_portable(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return a document, or a part of one, without what generators misunderstand.

    An optional member has no empty default, and an enumeration has its type.
    """
    if isinstance(value, list):
        return [make_portable(each) for each in value]
    if not isinstance(value, dict):
        return value
    return _portable_schema(
        {
            name: inner if name in _EXAMPLE_MEMBERS else make_portable(inner)
            for name, inner in value.items()
        }
    )


def _portable_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    has_empty_default = "default" in schema and schema["default"] in _EMPTY_DEFAULTS
    kept = {
        name: value
        for name, value in schema.items()
        if not (name == "default" and has_empty_default)
    }
    if isinstance(schema.get("enum"), list) and "type" not in schema:
        kept["type"] = _type_of(schema["enum"])
    return kept


def _type_of(values: list[Any]) -> str | list[str]:
    if all(isinstance(value, int) for value in values):
        return "integer"
    return ["string", "null"] if None in values else "string"


def move_to_future(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return the examples of a document with later dates, which the app accepts.

    The tests send the examples to an app whose clock has their own dates.
    """
    if isinstance(value, dict):
        return {name: move_to_future(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [move_to_future(each) for each in value]
    return _YEAR_OF_DATE.sub(_later_year, value) if isinstance(value, str) else value


def _later_year(year: re.Match[str]) -> str:
    return str(int(year[0]) + _YEARS_AHEAD)
