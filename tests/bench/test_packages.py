from __future__ import annotations

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def test_benchmark_environment_has_every_imported_package() -> None:
    """The other tests run in the environment of tests, which has more packages."""
    python = PROJECT / ".venv-bench" / "bin" / "python"

    subprocess.run([python, "-c", "import benchmarks.latency"], cwd=PROJECT, check=True)
