"""``scripts/holidays`` writes closures that the app takes."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.web.api.closure_parsing import parse_closure_lines
from tools import holidays


def test_public_holidays_of_a_region_are_closures(capsys: pytest.CaptureFixture[str]) -> None:
    assert holidays.main(["GB-SCT", "2027"]) == 0

    closures = parse_closure_lines(capsys.readouterr().out)

    named = {closure.first: closure.name for closure in closures}
    assert named[date(2027, 11, 30)] == "Saint Andrew's Day"
    assert all(closure.first == closure.last for closure in closures)


@pytest.mark.parametrize("arguments", [[], ["GB"], ["XX", "2027"], ["GB-XX", "2027"], ["GB", "x"]])
def test_unknown_place_or_year_prints_the_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert holidays.main(arguments) == 2
    written = capsys.readouterr()
    assert not written.out
    assert written.err.startswith("Usage: ")
