"""The product as ``scripts/serve`` runs it, for tests that meet it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from local import loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROJECT = Path(__file__).parents[1]


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """The URL of a server that keeps its data in that folder; it stops cleanly on SIGTERM."""
    environment = {**os.environ, "PORT": str(loopback.free_port()), "DATA_DIR": str(folder)}
    environment.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
    with (
        (folder / "log").open("w") as log,
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
        ready = next((line for line in process.stdout if line.startswith("Ready: ")), None)
        assert ready is not None, (folder / "log").read_text()
        try:
            yield ready.removeprefix("Ready: ").strip().rstrip("/")
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(30)
        assert status == 0
