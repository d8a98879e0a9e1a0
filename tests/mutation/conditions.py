"""Conditions on records in the syntax tree of the storage layer."""

from __future__ import annotations

import ast

from chalicelib.storage import (
    calendar_feed_models,
    disruption_models,
    fhir_ids,
    models,
    people_models,
    plan_models,
    time_off_models,
    webhook_models,
)

# Read from PynamoDB, because any test kills a mutant with an attribute that does not exist.
PARTITION_KEY = models.BaseItem._hash_keyname
CONDITION_METHODS = {
    "exists",
    "does_not_exist",
    "is_type",
    "is_in",
    "contains",
    "startswith",
    "between",
}


def is_record_condition(node: ast.AST) -> bool:
    """Whether the node compares an attribute of a record, or calls a condition method on it."""
    match node:
        case ast.Compare():
            return _records_in(node) != []
        case ast.Call(func=ast.Attribute(value=subject, attr=method)):
            return method in CONDITION_METHODS and _records_in(subject) != []
    return False


def record_of(condition: ast.AST) -> str:
    """Return the name of the record class of a condition."""
    return _records_in(condition)[0]


def _records_in(node: ast.AST) -> list[str]:
    names = [name.id for name in ast.walk(node) if isinstance(name, ast.Name)]
    modules = (
        models,
        plan_models,
        disruption_models,
        time_off_models,
        calendar_feed_models,
        fhir_ids,
        people_models,
        webhook_models,
    )
    records = {name: value for module in modules for name, value in vars(module).items()}
    return [name for name in names if isinstance(records.get(name), type)]
