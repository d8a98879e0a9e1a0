"""A temporary PostgreSQL server on a free port of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from local import ports

if TYPE_CHECKING:
    from collections.abc import Iterator

# PostgreSQL does not run as root; Debian's package creates a user for it.
_USER = "postgres" if os.geteuid() == 0 else None


def find_postgres_bin() -> Path | None:
    """Find the folder with initdb and pg_ctl; None if PostgreSQL is not installed."""
    initdb = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if initdb:
        return Path(initdb).resolve().parent
    return debian[-1].parent if debian else None


@contextmanager
def run_postgres() -> Iterator[str | None]:
    """Yield the server's URL for SQLAlchemy, or None if PostgreSQL is not installed."""
    bin_ = find_postgres_bin()
    if bin_ is None:
        yield None
        return
    port = ports.free_port()
    with TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        if _USER:
            shutil.chown(folder, _USER)
        _run(bin_ / "initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8")
        options = f"-h {ports.HOST} -p {port} -k {folder}"
        _run(bin_ / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://bench@{ports.HOST}:{port}/postgres"
        finally:
            _run(bin_ / "pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


def _run(*command: object) -> None:
    subprocess.run(
        [*map(str, command)],
        user=_USER,
        cwd="/",
        check=True,
        stdout=subprocess.DEVNULL,
    )
