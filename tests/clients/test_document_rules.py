"""The OpenAPI document follows the recommended rules of two linters."""

from __future__ import annotations

import pytest

from tests.support.node_tools import FOLDER, PROJECT, run_tool

DOCUMENT = PROJECT / "static" / "openapi.json"


def test_document_follows_rules_of_redocly() -> None:
    checked = run_tool("redocly", "lint", DOCUMENT, "--config", FOLDER / "redocly.yaml")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "Your API description is valid" in checked.stdout + checked.stderr
    assert "warning" not in checked.stdout + checked.stderr


@pytest.mark.nightly
def test_document_follows_rules_of_spectral() -> None:
    rules = FOLDER / "spectral.yaml"
    checked = run_tool("spectral", "lint", DOCUMENT, "--ruleset", rules, "--fail-severity", "hint")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No results" in checked.stdout + checked.stderr
