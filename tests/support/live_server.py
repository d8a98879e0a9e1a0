"""The servers of ``scripts/serve`` in a process of their own."""

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
    """The URLs of the app and of the booking site, without a slash at the end."""

    url: str
    booking_site_url: str
    data_dir: Path
    process: subprocess.Popen[str] | None = None

    def token(self, *arguments: str) -> str:
        """Return a token that ``scripts/token`` issues for this server, cached by arguments."""
        return _issue_token(self.data_dir, *arguments)

    def auth_headers(self, *arguments: str) -> dict[str, str]:
        """Return the ``Authorization`` header with such a token."""
        return {"Authorization": f"Bearer {self.token(*arguments)}"}


@cache
def _issue_token(data_dir: Path, *arguments: str) -> str:
    return subprocess.run(
        [_PROJECT / "scripts" / "token", *arguments],
        env={**os.environ, "DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@contextmanager
def start_server(data_dir: Path, **settings: str) -> Iterator[LiveServer]:
    """Run the servers during the block, with data in a folder; check that they stop cleanly."""
    own = {
        "PORT": str(ports.free_port()),
        "DATA_DIR": str(data_dir),
        # Only at the end: tests of a crash start MiniStack themselves, and a save of everything
        # each five seconds takes a good part of its time.
        "SAVE_SECONDS": "600",
    }
    # Other tests of this process set a store and a caller of their own.
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
        urls = {}
        for line in process.stdout:
            name, _, url = line.strip().rstrip("/").partition(": ")
            urls[name] = url
            if name == "Ready":
                break
        assert "Ready" in urls, (data_dir / "log").read_text()
        try:
            yield LiveServer(urls["Ready"], urls["Booking site"], data_dir, process)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
        assert status == 0, (data_dir / "log").read_text()
