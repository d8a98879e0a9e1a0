from __future__ import annotations

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_environment_of_benchmarks_has_all_packages_that_they_import() -> None:
    """The other tests run in the environment of tests, which has more packages."""
    python = PROJECT / ".venv-bench" / "bin" / "python"

    subprocess.run([python, "-c", "import benchmarks.latency"], cwd=PROJECT, check=True)  # noqa: S603
