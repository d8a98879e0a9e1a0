"""The conditions of a recorded ``TransactWriteItems``, in a form that can be compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACEHOLDER = re.compile(r"[#:]\d+")


def list_conditions(write: dict[str, Any], name: Callable[[str], str]) -> list[str]:
    """Return what must hold for a put, update, delete or check: the operands of its outer AND.

    Attributes appear by their names. ``name`` returns what to write for a value, and for an
    attribute that is named after one.
    """
    attributes = write.get("ExpressionAttributeNames", {})
    values = write.get("ExpressionAttributeValues", {})

    def resolve(placeholder: re.Match[str]) -> str:
        if placeholder[0].startswith("#"):
            attribute = attributes[placeholder[0]]
            return name(attribute) if "-" in attribute else attribute
        (value,) = values[placeholder[0]].values()
        return name(value)

    expression = _PLACEHOLDER.sub(resolve, write.get("ConditionExpression", ""))
    return sorted(map(_format, _operands(expression, "AND"))) if expression else []


def _operands(expression: str, operator: str) -> list[str]:
    """Return what the operator joins; the expression itself if it has no such operator."""
    expression = _without_parentheses(expression)
    parts = _split(expression, f" {operator} ")
    return (
        parts if len(parts) == 1 else [each for part in parts for each in _operands(part, operator)]
    )


def _format(expression: str) -> str:
    """Write the expression with no more parentheses than it needs."""
    expression = _without_parentheses(expression)
    for operator in ("OR", "AND"):
        operands = _operands(expression, operator)
        if len(operands) > 1:
            return f" {operator} ".join(_parenthesize(_format(each)) for each in operands)
    return expression


def _parenthesize(expression: str) -> str:
    return f"({expression})" if re.search(" (AND|OR) ", expression) else expression


def _split(expression: str, separator: str) -> list[str]:
    """Split at the separators outside parentheses."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and expression.startswith(separator, index):
            parts.append(expression[start:index])
            start = index + len(separator)
    return [*parts, expression[start:]]


def _without_parentheses(expression: str) -> str:
    while expression.startswith("(") and _closing(expression) == len(expression) - 1:
        expression = expression[1:-1]
    return expression


def _closing(expression: str) -> int:
    """Return where the first parenthesis closes."""
    depth = 0
    for index, character in enumerate(expression):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0:
            return index
    raise ValueError(expression)
