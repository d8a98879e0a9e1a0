"""The counter-example in the documentation is what the command prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.model import __main__ as command
from tests.support.documents import parse_steps

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "concurrency.md"


def test_documented_counter_example_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    (step,) = parse_steps(PAGE.read_text())
    *_, safeguard = step.command.split()

    status = command.main([safeguard])

    assert (status, capsys.readouterr().out) == (0, step.output)


def test_command_lists_the_states_of_each_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    assert "states  two_saves" in capsys.readouterr().out
