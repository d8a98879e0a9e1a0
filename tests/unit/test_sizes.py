"""Files, functions and names of tests that a reader takes in at once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).parents[2]
FOLDERS = ("chalicelib", "cloud", "local", "tools", "examples", "benchmarks", "tests")
SOURCES = [
    PROJECT / "app.py",
    *(path for folder in FOLDERS for path in sorted((PROJECT / folder).rglob("*.py"))),
]
MAX_LINES_OF_FILE = 300
MAX_LINES_OF_FUNCTION = 45
USUAL_LINES_OF_FUNCTION = 20
MAX_CHARACTERS_OF_TEST_NAME = 60


@cache
def function_lengths(path: Path) -> dict[str, int]:
    """Return the lines of each function of a file, signature and docstring included."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {
        f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}

    assert {path for path, length in lengths.items() if length > MAX_LINES_OF_FILE} == set()


def test_functions_are_short() -> None:
    lengths = {name: n for path in SOURCES for name, n in function_lengths(path).items()}

    assert {name for name, n in lengths.items() if n > MAX_LINES_OF_FUNCTION} == set()
    short = sum(n <= USUAL_LINES_OF_FUNCTION for n in lengths.values())
    assert short > 0.9 * len(lengths)
    app = [n for name, n in lengths.items() if name.startswith("chalicelib/")]
    assert median(app) <= 8


def test_test_names_are_short() -> None:
    names = [name.partition(" ") for path in SOURCES for name in function_lengths(path)]
    tests = {
        f"{place} {name}": len(name)
        for place, _, name in names
        if place.startswith("tests/") and name.startswith("test_")
    }

    assert {test for test, n in tests.items() if n > MAX_CHARACTERS_OF_TEST_NAME} == set()
