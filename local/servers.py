"""Servers that run as subprocesses and end with their parent: MiniStack and the booking site."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Self

from local import CommandError, local_config, ports

TIMEOUT_SECONDS = 30
LOG_LINES_SHOWN = 15
# MiniStack has its own virtual environment.
MINISTACK_PYTHON = local_config.PROJECT / ".venv-ministack" / "bin" / "python"


@dataclass(kw_only=True, eq=False)
class SubprocessServer:
    """A command that runs in a ``with`` block, and is ready when it answers 200 at ``ready_path``.

    It inherits the file descriptor in ``TERMINAL_FD``, on which it can report what the user must
    see at once. Linux ends it when the *thread* that started it ends: start it from the main
    thread.
    """

    name: str
    command: Sequence[str]
    port: int = field(default_factory=ports.free_port, init=False)
    port_variable: str
    ready_path: str
    settings: Mapping[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it is ready; raise ``CommandError`` if it is not."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log, os.fdopen(os.dup(2), "wb") as terminal:
            own = {self.port_variable: str(self.port), "TERMINAL_FD": str(terminal.fileno())}
            self._process = subprocess.Popen(
                _die_with_parent(self.command),
                cwd=local_config.PROJECT,
                env=os.environ | self.settings | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=[terminal.fileno()],
                # Ctrl-C reaches the parent alone, which then stops the server.
                start_new_session=True,
                umask=0o077,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the server ends, at most for that time; raise ``CommandError`` if it has."""
        if self._process:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                raise self._failure("ended unexpectedly")

    def stop(self) -> int:
        """Stop the server gracefully and return its exit status; 0 where it is not running."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(TIMEOUT_SECONDS)
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
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while ports.status(self.port, self.ready_path) != HTTPStatus.OK:
            if process.poll() is not None:
                raise self._failure("did not start")
            if time.monotonic() > deadline:
                raise self._failure(f"did not answer within {TIMEOUT_SECONDS} s")
            time.sleep(0.05)

    def _failure(self, what: str) -> CommandError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        about = f"{self.name} {what}. The end of {self.log}:"
        return CommandError("\n".join([about, *lines[-LOG_LINES_SHOWN:]]))


def _die_with_parent(command: Sequence[str]) -> list[str]:
    """Make Linux send SIGTERM to the command when this thread ends, even by SIGKILL.

    Without ``setpriv`` (part of util-linux) only ``stop`` ends it.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [*([setpriv, "--pdeathsig", "TERM"] if setpriv else []), *command]


class MiniStack(SubprocessServer):
    """The local DynamoDB and Cognito, on a free port.

    ``folder`` has its log, and its state from one run to the next.
    """

    def __init__(self, folder: Path, *, keeps_state: bool = True) -> None:
        super().__init__(
            name="MiniStack",
            # Unbuffered: at exit, a buffered log that does not fit on the disk changes the status.
            command=[os.fspath(MINISTACK_PYTHON), "-u", "-m", "local.ministack_process"],
            port_variable="GATEWAY_PORT",
            ready_path="/_ministack/ready",
            settings={
                "PERSIST_STATE": "1" if keeps_state else "0",
                "STATE_DIR": os.fspath(folder.absolute() / "state"),
                # Listeners on fixed ports that nothing here uses.
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
            },
            log=folder / "ministack.log",
        )

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which an AWS client reaches it: endpoint, keys, region."""
        stage = local_config.variables()
        aws = {name: value for name, value in stage.items() if name.startswith("AWS_")}
        return {**aws, "AWS_ENDPOINT_URL": self.url, "AWS_ENDPOINT_URL_DYNAMODB": self.url}


class BookingSite(SubprocessServer):
    """The example booking site on a free port; it knows only where the API is.

    ``access`` has its variables for requesting tokens, where the API requires them.
    """

    def __init__(self, api_url: str, *, log: Path, access: Mapping[str, str] | None = None) -> None:
        super().__init__(
            name="The booking site",
            command=[sys.executable, "-m", "flask", "--app", "examples.booking_site.site", "run"],
            port_variable="FLASK_RUN_PORT",
            ready_path="/static/site.css",
            settings={"SLOTS_API": api_url, **(access or {})},
            log=log,
        )
