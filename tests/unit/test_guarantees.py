"""The page of guarantees names tests: they are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "guarantees.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\]\((?:\.\./)?([\w./-]+)\)", PAGE)))
NAMED = re.findall(r"`(test_\w+)`\s+in\s+\[[^]]*\]\(\.\./([^)]+)\)", PAGE)


@pytest.mark.parametrize("link", LINKS)
def test_what_it_links_to_is_there(link: str) -> None:
    assert (PROJECT / link).exists() or (PROJECT / "docs" / link).exists()


@pytest.mark.parametrize(("test", "file"), NAMED)
def test_a_test_that_it_names_is_where_it_says(test: str, file: str) -> None:
    assert f"def {test}(" in (PROJECT / file).read_text(encoding="utf-8")


def test_it_names_tests() -> None:
    assert len(NAMED) > 10
