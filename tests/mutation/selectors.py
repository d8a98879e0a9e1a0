"""Find the part of a function that a mutant edits, by its kind and the words in it.

A word is an identifier or a string of the code. Where it is a name of the project, pass the object
itself (``SlotItem``, ``Days.load``): a rename of it then renames the selector too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.mutation.conditions import is_record_condition

Word = str | Callable[..., object]
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Raise)
_NOT_CODE = {"annotation", "returns", "decorator_list"}


class Selector(NamedTuple):
    """Selects the one node that ``matches``, or number ``n`` of several, in source order."""

    matches: Callable[[Any], bool]
    n: int | None = None

    def find(self, scope: ast.AST) -> Any:  # noqa: ANN401  an edit knows its kind of node
        """Raise ``ValueError`` where no node matches, or several match and ``n`` is None."""
        found = [node for node in _code(scope) if self.matches(node)]
        found.sort(key=_place)
        if not found or (self.n is None and len(found) > 1):
            raise ValueError(f"{len(found)} nodes match, not one")
        try:
            return found[self.n or 0]
        except IndexError:
            raise ValueError(f"{len(found)} nodes match, there is no number {self.n}") from None


def condition(*words: Word, n: int | None = None) -> Selector:
    """A condition on a record: ``SlotItem.end == end``, ``DayItem.pk.exists()``."""
    return Selector(lambda node: is_record_condition(node) and _has(words, node), n)


def comparison(*words: Word, n: int | None = None) -> Selector:
    """Any comparison."""
    return _of_kind(ast.Compare, words, n)


def addition(*words: Word, n: int | None = None) -> Selector:
    """``a + b``."""
    return Selector(
        lambda node: (
            isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _has(words, node)
        ),
        n,
    )


def keyword(name: str, n: int | None = None) -> Selector:
    """A keyword argument."""
    return Selector(lambda node: isinstance(node, ast.keyword) and node.arg == name, n)


def call(function: Word, n: int | None = None) -> Selector:
    """A call of that function or method."""
    return Selector(
        lambda node: isinstance(node, ast.Call) and _identifier(node.func) == _text(function), n
    )


def name(of: Word, n: int | None = None) -> Selector:
    """A name by itself or at the end of dots."""
    return Selector(lambda node: _identifier(node) == _text(of), n)


def constant(value: str | int, n: int | None = None) -> Selector:
    """A literal string or number."""
    return Selector(lambda node: isinstance(node, ast.Constant) and node.value == value, n)


def set_display(n: int | None = None) -> Selector:
    """``{a, b}``."""
    return _of_kind(ast.Set, (), n)


def starred(n: int | None = None) -> Selector:
    """``*items``, in a list or in a call."""
    return Selector(
        lambda node: isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load), n
    )


def generator(n: int | None = None) -> Selector:
    """``... for item in items``, in parentheses."""
    return _of_kind(ast.GeneratorExp, (), n)


def subscript(n: int | None = None) -> Selector:
    """``items[index]``; of several in a row, the first has the lowest number."""
    return Selector(
        lambda node: isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load), n
    )


def statement(*words: Word, n: int | None = None) -> Selector:
    """A statement that has no other statements in it."""
    return Selector(lambda node: isinstance(node, _SIMPLE) and _has(words, node), n)


def assignment(n: int | None = None) -> Selector:
    """``target = value``."""
    return _of_kind(ast.Assign, (), n)


def branch(*words: Word, n: int | None = None) -> Selector:
    """An ``if`` with these words in its test, or in a statement directly below it."""
    return Selector(lambda node: isinstance(node, ast.If) and _has(words, *_own(node)), n)


def choice(*words: Word, n: int | None = None) -> Selector:
    """``a if test else b``."""
    return _of_kind(ast.IfExp, words, n)


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a syntax tree without its annotations and decorators."""
    yield node
    for field, value in ast.iter_fields(node):
        if field not in _NOT_CODE:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _code(child)


def _place(node: Any) -> tuple[int, ...]:  # noqa: ANN401  any node that has a place
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _of_kind(kind: type[ast.AST], words: tuple[Word, ...], n: int | None) -> Selector:
    return Selector(lambda node: isinstance(node, kind) and _has(words, node), n)


def _own(branch: ast.If) -> list[ast.AST]:
    return [branch.test, *(below for below in branch.body if isinstance(below, _SIMPLE))]


def _has(words: tuple[Word, ...], *nodes: ast.AST) -> bool:
    there = {_identifier(child) for node in nodes for child in ast.walk(node)}
    return all(_text(word) in there for word in words)


def _identifier(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=text) | ast.Attribute(attr=text) | ast.Constant(value=str(text)):
            return text
    return None


def _text(word: Word) -> str:
    return word if isinstance(word, str) else word.__name__
