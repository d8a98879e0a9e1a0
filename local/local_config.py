"""Settings of a laptop: the ``local`` stage of ``.chalice/config.json``, and ``local.env``."""

import json
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import ports

PROJECT = Path(__file__).resolve().parent.parent
ENV_FILE = "local.env"
"""The file in a server's data folder with which another program becomes its client."""


def chalice_config() -> dict[str, Any]:
    return dict(json.loads((PROJECT / ".chalice" / "config.json").read_text("utf-8")))


def variables() -> dict[str, str]:
    return dict(chalice_config()["stages"]["local"]["environment_variables"])


def use_local_stage() -> None:
    """Set the stage's variables in ``os.environ``, except those that are set already."""
    ports.bypass_proxy()
    os.environ.update(variables() | os.environ)


def data_folder() -> Path:
    return Path(os.environ.get("DATA_DIR") or PROJECT / ".local").absolute()


def write_env(path: Path, settings: Mapping[str, str]) -> None:
    """Write ``NAME=value`` lines for a shell to source; see ``write_private``."""
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in settings.items()]
    write_private(path, "".join(lines))


def read_env(path: Path) -> dict[str, str]:
    """Return the settings of such a file; raise ``OSError`` if there is none."""
    return dict(word.split("=", 1) for word in shlex.split(path.read_text(encoding="utf-8")))


def use_env(settings: Mapping[str, str]) -> None:
    """Set the settings in this process's environment, which makes it a client of that server."""
    # These belong to a real account.
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        os.environ.pop(name, None)
    os.environ.update(settings)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, atomically; an ``OSError`` changes nothing."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
