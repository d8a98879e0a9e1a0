"""Who is measured, each as a child process that is sent events."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Self

from local.local_config import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from benchmarks.apigw_event import Event

PYTHON = PROJECT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Subject:
    """``handler`` is what Lambda would be told, ``module:name``."""

    title: str
    handler: str
    is_relational: bool = False

    @property
    def name(self) -> str:
        """Of its table, say."""
        return self.handler.partition(":")[0].rpartition(".")[2]


APP = Subject("MediLink Slots", "app:app")
MINIMAL = Subject("the floor: botocore by hand", "benchmarks.baselines.minimal:handler")
BOTO3 = Subject("FastAPI, Mangum, boto3", "benchmarks.baselines.fastapi_boto3:handler")
SQL = Subject(
    "FastAPI, SQLAlchemy, PostgreSQL",
    "benchmarks.baselines.fastapi_sqlalchemy:handler",
    is_relational=True,
)
BARE = Subject("bare Chalice and PynamoDB", "benchmarks.baselines.bare_chalice:app")


class SubjectProcess:
    """``with Running(contender, settings) as running:`` is a fresh interpreter for the block."""

    def __init__(self, subject: Subject, settings: Mapping[str, str]) -> None:
        self.subject = subject
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        # Its log, and why it failed.
        self._log_file: IO[str] = TemporaryFile("w+")  # noqa: SIM115  closed at the block's end

    def send(self, *events: Event) -> list[dict[str, Any]]:
        """The answers, in order, each with its cost (see ``benchmarks.worker``)."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("used outside its block")
        process.stdin.write(json.dumps(events) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            self._log_file.seek(0)
            raise RuntimeError(f"{self.subject.title} has ended: {self._log_file.read()[-2000:]}")
        answers: list[dict[str, Any]] = json.loads(line)
        return answers

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603  our own
            [os.fspath(PYTHON), "-m", "benchmarks.worker", self.subject.handler],
            cwd=PROJECT,
            env=os.environ | self._settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._process
        if process is not None:
            process.communicate()
        self._log_file.close()
