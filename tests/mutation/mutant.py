"""Mutants, and how they change the source of a file."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tests.mutation.edits import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.mutation.edits import Edit


class Mutant(NamedTuple):
    """A deliberate bug: ``edit`` applied to ``target``, and the test that must fail then.

    ``description`` says which guarantee is broken. ``target`` is ``module:Qualified.name`` of a
    function, class or constant, or the path of a file that is not Python, which a ``Text`` edits.
    ``killed_by`` is the id of the test; all its parameters are run, but on MiniStack alone where it
    runs on both stores.
    """

    description: str
    target: str
    edit: Edit | Text
    killed_by: str

    @property
    def file(self) -> str:
        """The path of the file within the project."""
        return file_of(self.target)

    def mutate(self, source: str) -> str:
        """Return the source with the edit. Raises ``ValueError`` where it does not apply to it."""
        if isinstance(self.edit, Text):
            if (count := source.count(self.edit.old)) != 1:
                raise ValueError(f"{self.target}: {self.edit.old!r} occurs {count} times, not once")
            return source.replace(*self.edit)
        name = self.target.partition(":")[2]
        try:
            scope = find(ast.parse(source), name)
            before = ast.dump(scope)
            changed = _replaced(source, self.edit(scope))
        except ValueError as error:
            raise ValueError(f"{self.target}: {error} ({self.description})") from error
        if ast.dump(find(ast.parse(changed), name)) == before:
            raise ValueError(f"{self.target}: nothing changes ({self.description})")
        return changed


def file_of(target: str) -> str:
    """Return the path within the project of the file that has the target."""
    module, is_python, _ = target.partition(":")
    return f"{module.replace('.', '/')}.py" if is_python else target


def find(tree: ast.Module, qualified_name: str) -> ast.AST:
    """Return the definition of a function, class or constant. Raises ``ValueError``."""
    scope: Any = tree
    for name in qualified_name.split("."):
        found = [node for node in scope.body if name in _defined(node)]
        if len(found) != 1:
            raise ValueError(f"{name} is defined {len(found)} times")
        (scope,) = found
    return cast("ast.AST", scope)


def _defined(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            yield name


def _replaced(source: str, replacements: Iterable[tuple[Any, str]]) -> str:
    """Replace the text of each node, and leave every other character as it is."""
    raw = source.encode()  # columns of the syntax tree count bytes
    starts = [0]
    for line in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = [
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
            text,
        )
        for node, text in replacements
    ]
    for start, end, text in sorted(spans, reverse=True):
        raw = raw[:start] + text.encode() + raw[end:]
    return raw.decode()
