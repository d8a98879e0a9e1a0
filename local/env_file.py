"""``local.env``: where a server here has its table and issuer, for other programs."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

NAME = "local.env"


def write(path: Path, settings: Mapping[str, str]) -> None:
    """Write ``NAME=value`` lines for a shell to source; see ``write_text``."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
    write_text(path, "".join(lines))


def write_text(path: Path, text: str) -> None:
    """Write a file that the owner alone can read; never half of it."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)


def read(path: Path) -> dict[str, str]:
    """Give the settings of such a file.

    Raises:
        OSError: there is none.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(" ".join(shlex.split(line)).split("=", 1) for line in lines)


def use(settings: Mapping[str, str]) -> None:
    """Be a client of that server from now on: the settings become this process's environment."""
    # Those for somebody's real account have no business here.
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(settings)
