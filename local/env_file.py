"""``local.env``: the settings with which another program uses a local server."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

NAME = "local.env"


def write(path: Path, settings: Mapping[str, str]) -> None:
    """Write ``NAME=value`` lines for a shell to source; see ``write_text``."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
    write_text(path, "".join(lines))


def write_text(path: Path, text: str) -> None:
    """Write a file that only its owner can read, atomically.

    Raises:
        OSError: it cannot be written; an earlier file stays as it was.
    """
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def read(path: Path) -> dict[str, str]:
    """Return the settings of such a file.

    Raises:
        OSError: there is no such file.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(" ".join(shlex.split(line)).split("=", 1) for line in lines)


def use(settings: Mapping[str, str]) -> None:
    """Set the settings in this process's environment, which makes it a client of that server."""
    # These belong to a real account.
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(settings)
