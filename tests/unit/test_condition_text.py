"""Conditions of a request in a form that can be compared."""

from __future__ import annotations

import pytest

from tests.support.conditions import list_conditions


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("attribute_not_exists (#0)", ["attribute_not_exists (status)"]),
        ("(#0 = :0 AND (#1 = :1 OR #1 = :2))", ["slots = free OR slots = 2", "status = b1"]),
        ("((#0 = :0 AND #1 = :1) AND #0 < :2)", ["slots = free", "status < 2", "status = b1"]),
        (
            "(#0 = :0 OR (#1 = :1 AND (#0 <= :2 OR (#1 = :2))))",
            ["status = b1 OR (slots = free AND (status <= 2 OR slots = 2))"],
        ),
        (
            "((#0 = :0 OR #0 = :1) OR size (#1) < :2)",
            ["status = b1 OR status = free OR size (slots) < 2"],
        ),
        ("attribute_exists (#1.#2)", ["attribute_exists (slots.<2026-11-23>)"]),
    ],
)
def test_condition_is_split_at_its_outer_and(expression: str, expected: list[str]) -> None:
    write = {
        "ConditionExpression": expression,
        "ExpressionAttributeNames": {"#0": "status", "#1": "slots", "#2": "2026-11-23"},
        "ExpressionAttributeValues": {":0": {"S": "b1"}, ":1": {"S": "free"}, ":2": {"N": "2"}},
    }

    def name(value: str) -> str:
        return f"<{value}>" if "-" in value else value

    assert list_conditions(write, name) == expected


def test_write_without_condition_has_none() -> None:
    assert list_conditions({"Item": {}}, str) == []
