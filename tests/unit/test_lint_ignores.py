"""Rules that ruff and bandit ignore: each has its reason beside it."""

from __future__ import annotations

import re

from tests.support.sources import PROJECT, SOURCES

_IGNORE_WITHOUT_REASON = re.compile(
    r"noqa: (?:[A-Z]+\d+,? *)+(?:$|#|as (?:above|below))"  # of ruff
    r"|^[^#]*# nosec"  # of bandit, whose reason is that of ruff's ignore before it
)
_SETTING_WITHOUT_REASON = re.compile(r' +"[A-Z]+\d*",?')  # a line of a list in pyproject.toml


def test_every_ignore_has_a_reason() -> None:
    lines = {
        f"{path.relative_to(PROJECT)}:{number}": line
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
    }
    settings = (PROJECT / "pyproject.toml").read_text("utf-8").splitlines()

    assert [place for place, line in lines.items() if _IGNORE_WITHOUT_REASON.search(line)] == []
    assert [line for line in settings if _SETTING_WITHOUT_REASON.fullmatch(line)] == []
