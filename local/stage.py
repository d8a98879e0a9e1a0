"""The ``local`` stage of ``.chalice/config.json``: a laptop's settings, kept in one place."""

import json
import os
from pathlib import Path
from typing import Any, cast

PROJECT = Path(__file__).resolve().parent.parent
NAME = "local"


def chalice_config() -> dict[str, Any]:
    """Give Chalice's configuration file, all stages."""
    text = (PROJECT / ".chalice" / "config.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def variables() -> dict[str, str]:
    """Give the environment variables of the stage, as the file has them."""
    return cast("dict[str, str]", chalice_config()["stages"][NAME]["environment_variables"])


def use_local_stage() -> None:
    """Put the stage's variables into ``os.environ``; a variable that is set already wins."""
    for name, value in variables().items():
        os.environ.setdefault(name, value)
