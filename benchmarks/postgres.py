"""A PostgreSQL of one's own, on a free port of this machine, in a folder that is thrown away."""

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

# PostgreSQL will not run as root; Debian's package brings a user for it.
_USER = "postgres" if os.geteuid() == 0 else None


def find_postgres_bin() -> Path | None:
    """Where initdb and pg_ctl are; None where there is no PostgreSQL."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return Path(found).resolve().parent if found else debian[-1].parent if debian else None


@contextmanager
def run_postgres() -> Iterator[str | None]:
    """Its URL for SQLAlchemy, or None where there is no PostgreSQL."""
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
    subprocess.run(  # noqa: S603  our own
        [*map(str, command)],
        user=_USER,
        cwd="/",
        check=True,
        stdout=subprocess.DEVNULL,
    )
