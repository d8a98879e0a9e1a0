"""The ``local`` stage of ``.chalice/config.json``: settings of a laptop, kept in one place."""

import json
import os
from pathlib import Path
from typing import Any, cast

from local import ports

PROJECT = Path(__file__).resolve().parent.parent
NAME = "local"


def chalice_config() -> dict[str, Any]:
    """Return Chalice's configuration file, with all stages."""
    text = (PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def variables() -> dict[str, str]:
    """Return the stage's environment variables."""
    variables = chalice_config()["stages"][NAME]["environment_variables"]
    return cast("dict[str, str]", variables)


def use_local_stage() -> None:
    """Set the stage's variables in ``os.environ``, except those that are set already."""
    ports.bypass_proxy()
    for name, value in variables().items():
        os.environ.setdefault(name, value)


def data_folder() -> Path:
    """Return the folder in which the local server keeps its data."""
    return Path(os.environ.get("DATA_DIR") or PROJECT / ".local").absolute()
