"""That no condition of the storage layer is without a mutant that breaks it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.storage import records
from tests.mutations import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
STORAGE = sorted((PROJECT / "chalicelib" / "storage").glob("*.py"))

# A condition is
# - what is given as one of these, unless it is handed on as it came, or none;
GIVEN_AS = {"if_", "condition", "consistent_read"}
HANDED_ON = {"if_", "maybe", "step.if_", "None", "False"}
# - and each comparison of, and each of these questions to, what a record has, wherever it stands.
QUESTIONS = {"exists", "does_not_exist", "is_type", "is_in", "contains", "startswith", "between"}
# It is known by the function that it stands in and by its text. A mutant breaks it if it stands
# there once less in the code that the mutant makes.

RANGE = "which items a query is for"
WITHOUT_MUTANT = {
    "days.py": {
        "between: DayRecord.sk.between(keys.of_day(first), keys.of_day(last))": RANGE,
        "changes: ChangeRecord.sk.startswith(keys.of_change(on, ''))": RANGE,
    },
    "doctors.py": {
        "page: Directory.place.startswith(sought)": RANGE,
        "page: DoctorRecord.location == location": RANGE,
    },
    "search_index.py": {
        "misplaced: DayRecord.sk.between(keys.of_day(since), keys.LAST_DAY)": RANGE,
    },
    "table.py": {"create_if_absent: Item.exists()": "whether there is a table"},
}


def conditions(source: str) -> Counter[str]:
    return Counter(_below(ast.parse(source), ""))


def _below(node: ast.AST, place: str) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef):
        place = node.name
    if _is_condition(node):
        yield f"{place}: {ast.unparse(node)}"
    for child in ast.iter_child_nodes(node):
        yield from _below(child, place)


def _is_condition(node: ast.AST) -> bool:
    match node:
        case ast.keyword(arg=name, value=value):
            return name in GIVEN_AS and ast.unparse(value) not in HANDED_ON
        case ast.Compare():
            return _is_of_a_record(node)
        case ast.Call(func=ast.Attribute(value=asked, attr=question)):
            return question in QUESTIONS and _is_of_a_record(asked)
    return False


def _is_of_a_record(node: ast.AST) -> bool:
    names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    return any(isinstance(vars(records).get(name), type) for name in names)


@pytest.mark.parametrize("path", STORAGE, ids=lambda path: path.name)
def test_every_condition_has_a_mutant_that_breaks_it_or_a_reason_to_have_none(path: Path) -> None:
    source = path.read_text()
    stand = conditions(source)
    mutants = [mutant for mutant in MUTANTS if PROJECT / mutant.file == path]

    broken: Counter[str] = Counter()
    for mutant in mutants:
        broken += stand - conditions(source.replace(mutant.text, mutant.becomes))

    assert sorted((stand - broken).elements()) == sorted(WITHOUT_MUTANT.get(path.name, {}))


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("t.put(i, if_=may_put())", [": if_=may_put()"]),
        ("t.put(i, if_=is_open)", [": if_=is_open"]),
        ("i.save(SlotRecord.end == end)", [": SlotRecord.end == end"]),
        ("is_new = DayRecord.pk.does_not_exist()", [": DayRecord.pk.does_not_exist()"]),
        (
            "def f(): return is_free | ~DayRecord.slots[key].exists()",
            ["f: DayRecord.slots[key].exists()"],
        ),
        ("SlotRecord.get(pk, sk, consistent_read=True)", [": consistent_read=True"]),
        ("t.put(i, if_=None)", []),
        ("i.save(condition=if_)", []),
        ("SlotRecord.status.set('free') if day.version == 0 else None", []),
    ],
)
def test_what_a_condition_is(code: str, seen: list[str]) -> None:
    assert list(conditions(code)) == seen
