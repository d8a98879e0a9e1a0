"""The reference pages are complete: they name everything that the code defines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
REFERENCE = PROJECT / "docs" / "reference"
SOURCES = {path: path.read_text() for path in (PROJECT / "chalicelib").rglob("*.py")}
TEMPLATES = [path.read_text() for path in (PROJECT / "infrastructure").glob("*.yaml")]


def names_in(pattern: str, *texts: str) -> set[str]:
    """Everything that the pattern's group matches."""
    return {name for text in texts for name in re.findall(pattern, text, re.MULTILINE)}


def source(path: str) -> str:
    """The text of a module of the app."""
    return SOURCES[PROJECT / "chalicelib" / path]


def undocumented(page: str, names: set[str]) -> set[str]:
    """The names that the page doesn't have as code."""
    return names - names_in(r"`([\w.]+)`", (REFERENCE / page).read_text())


@pytest.mark.parametrize(
    ("page", "pattern", "texts"),
    [
        pytest.param(
            "errors.md",
            r'^    code(?:: ClassVar\[\w+\])? = "(\w+)"$',
            SOURCES.values(),
            id="error-codes",
        ),
        pytest.param(
            "configuration.md", r'"([A-Z]+_[A-Z_]+)"', [source("settings.py")], id="settings"
        ),
        pytest.param(
            "log-fields.md",
            r'^        "(\w+)": ',
            [source("web/observability/request_log.py")],
            id="log-fields",
        ),
        pytest.param(
            "metrics-and-alarms.md",
            r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm$",
            TEMPLATES,
            id="alarms",
        ),
    ],
)
def test_reference_page_names_everything_in_the_code(
    page: str, pattern: str, texts: list[str]
) -> None:
    names = names_in(pattern, *texts)

    assert len(names) > 1
    assert undocumented(page, names) == set()
