"""Run the mutants: apply each in a copy of the project, and run the test that must kill it.

``python -m tests.mutation [WORD]`` exits with status 1 if a mutant survives, or if a test already
fails without any mutant.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, groupby
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.mutation import MUTANTS
from tests.support.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.mutation.mutant import Mutant

_PROJECT = Path(__file__).parents[2]
_NOT_COPIED = shutil.ignore_patterns(
    ".venv*", ".git", ".local", "build", "deployments", "deployed", "__pycache__", ".*_cache",
    ".hypothesis", "test-results",
)  # fmt: skip
# A test that runs longer has not killed its mutant.
_TIMEOUT_SECONDS = 180
# Each works in its own copy. Most of the time goes into starting Python and MiniStack.
_MAX_PARALLEL = min(os.cpu_count() or 1, 4)


def main(word: str = "") -> int:
    """Run the mutants with that word in their description, target or file; by default all."""
    began = monotonic()
    chosen = [
        mutant
        for mutant in MUTANTS
        if any(word in text for text in (mutant.description, mutant.target, mutant.file))
    ]
    if not chosen:
        print(f"No mutant has this in its description, target or file: {word}")
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [_copy_to(Path(folder) / str(number)) for number in range(_MAX_PARALLEL)]
        print("Running the tests without mutants ...", flush=True)
        if not _baseline_passes({mutant.killed_by for mutant in chosen}, copies):
            print("These tests fail without any mutant, so they can't show anything about one.")
            return 1
        survivors = _survivors(chosen, copies)
    print(f"\n{len(chosen)} mutants, {len(survivors)} survived, in {monotonic() - began:.0f} s")
    return 1 if survivors else 0


def _baseline_passes(tests: Iterable[str], copies: Sequence[Path]) -> bool:
    """Run the tests on the unchanged code, a part of them in each copy."""
    dealt = [sorted(tests)[number :: len(copies)] for number in range(len(copies))]
    with ThreadPoolExecutor(len(copies)) as threads:
        ran = chain(*threads.map(_run_by_folder, copies, dealt))
        failed = [run for run in ran if run.returncode != pytest.ExitCode.OK]
    for run in failed:
        print(run.stdout)
    return not failed


def _run_by_folder(project: Path, tests: Sequence[str]) -> list[subprocess.CompletedProcess[str]]:
    """Run the tests of each folder in their own process: some expect an empty table at first."""
    folders = groupby(tests, key=lambda test: Path(test).parent)
    return [_run(project, some, timeout=None) for _, some in folders]


def _survivors(mutants: Sequence[Mutant], copies: Sequence[Path]) -> list[Mutant]:
    """Run as many mutants at the same time as there are copies."""
    unused: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        unused.put(copy)

    def is_killed(mutant: Mutant) -> bool:
        copy = unused.get()
        try:
            return _is_killed(mutant, copy)
        finally:
            unused.put(copy)

    with ThreadPoolExecutor(len(copies)) as threads:
        outcomes = threads.map(is_killed, mutants)
        return [mutant for mutant, killed in zip(mutants, outcomes, strict=True) if not killed]


def _copy_to(project: Path) -> Path:
    shutil.copytree(_PROJECT, project, symlinks=True, ignore=_NOT_COPIED)
    # The tests look for MiniStack there.
    (project / ".venv-ministack").symlink_to(_PROJECT / ".venv-ministack")
    return project


def _is_killed(mutant: Mutant, project: Path) -> bool:
    """Return whether the test fails. An error outside the test, or a timeout, kills nothing."""
    began = monotonic()
    path = project / mutant.file
    source = path.read_text()
    path.write_text(mutant.mutate(source))
    try:
        ran = _run(project, {mutant.killed_by}, timeout=_TIMEOUT_SECONDS)
        killed, output = ran.returncode == pytest.ExitCode.TESTS_FAILED, ran.stdout
        # A fixture that fails is reported as an error, not as a failed test.
        killed = killed and "\nERROR tests/" not in output
    except subprocess.TimeoutExpired:
        killed, output = False, f"timed out after {_TIMEOUT_SECONDS} s\n"
    finally:
        path.write_text(source)
    _report(mutant, output, seconds=monotonic() - began, killed=killed)
    return killed


def _report(mutant: Mutant, output: str, *, seconds: float, killed: bool) -> None:
    outcome = "killed" if killed else "SURVIVED"
    test = mutant.killed_by.partition("::")[2]
    text = f"{outcome:8}  {seconds:3.0f} s  {mutant.description}\n{'':17}by {test}\n"
    print(text if killed else text + output, end="", flush=True)


def _run(
    project: Path, tests: Iterable[str], *, timeout: float | None
) -> subprocess.CompletedProcess[str]:
    """Run tests that can use either store on MiniStack alone.

    Those of races have the rounds of a nightly run: on a busy machine, clients may not meet in few.
    """
    tests = sorted(tests)
    is_race = any(test.startswith("tests/concurrency/") for test in tests)
    profile = Profile.NIGHTLY if is_race else Profile.DEFAULT
    options = ["-p", "no:cacheprovider", "-x", "--tb=line", "--show-capture=no"]
    command = [sys.executable, "-m", "pytest", *options, "-k", "not moto", *tests]
    return subprocess.run(
        command,
        cwd=project,
        # A file may change twice within a second and keep its length, which is all that Python
        # compares before it reuses compiled code. So none is written.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TEST_PROFILE": profile},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
