"""A server as a subprocess: it writes a log, and ends with the parent."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Self

from local import local_config, ports

START_SECONDS = 30
STOP_SECONDS = 30
LOG_LINES_SHOWN = 15


class SubprocessServerError(RuntimeError):
    """The server did not start, or ended by itself; the message has the end of its log."""


@dataclass(kw_only=True)
class SubprocessServer:
    """``with SubprocessServer(...) as server:`` runs a command while the block runs.

    The server is ready when it answers 200 at ``ready_path``. It inherits the file descriptors
    ``inherits``, and the one in ``TERMINAL_FD``, on which it can report what the user must see at
    once. Linux ends it when the *thread* that started it ends: start it from the main thread.
    """

    name: str
    command: Sequence[str]
    port: int
    ready_path: str
    settings: Mapping[str, str]
    log: Path
    inherits: Sequence[int] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it is ready.

        Raises:
            SubprocessServerError: it ended, or it was not ready in time.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log, os.fdopen(os.dup(2), "wb") as terminal:
            self._process = subprocess.Popen(
                _die_with_parent(self.command),
                cwd=local_config.PROJECT,
                env=os.environ | self.settings | {"TERMINAL_FD": str(terminal.fileno())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[*self.inherits, terminal.fileno()],
                # Ctrl-C reaches the parent alone, which then stops the server.
                start_new_session=True,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Block until the server has ended.

        Raises:
            SubprocessServerError: it was not stopped by ``stop``.
        """
        process = self._process
        if process is None:
            return
        process.wait()
        if self._process is process:
            self._process = None
            raise self._failure("ended unexpectedly")

    def stop(self) -> int:
        """Stop the server gracefully and return its exit status; 0 where it is not running."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"{self.name} does not stop and is killed.", file=sys.stderr)
            process.kill()
            return process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while ports.status(self.port, self.ready_path) != HTTPStatus.OK:
            if process.poll() is not None:
                raise self._failure("did not start")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {START_SECONDS} s")
            time.sleep(0.05)

    def _failure(self, what: str) -> SubprocessServerError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        about = f"{self.name} {what}. The end of {self.log}:"
        return SubprocessServerError("\n".join([about, *lines[-LOG_LINES_SHOWN:]]))


def _die_with_parent(command: Sequence[str]) -> list[str]:
    """Make Linux send SIGTERM to the command when this thread ends, even by SIGKILL.

    Without ``setpriv`` (part of util-linux) only ``stop`` ends it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [*([setpriv, "--pdeathsig", "TERM"] if setpriv else []), *command]
