"""A build artifact in build/<stage>/, and the sources that determine what it contains."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from local import local_config

if TYPE_CHECKING:
    from collections.abc import Iterable

PROJECT = local_config.PROJECT
# What Chalice puts into the zip, and its own configuration.
_SOURCES = ("app.py", "requirements.txt", "chalicelib", "static", "vendor", ".chalice/config.json")
# What else determines the zip and the template.
_BUILD_SCRIPTS = (
    "infrastructure",
    *(f"cloud/{name}.py" for name in ("package", "template", "zip_optimizer")),
    "locks/dev.txt",
)


class BuildArtifact:
    """A deployment zip and its template, in a folder of their own.

    Its manifest is written last: a folder without one holds no complete artifact.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zip = folder / "deployment.zip"
        self.template = folder / "template.json"
        self._manifest = folder / "manifest.json"

    @classmethod
    def for_stage(cls, project: Path, stage_name: str) -> BuildArtifact:
        return cls(project / "build" / stage_name)

    def begin(self) -> None:
        """Invalidate the artifact in the folder, until ``finish``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._manifest.unlink(missing_ok=True)

    def finish(self, source_hash: str, arch: str) -> None:
        """Mark the artifact as complete."""
        manifest = {"source_hash": source_hash, "arch": arch}
        self._manifest.write_text(json.dumps(manifest), encoding="utf-8")

    def read_manifest(self) -> dict[str, str]:
        """Return ``source_hash`` and ``arch``; empty if there is no complete artifact."""
        if not self._manifest.exists():
            return {}
        manifest: dict[str, str] = json.loads(self._manifest.read_text("utf-8"))
        return manifest


def copy_sources(project: Path, to: Path) -> None:
    """Copy the code without the files that tools leave beside it.

    Chalice caches packages beside the code and identifies files by content alone. A copy has no
    cache, so a renamed file is packaged under its new name.
    """
    _copy(project, to, _SOURCES)


def hash_sources(project: Path) -> str:
    """Hash the Python version and every file that determines what an artifact contains."""
    digest = hashlib.sha256(sys.version.encode())
    with TemporaryDirectory() as name:
        folder = Path(name)
        _copy(project, folder, (*_SOURCES, *_BUILD_SCRIPTS))
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _copy(project: Path, to: Path, names: Iterable[str]) -> None:
    ignore = shutil.ignore_patterns("__pycache__", ".*", "*~")
    for source in (project / name for name in names):
        target = to / source.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=ignore)
        elif source.exists():
            shutil.copy(source, target)
