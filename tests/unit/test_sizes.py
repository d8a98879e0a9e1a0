"""Files, functions and names of tests that a reader takes in at once."""

from __future__ import annotations

import ast
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tests.support.sources import PROJECT, SOURCES

if TYPE_CHECKING:
    from pathlib import Path

MAX_LINES_OF_FILE = 300
MAX_LINES_OF_FUNCTION = 45
USUAL_LINES_OF_FUNCTION = 20
MEDIAN_LINES_OF_BODY = 5
MAX_CHARACTERS_OF_TEST_NAME = 60


class Function(NamedTuple):
    """``lines`` has signature and docstring; ``body_lines`` has neither."""

    file: Path
    name: str
    lines: int
    body_lines: int


@cache
def functions() -> list[Function]:
    """Return the functions of all sources."""
    return [
        Function(path.relative_to(PROJECT), node.name, last - node.lineno + 1, body_lines(node))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (last := node.end_lineno)
    ]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_docstring = ast.get_docstring(function, clean=False) is not None
    statements = function.body[1:] if has_docstring else function.body
    if not statements or function.end_lineno is None:
        return 0
    return function.end_lineno - statements[0].lineno + 1


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}

    assert {path for path, length in lengths.items() if length > MAX_LINES_OF_FILE} == set()


def test_functions_are_short() -> None:
    lengths = [each.lines for each in functions()]
    app = [each.body_lines for each in functions() if each.file.parts[0] == "chalicelib"]

    assert {each for each in functions() if each.lines > MAX_LINES_OF_FUNCTION} == set()
    assert sum(n < USUAL_LINES_OF_FUNCTION for n in lengths) > 0.9 * len(lengths)
    assert median(app) <= MEDIAN_LINES_OF_BODY


def test_test_names_are_short() -> None:
    names = {(each.file, each.name) for each in functions() if each.file.parts[0] == "tests"}
    tests = {each for each in names if each[1].startswith("test_")}

    assert tests
    assert {test for test in tests if len(test[1]) > MAX_CHARACTERS_OF_TEST_NAME} == set()
