"""Makes each mutant in a copy of the project, and runs the test that it must fail.

Ends with status 1 where a mutant survives, or where a test fails of the code as it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from tests.mutations import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.mutations.mutant import Mutant

_PROJECT = Path(__file__).parents[2]
_LEFT_OUT = shutil.ignore_patterns(
    ".venv*", ".git", ".local", "build", "deployments", "deployed", "__pycache__", ".*_cache",
    ".hypothesis", ".coverage*", "htmlcov", "test-results",
)  # fmt: skip
# A mutant whose test has not ended by then is no mutant that was caught.
_LONGEST = 180
# Each with a copy of its own. Most of the time is that of Python and MiniStack to start.
_AT_ONCE = min(os.cpu_count() or 1, 4)


def main(word: str = "") -> int:
    """Run the mutants whose breach or file has that word in it; by default all of them."""
    began = monotonic()
    chosen = [mutant for mutant in MUTANTS if word in mutant.breach or word in mutant.file]
    if not chosen:
        print(f"No mutant has this in its breach or its file: {word}")
        return 2
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copies = [_copy_to(Path(folder) / str(number)) for number in range(_AT_ONCE)]
        print("Their tests, of the code as it is ...", flush=True)
        if not _pass_as_it_is({mutant.caught_by for mutant in chosen}, copies):
            print("A test must pass of the code as it is, to say something of a mutant.")
            return 1
        survivors = _survivors(chosen, copies)
    print(
        f"\n{len(chosen)} mutants, {len(survivors)} of them not caught, "
        f"in {monotonic() - began:.0f} s"
    )
    return 1 if survivors else 0


def _pass_as_it_is(tests: Iterable[str], copies: Sequence[Path]) -> bool:
    """Whether all of them do, some in each of the copies."""
    dealt = [sorted(tests)[number :: len(copies)] for number in range(len(copies))]
    with ThreadPoolExecutor(len(copies)) as threads:
        ran = threads.map(
            lambda copy, some: _run(copy, some, timeout=None) if some else None, copies, dealt
        )
        failed = [run for run in ran if run and run.returncode != pytest.ExitCode.OK]
    for run in failed:
        print(run.stdout)
    return not failed


def _survivors(mutants: Sequence[Mutant], copies: Sequence[Path]) -> list[Mutant]:
    """Those that no test has caught; as many are tried at once as there are copies."""
    unused: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        unused.put(copy)

    def is_caught(mutant: Mutant) -> bool:
        copy = unused.get()
        try:
            return _is_caught(mutant, copy)
        finally:
            unused.put(copy)

    with ThreadPoolExecutor(len(copies)) as threads:
        outcomes = threads.map(is_caught, mutants)
        return [mutant for mutant, caught in zip(mutants, outcomes, strict=True) if not caught]


def _copy_to(project: Path) -> Path:
    shutil.copytree(_PROJECT, project, symlinks=True, ignore=_LEFT_OUT)
    # Where MiniStack is looked for.
    (project / ".venv-ministack").symlink_to(_PROJECT / ".venv-ministack")
    return project


def _is_caught(mutant: Mutant, project: Path) -> bool:
    """Whether its test fails; any other end (it does not begin, does not end) is no failure."""
    began = monotonic()
    path = project / mutant.file
    source = path.read_text()
    mutant.apply(project)
    try:
        ran = _run(project, {mutant.caught_by}, timeout=_LONGEST)
        is_caught, said = ran.returncode == pytest.ExitCode.TESTS_FAILED, ran.stdout
        # A fixture that breaks is no test that fails.
        is_caught = is_caught and "\nERROR tests/" not in said
    except subprocess.TimeoutExpired:
        is_caught, said = False, f"not over after {_LONGEST} s\n"
    path.write_text(source)
    told = f"{'caught' if is_caught else 'NOT CAUGHT':10}  {monotonic() - began:3.0f} s"
    by = mutant.caught_by.partition("::")[2]
    print(
        f"{told}  {mutant.breach}\n{'':19}by {by}\n{'' if is_caught else said}", end="", flush=True
    )
    return is_caught


def _run(
    project: Path, tests: Iterable[str], *, timeout: float | None
) -> subprocess.CompletedProcess[str]:
    """Every test with a store runs on MiniStack alone."""
    options = ["-p", "no:cacheprovider", "-x", "--tb=line", "--show-capture=no"]
    command = [sys.executable, "-m", "pytest", *options, "-k", "not moto", *sorted(tests)]
    return subprocess.run(
        command,
        cwd=project,
        # A file may be changed twice within a second, and be as long as before: nothing compiled
        # is to be left of it.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
