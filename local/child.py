"""A server of our own as a child process: it writes a log, and ends with its parent."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from local import loopback, stage

START_SECONDS = 30
STOP_SECONDS = 30
LOG_LINES_SHOWN = 15


class ChildError(RuntimeError):
    """It did not come up, or went down unasked; the message ends with the end of its log."""


class Child:
    """``with Child(...) as child:`` runs it for a block.

    It is up when it answers 200 at ``ready_path``. It inherits the descriptors ``inherits``. Linux
    ends it when the *thread* that started it ends: start it from the main thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        port: int,
        ready_path: str,
        settings: Mapping[str, str],
        log: Path,
        inherits: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.port = port
        self.log = log
        self._command = command
        self._ready_path = ready_path
        self._settings = settings
        self._inherits = inherits
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{loopback.HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ChildError: its port is taken, it ended, or it did not answer in time.
        """
        self._require_free_port()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                _ending_with_this_thread(self._command),
                cwd=stage.PROJECT,
                env=os.environ | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self._inherits,
                # A Ctrl-C in the terminal is the parent's business, which then stops it cleanly.
                start_new_session=True,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Block until it has ended.

        Raises:
            ChildError: nobody asked it to.
        """
        process = self._process
        if process is None:
            return
        process.wait()
        if self._process is process:
            raise self._failure("ended unasked")

    def stop(self) -> None:
        """Let it end in its own way; without effect where it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{self.name} does not stop: killed, its last changes are lost.", file=sys.stderr)
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _require_free_port(self) -> None:
        """Make sure that whoever answers there later is this one."""
        try:
            loopback.bind(self.port).close()
        except OSError as error:
            reason = f"{self.name} cannot listen on port {self.port}: {error.strerror}"
            raise ChildError(reason) from error

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while loopback.status(self.port, self._ready_path) != HTTPStatus.OK:
            if process.poll() is not None:
                raise self._failure("did not start")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {START_SECONDS} s")
            time.sleep(0.05)

    def _failure(self, what: str) -> ChildError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        about = f"{self.name} {what}. The end of {self.log}:"
        return ChildError("\n".join([about, *lines[-LOG_LINES_SHOWN:]]))


def _ending_with_this_thread(command: Sequence[str]) -> list[str]:
    """Have Linux send SIGTERM to the command when this thread dies, by SIGKILL say.

    Without ``setpriv`` (part of util-linux) only ``stop`` ends it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [*([setpriv, "--pdeathsig", "TERM"] if setpriv else []), *command]
