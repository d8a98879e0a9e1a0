"""MiniStack, the local DynamoDB and Cognito, as a child process that ends with its parent."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from local import loopback, stage

PYTHON = stage.PROJECT / ".venv-ministack" / "bin" / "python"
START_SECONDS = 30
STOP_SECONDS = 30
LOG_LINES_SHOWN = 15


class MiniStackError(RuntimeError):
    """MiniStack did not come up, or went down unasked; the message ends with the end of its log."""


class MiniStack:
    """A MiniStack of one's own; ``with MiniStack(folder) as ministack:`` runs it for a block.

    ``folder`` keeps its state from one run to the next (written on a clean stop only, so never kill
    it with SIGKILL) and its log. It listens on the loopback interface, on a free port unless told
    which. It inherits the descriptors ``inherits``: a lock on the folder, say, which then lasts
    until the state is written, however the parent ends.

    Linux ends it when the *thread* that started it ends: start it from the main thread.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, inherits: Sequence[int] = ()
    ) -> None:
        self.folder = folder
        self.port = port or loopback.free_port()
        self.log = folder / "ministack.log"
        self._inherits = inherits
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What an AWS client needs to reach it: endpoint, keys, region."""
        url = f"http://{loopback.HOST}:{self.port}"
        return {
            **{name: value for name, value in stage.variables().items() if name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": url,
            "AWS_ENDPOINT_URL_DYNAMODB": url,
        }

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            MiniStackError: its port is taken, it ended, or it did not answer in time.
        """
        self._require_free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                _ending_with_this_thread([os.fspath(PYTHON), "-m", "ministack"]),
                env=os.environ | self._settings(),
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
        """Block until it ends of its own accord.

        Raises:
            MiniStackError: always, for it should not.
        """
        if self._process is not None:
            self._process.wait()
        raise self._failure("ended unasked")

    def stop(self) -> None:
        """Let it write its state and end; without effect where it is not running."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print("MiniStack does not stop: killed, its last changes are lost.", file=sys.stderr)
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

    def _settings(self) -> dict[str, str]:
        return {
            "BIND_HOST": loopback.HOST,
            "GATEWAY_PORT": str(self.port),
            "PERSIST_STATE": "1",
            "STATE_DIR": os.fspath(self.folder / "state"),
            # Listeners on fixed ports that nothing here uses.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }

    def _require_free_port(self) -> None:
        """Make sure that whoever answers there later is this one."""
        try:
            loopback.bind(self.port).close()
        except OSError as error:
            reason = f"MiniStack cannot listen on port {self.port}: {error.strerror}"
            raise MiniStackError(reason) from error

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while loopback.status(self.port, "/_ministack/ready") != HTTPStatus.OK:
            if process.poll() is not None:
                raise self._failure("did not start")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {START_SECONDS} s")
            time.sleep(0.05)

    def _failure(self, what: str) -> MiniStackError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        about = f"MiniStack {what}. The end of {self.log}:"
        return MiniStackError("\n".join([about, *lines[-LOG_LINES_SHOWN:]]))


def _ending_with_this_thread(command: list[str]) -> list[str]:
    """Have Linux send SIGTERM to the command when this thread dies, by SIGKILL say.

    Without ``setpriv`` (part of util-linux) only ``stop`` ends it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command
