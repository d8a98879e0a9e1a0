"""The ASVS tables are complete, and name tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LEVEL_1 = PROJECT / "docs" / "security.md"
LEVEL_2 = PROJECT / "docs" / "reference" / "asvs-level-2.md"
IDS = [
    line.split()
    for line in (PROJECT / "tests" / "support" / "data" / "asvs-5.0.txt").read_text().splitlines()
    if not line.startswith("#")
]
_ID = re.compile(r"\d+\.\d+\.\d+")
_FILE = re.compile(r"\]\((?P<path>(?:\.\./)+tests/[^)]+\.py)\)")
# A requirement without a test has a reason: the cell before the test begins with one of these.
_WITHOUT_TEST = (
    "**Does not apply**: ",
    "**Partly.** ",
    "[",  # a document
    "AWS: ",
    "identity provider",
)


def rows(page: Path) -> list[list[str]]:
    """The cells of the rows that begin with ids of requirements."""
    lines = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if _ID.match(row[0])]


def ids(page: Path) -> list[str]:
    return [requirement for row in rows(page) for requirement in row[0].split(", ")]


@pytest.mark.parametrize(("page", "level"), [(LEVEL_1, "1"), (LEVEL_2, "2")], ids=["1", "2"])
def test_table_has_every_requirement_once(page: Path, level: str) -> None:
    expected = [requirement for requirement, of_level in IDS if of_level == level]

    assert sorted(ids(page)) == sorted(expected)


@pytest.mark.parametrize("row", [*rows(LEVEL_1), *rows(LEVEL_2)], ids=lambda row: row[0])
def test_named_tests_exist(row: list[str]) -> None:
    """The links are relative to ``docs/`` or a folder below it."""
    text = " ".join(row)
    files = [PROJECT / path.replace("../", "") for path in _FILE.findall(text)]
    sources = "".join(path.read_text() for path in files)
    tests = re.findall(r"`(test_\w+)`", text)

    assert [test for test in tests if f"\ndef {test}(" not in sources] == []


@pytest.mark.parametrize("row", rows(LEVEL_1), ids=lambda row: row[0])
def test_level_1_requirement_has_a_test_or_a_reason(row: list[str]) -> None:
    _, _, where, shown_by = row

    assert re.search(r"`test_\w+`", shown_by) or where.startswith(_WITHOUT_TEST)
