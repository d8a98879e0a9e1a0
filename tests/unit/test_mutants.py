from __future__ import annotations

import ast
from pathlib import Path

import pytest

from chalicelib.storage.models import DayItem
from tests.mutation import MUTANTS, edits
from tests.mutation.edits import Edit, Text
from tests.mutation.mutant import Mutant
from tests.mutation.selectors import (
    addition,
    assignment,
    branch,
    call,
    choice,
    comparison,
    condition,
    constant,
    generator,
    keyword,
    name,
    set_display,
    starred,
    statement,
    subscript,
)

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.description)
def test_mutant_applies_and_its_test_exists(mutant: Mutant) -> None:
    source = (PROJECT / mutant.file).read_text()
    path, _, test = mutant.killed_by.partition("::")

    assert mutant.mutate(source) != source
    assert f"\ndef {test}(" in (PROJECT / path).read_text()


def test_every_mutant_has_its_own_description() -> None:
    assert len({mutant.description for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (edits.always(branch("a")), "if a:\n        x = 1", "if True:\n        x = 1"),
        (edits.never(choice()), "b if a else c", "b if False else c"),
        (edits.never(keyword("k")), "f(k=g())", "f(k=False)"),
        (edits.becomes(subscript(n=0), -1), "a[b][c]", "a[-1][c]"),
        (edits.becomes(call("g", 1), None), "g(1), g(2)", "g(1), None"),
        (edits.exists(condition("sk")), "DayItem.sk == a", "DayItem.pk.exists()"),
        (
            edits.exists(condition(DayItem)),
            "f(DayItem.sk.is_in(a))",
            "f(DayItem.pk.exists())",
        ),
        (edits.drop(comparison("b")), "a < 1 and b < 2 and c < 3", "a < 1 and c < 3"),
        (
            edits.drop(condition("sk")),
            "(DayItem.pk == a) & (DayItem.sk == b)",
            "DayItem.pk == a",
        ),
        (edits.drop(set_display()), "a & {b}", "a"),
        (edits.drop(constant("b")), "{'a', 'b'}", "{'a'}"),
        (edits.drop(constant("b")), "{'a': 1, 'b': 2, 'c': 3}", "{'a': 1, 'c': 3}"),
        (edits.drop(name(ValueError)), "(KeyError, ValueError)", "(KeyError,)"),
        (edits.drop(keyword("k")), "f(a, k=1, m=2)", "f(a, m=2)"),
        (edits.keep_left(addition()), "f(a + 1)", "f(a)"),
        (edits.shift_boundary(comparison(n=0)), "a < b and c < d", "a <= b and c < d"),
        (edits.shift_boundary(comparison()), "a >= b", "a > b"),
        (edits.rename("a", "b"), "x.a.set(a)", "x.b.set(b)"),
        (edits.skip(statement("f")), "f(1)\n    g(2)", "pass\n    g(2)"),
        (edits.skip(assignment(-1)), "a = 1\n    b = 2", "a = 1\n    pass"),
        (edits.swap(starred(0), starred(1)), "[*a, *b]", "[*b, *a]"),
        (
            edits.swap(branch("a"), branch("b")),
            "if a:\n        x = 1\n    if b:\n        x = 2",
            "if b:\n        x = 2\n    if a:\n        x = 1",
        ),
        (
            edits.repeat(statement("g"), before=branch()),
            "if a:\n        b = 1\n    g(b)",
            "g(b)\n    if a:\n        b = 1\n    g(b)",
        ),
        (edits.first_only(starred()), "f(*a)", "f(*list(a)[:1])"),
        (edits.last_only(generator()), "f(b for b in a)", "f(b for b in list(a)[-1:])"),
        (edits.one_call_each(call("f")), "f(a, b)", "(f(a), f(b))"),
        (edits.first_argument_only(call("f")), "f(a, b)", "f(a, a)"),
        (edits.never(call("f")), "'é', f(1)", "'é', False"),
    ],
)
def test_edit_changes_one_function(edit: Edit, before: str, after: str) -> None:
    def source(body: str) -> str:
        return f"def f(p: list[str]) -> None:\n    {body}\n\n\ndef g():  # like f\n    {before}\n"

    changed = Mutant("", "module:f", edit, "").mutate(source(before))

    assert ast.unparse(ast.parse(changed)) == ast.unparse(ast.parse(source(after)))
    assert changed.partition("\n\n\n")[2] == source(before).partition("\n\n\n")[2]


def test_remembered_call_is_made_once_per_operation() -> None:
    source = (
        "class A:\n"
        "    made = 0\n"
        "    def read(self):\n"
        "        self.made += 1\n"
        "        return self.made\n"
        "    def run(self, operation):\n"
        "        return self.read()\n"
    )
    changed = Mutant("", "module:A.run", edits.remembered(call("read")), "").mutate(source)
    scope: dict[str, type] = {}
    exec(compile(changed, "module", "exec"), scope)  # noqa: S102  it is the code above
    a, first, second = scope["A"](), object(), object()

    assert [a.run(first), a.run(first), a.run(second), a.run(first)] == [1, 1, 2, 1]


@pytest.mark.parametrize(
    ("target", "edit", "message"),
    [
        ("module:f", edits.never(comparison()), "3 nodes match"),
        ("module:f", edits.never(comparison("c")), "0 nodes match"),
        ("module:f", edits.never(comparison(n=3)), "no number 3"),
        ("module:g", edits.never(comparison(n=0)), "g is defined 0 times"),
        ("module:f", edits.drop(comparison("b", n=-1)), "Nothing can be dropped"),
        ("module:f", edits.rename("x", "y"), "nothing changes"),
        ("page.html", Text("a", "c"), "'a' occurs 2 times"),
    ],
)
def test_mutant_that_does_not_fit_exactly_once_is_rejected(
    target: str, edit: Edit | Text, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Mutant("", target, edit, "").mutate("def f():\n    return (a < 1) is (b < a)\n")
