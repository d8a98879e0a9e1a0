"""Browser tests that share a browser or a server run in one process."""

from __future__ import annotations

from tests.support.worker_groups import group_of

ENGINES = "tests/browser/engines/test_schedule.py"


def test_tests_of_an_engine_are_a_group() -> None:
    assert group_of(f"{ENGINES}::test_a[firefox]") == group_of(f"{ENGINES}::test_b[firefox]")
    assert group_of(f"{ENGINES}::test_a[firefox]") == group_of(f"{ENGINES}::test_c[firefox-375]")
    assert group_of(f"{ENGINES}::test_a[firefox]") != group_of(f"{ENGINES}::test_a[webkit]")


def test_other_tests_are_groups_of_their_own() -> None:
    first, second = (f"tests/browser/test_week.py::test_{name}[chromium]" for name in "ab")

    assert group_of(first) != group_of(second)
