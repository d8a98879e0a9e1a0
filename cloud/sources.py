"""What a package is made of, and which package was made of exactly that."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from typing import TYPE_CHECKING

from local import local_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = local_config.PROJECT
# What Chalice puts into the zip, and where it reads how.
_CODE = ("app.py", "requirements.txt", "chalicelib", "static", "vendor", ".chalice/config.json")
# What the template and the lean zip are made by.
_MAKERS = (
    "infrastructure",
    *(f"cloud/{name}.py" for name in ("lean_zip", "package", "refusals", "sources", "template")),
    "local/cognito_stack.py",
    "locks/dev.txt",
)
_NOT_OURS = shutil.ignore_patterns("__pycache__", ".*", "*~")


def copy(project: Path, to: Path) -> None:
    """Copy the code, without what tools leave beside it.

    Chalice keeps a cache of packages beside the code, which knows files by content alone: a copy
    has none, so that a file that was only renamed comes under its new name.
    """
    for name in _CODE:
        source, target = project / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=_NOT_OURS)
        else:
            shutil.copy(source, target)


def fingerprint(project: Path) -> str:
    """Say in one word what the code is like at the moment, and what makes a package of it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_files(project)):
        digest.update(f"{path.relative_to(project)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(project: Path) -> Iterator[Path]:
    for name in (*_CODE, *_MAKERS):
        root = project / name
        if root.is_file():
            yield root
        for folder, folders, names in os.walk(root):
            ignored = _NOT_OURS(folder, [*folders, *names])
            folders[:] = [each for each in folders if each not in ignored]
            yield from (root.__class__(folder, each) for each in names if each not in ignored)
