"""A Python process that answers each line of its input with a line of its output."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = Path(__file__).parents[2]
Ask = Callable[[str], str]
MAX_SECONDS_OF_ANSWER = 60


@contextmanager
def start_line_process(script: str, env: Mapping[str, str]) -> Iterator[Ask]:
    """Run the script during the block; the function sends it a line and returns its answer.

    The function raises ``TimeoutError``, and the process ends, if there is no answer in time.
    """
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        questions, answers = process.stdin, process.stdout

        def ask(line: str) -> str:
            questions.write(f"{line}\n")
            if not select([answers], [], [], MAX_SECONDS_OF_ANSWER)[0]:
                process.kill()
                raise TimeoutError(line)
            return answers.readline()

        yield ask
        questions.close()
