"""The systems under test: the app and its baselines, each in a process that receives events."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

from local.local_config import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.apigw_event import Event

PYTHON = PROJECT / ".venv-bench" / "bin" / "python"
_LOG_CHARACTERS_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A Lambda handler, named as ``module:function``."""

    title: str
    handler: str
    is_relational: bool = False

    @property
    def name(self) -> str:
        """A short name, for tables and test ids."""
        return self.handler.partition(":")[0].rpartition(".")[2]


APP = Subject("MediLink Slots", "app:app")
UNPACED_APP = Subject("MediLink Slots", "benchmarks.unpaced_app:app")
MINIMAL = Subject("minimal handler (botocore)", "benchmarks.baselines.minimal:handler")
BOTO3 = Subject("FastAPI, Mangum, boto3", "benchmarks.baselines.fastapi_boto3:handler")
SQL = Subject(
    "FastAPI, SQLAlchemy, PostgreSQL",
    "benchmarks.baselines.fastapi_sqlalchemy:handler",
    is_relational=True,
)
BARE = Subject("minimal Chalice and PynamoDB", "benchmarks.baselines.bare_chalice:app")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectProcess:
    """A running worker (see ``benchmarks.worker``)."""

    subject: Subject
    _stdin: IO[str]
    _stdout: IO[str]
    _log: IO[str]

    def send(self, *events: Event) -> list[dict[str, Any]]:
        """Return the responses in order, each with its cost.

        Raises:
            RuntimeError: The process has ended; the message has the end of its log.
        """
        self._stdin.write(json.dumps(events) + "\n")
        self._stdin.flush()
        line = self._stdout.readline()
        if not line:
            self._log.seek(0)
            log = self._log.read()[-_LOG_CHARACTERS_SHOWN:]
            raise RuntimeError(f"{self.subject.title} has ended: {log}")
        responses: list[dict[str, Any]] = json.loads(line)
        return responses


@contextmanager
def run_subject(subject: Subject, env_vars: Mapping[str, str]) -> Iterator[SubjectProcess]:
    """Run the handler in a new interpreter while the block runs."""
    with (
        TemporaryFile("w+") as log,
        subprocess.Popen(
            [os.fspath(PYTHON), "-m", "benchmarks.worker", subject.handler],
            cwd=PROJECT,
            env=os.environ | env_vars,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the process has no pipes")
        yield SubjectProcess(
            subject=subject, _stdin=process.stdin, _stdout=process.stdout, _log=log
        )
