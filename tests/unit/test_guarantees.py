from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.mutation import MUTANTS

PROJECT = Path(__file__).parents[2]
GUARANTEES_PAGE = PROJECT / "docs" / "explanation" / "guarantees.md"
# One promise, with what it says of how it is kept, tested and shown.
GUARANTEES = re.split(
    r"^### ", GUARANTEES_PAGE.read_text().partition("## What is not")[0], flags=re.MULTILINE
)[1:]


def single_line(text: str) -> str:
    """In one line."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    "link", sorted(set(re.findall(r"\]\(([^)#]+)", GUARANTEES_PAGE.read_text())))
)
def test_links_of_guarantees_exist(link: str) -> None:
    assert (GUARANTEES_PAGE.parent / link).exists()


@pytest.mark.parametrize("promise", GUARANTEES, ids=lambda promise: promise.partition("\n")[0])
def test_every_guarantee_names_existing_tests_and_mutants(promise: str) -> None:
    tested, _, shown = single_line(promise).partition("- Tested by: ")[2].partition("- Shown by: ")
    files = re.findall(r"\]\(((?:\.\./)+tests/[^)]+)\)", tested)
    sources = "".join((GUARANTEES_PAGE.parent / path).read_text() for path in files)
    tests = re.findall(r"`(test_\w+)`", tested)
    breaches = re.findall(r"\*([^*]+)\*", shown.partition(" ## ")[0])

    assert tests
    assert [test for test in tests if f"\ndef {test}(" not in sources] == []
    assert breaches
    assert set(breaches) <= {mutant.description for mutant in MUTANTS}
