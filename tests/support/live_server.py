"""The product as ``scripts/serve`` runs it, for tests that meet it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from local import local_config, ports

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class LiveServer:
    """Where the app is, and the booking site beside it, both without a slash at the end."""

    url: str
    booking_site_url: str
    data_dir: Path
    process: subprocess.Popen[str] | None = None

    def token(self, *arguments: str) -> str:
        """What ``scripts/token`` gives out for this server; the same again for the same."""
        return _issue_token(self.data_dir, *arguments)

    def auth_headers(self, *arguments: str) -> dict[str, str]:
        """The header of a request that brings such a token."""
        return {"Authorization": f"Bearer {self.token(*arguments)}"}


@cache
def _issue_token(data_dir: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603
        [_PROJECT / "scripts" / "token", *arguments],
        env={**os.environ, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@contextmanager
def start_server(data_dir: Path, **settings: str) -> Iterator[LiveServer]:
    """A server that keeps its data in that folder; it stops cleanly on SIGTERM."""
    own = {"PORT": str(ports.free_port()), "DATA_DIR": str(data_dir)}
    # Other tests of this process have a DynamoDB, and a caller, of their own.
    others = {*local_config.variables(), "AWS_ENDPOINT_URL_DYNAMODB"}
    inherited = {name: value for name, value in os.environ.items() if name not in others}
    environment = {**inherited, **own, **settings}
    with (
        (data_dir / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "local.serve"],
            cwd=_PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        told = {}
        for line in process.stdout:
            what, _, where = line.strip().rstrip("/").partition(": ")
            told[what] = where
            if what == "Ready":
                break
        assert "Ready" in told, (data_dir / "log").read_text()
        try:
            yield LiveServer(told["Ready"], told["Booking site"], data_dir, process)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
        assert status == 0
