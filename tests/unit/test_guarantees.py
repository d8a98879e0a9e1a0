from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutation import MUTANTS

PROJECT = Path(__file__).parents[2]
GUARANTEES_PAGE = PROJECT / "docs" / "explanation" / "guarantees.md"
# One guarantee each, with its tests and mutants.
GUARANTEES = re.split(
    r"^### ", GUARANTEES_PAGE.read_text().partition("## What is not")[0], flags=re.MULTILINE
)[1:]


def single_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    "link", sorted(set(re.findall(r"\]\(([^)#]+)", GUARANTEES_PAGE.read_text())))
)
def test_links_of_guarantees_exist(link: str) -> None:
    assert (GUARANTEES_PAGE.parent / link).exists()


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=lambda text: text.partition("\n")[0])
def test_every_guarantee_names_existing_tests_and_mutants(guarantee: str) -> None:
    tested_by, _, shown_by = (
        single_line(guarantee).partition("- Tested by: ")[2].partition("- Shown by: ")
    )
    files = re.findall(r"\]\(((?:\.\./)+tests/[^)]+)\)", tested_by)
    sources = "".join((GUARANTEES_PAGE.parent / path).read_text() for path in files)
    tests = re.findall(r"`(test_\w+)`", tested_by)
    breaches = re.findall(r"\*([^*]+)\*", shown_by.partition(" ## ")[0])

    assert tests
    assert [test for test in tests if f"\ndef {test}(" not in sources] == []
    assert breaches
    assert set(breaches) <= {mutant.description for mutant in MUTANTS}
