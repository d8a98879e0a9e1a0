"""What a mutant changes in the syntax tree of a function: the kinds of edits.

Each takes selectors and returns an edit, which says by what text it replaces which nodes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from textwrap import indent
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.mutation.conditions import PARTITION_KEY, record_of
from tests.mutation.selectors import name

if TYPE_CHECKING:
    from tests.mutation.selectors import Selector, Word

Edit = Callable[[ast.AST], Iterator[tuple[Any, str]]]
_OTHER_BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}


class Text(NamedTuple):
    """Replaces text that occurs once, in a file that is not Python."""

    old: str
    new: str


def always(selector: Selector) -> Edit:
    """Replace an expression, the value of a keyword, or the test of a branch by ``True``."""
    return becomes(selector, True)  # noqa: FBT003  it is the constant


def never(selector: Selector) -> Edit:
    """Replace an expression, the value of a keyword, or the test of a branch by ``False``."""
    return becomes(selector, False)  # noqa: FBT003  it is the constant


def becomes(selector: Selector, value: str | int | None) -> Edit:
    """Replace an expression, the value of a keyword, or the index of an item by a constant."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        match selector.find(scope):
            case ast.If(test=node) | ast.IfExp(test=node) | ast.keyword(value=node):
                yield node, repr(value)
            case ast.Subscript(slice=node) | node:
                yield node, repr(value)

    return edit


def exists(selector: Selector) -> Edit:
    """Weaken a condition on a record: require only that the record exists."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        yield node, f"{record_of(node)}.{PARTITION_KEY}.exists()"

    return edit


def drop(selector: Selector) -> Edit:
    """Remove an operand, an element, an entry or a keyword from the expression that has it."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        parent = _parent_of(node, scope)
        yield parent, _without(node, parent)

    return edit


def _without(node: Any, parent: ast.AST) -> str:  # noqa: ANN401  whatever the parent has
    match parent:
        case ast.BinOp(left=left, right=right):
            return f"({ast.unparse(right if node is left else left)})"
        case ast.BoolOp(values=operands):
            operands.remove(node)
            return f"({ast.unparse(parent)})"
        case ast.Dict(keys=keys, values=values):
            del values[keys.index(node)]
            keys.remove(node)
        case ast.Set(elts=elements) | ast.Tuple(elts=elements):
            elements.remove(node)
        case ast.Call(keywords=keywords):
            keywords.remove(node)
        case _:
            raise ValueError(f"Nothing can be dropped from {ast.dump(parent)}")
    return ast.unparse(parent)


def keep_left(selector: Selector) -> Edit:
    """Replace ``a + b`` by ``a``."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        yield node, ast.unparse(node.left)

    return edit


def shift_boundary(selector: Selector) -> Edit:
    """Replace ``<`` by ``<=`` and the reverse."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        node.ops[0] = _OTHER_BOUNDARY[type(node.ops[0])]()
        yield node, f"({ast.unparse(node)})"

    return edit


def rename(old: Word, new: Word) -> Edit:
    """Use another name."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        text = new if isinstance(new, str) else getattr(new, "__name__", "")
        for node in filter(name(old).matches, ast.walk(scope)):
            before = f"{ast.unparse(node.value)}." if isinstance(node, ast.Attribute) else ""
            yield node, f"{before}{text}"

    return edit


def skip(selector: Selector) -> Edit:
    """Do nothing in place of a statement."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        yield selector.find(scope), "pass"

    return edit


def swap(first: Selector, second: Selector) -> Edit:
    """Exchange two statements or two elements."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        one, other = first.find(scope), second.find(scope)
        yield one, _block(other)
        yield other, _block(one)

    return edit


def repeat(*statements: Selector, before: Selector) -> Edit:
    """Carry out copies of statements before another one."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = before.find(scope)
        copied = [ast.unparse(selector.find(scope)) for selector in statements]
        yield node, _indented("\n".join([*copied, ast.unparse(node)]), node)

    return edit


def first_only(selector: Selector) -> Edit:
    """Use only the first of the items of a ``*`` or of a generator."""
    return _sliced(selector, "[:1]")


def last_only(selector: Selector) -> Edit:
    """Use only the last of the items of a ``*`` or of a generator."""
    return _sliced(selector, "[-1:]")


def _sliced(selector: Selector, part: str) -> Edit:
    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        match selector.find(scope):
            case ast.Starred(value=items):
                yield items, f"list({ast.unparse(items)}){part}"
            case ast.GeneratorExp(generators=[ast.comprehension(iter=items), *_]):
                yield items, f"list({ast.unparse(items)}){part}"

    return edit


def one_call_each(selector: Selector) -> Edit:
    """Replace ``f(a, b)`` by ``f(a)`` and then ``f(b)``."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        function = ast.unparse(node.func)
        yield node, f"({', '.join(f'{function}({ast.unparse(one)})' for one in node.args)})"

    return edit


def first_argument_only(selector: Selector) -> Edit:
    """Pass the first argument of a call in place of each other one."""

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        first, *others = selector.find(scope).args
        for node in others:
            yield node, ast.unparse(first)

    return edit


def remembered(selector: Selector) -> Edit:
    """Make a call once for each call of the method that it is in, however often that is retried.

    Retries are known by their arguments: the same objects. They are kept, so that no later object
    has the identity of an earlier one.
    """

    def edit(scope: ast.AST) -> Iterator[tuple[Any, str]]:
        node = selector.find(scope)
        own, *others = [argument.arg for argument in _arguments_of(scope)]
        key = f"({''.join(f'id({one}), ' for one in others)})"
        result = f"({''.join(f'{one}, ' for one in others)}{ast.unparse(node)})"
        known = f"{own}.__dict__.setdefault('_first_results', {{}})"
        yield node, f"({known}.get({key}) or {known}.setdefault({key}, {result}))[-1]"

    return edit


def _arguments_of(function: ast.AST) -> list[ast.arg]:
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(function)
    return [*function.args.args, *function.args.kwonlyargs]


def _parent_of(node: ast.AST, scope: ast.AST) -> ast.AST:
    return next(parent for parent in ast.walk(scope) if node in list(ast.iter_child_nodes(parent)))


def _block(node: ast.AST) -> str:
    return _indented(ast.unparse(node), node)


def _indented(text: str, node: Any) -> str:  # noqa: ANN401  any node that has a place
    return indent(text, " " * node.col_offset).lstrip() if isinstance(node, ast.stmt) else text
