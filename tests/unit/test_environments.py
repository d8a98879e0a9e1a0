"""The virtual environments of ``scripts/_setup``, which clones of the project share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.local_config import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENTS = sorted(path for path in PROJECT.glob(".venv*") if path.is_symlink())


def read_python_commands(environment: Path) -> dict[str, str]:
    """Return how the commands start that Python runs, by name."""
    starts = {}
    for path in (environment / "bin").iterdir():
        with path.open("rb") as file:
            start = file.read(300)
        if start.startswith(b"#!") and b"python" in start:
            starts[path.name] = start.decode()
    return starts


@pytest.mark.parametrize("link", ENVIRONMENTS, ids=[path.name for path in ENVIRONMENTS])
def test_commands_outlive_the_clone_that_made_them(link: Path) -> None:
    environment = link.resolve()
    starts = read_python_commands(environment)

    assert [name for name, start in starts.items() if str(environment) not in start] == []
