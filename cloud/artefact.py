"""What ``scripts/package`` leaves in build/, and what it was made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Artefact:
    """A zip and a template, in a folder of their own."""

    root: Path

    @staticmethod
    def folder(project: Path, stage: str) -> Path:
        """Where that stage's is by default."""
        return project / "build" / stage

    @property
    def zip(self) -> Path:
        return self.root / "deployment.zip"

    @property
    def template(self) -> Path:
        return self.root / "template.json"

    @property
    def _label(self) -> Path:
        return self.root / "made-from.json"

    def start(self) -> None:
        """From now on until ``finish`` it is nobody's."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._label.unlink(missing_ok=True)

    def finish(self, fingerprint: str, arch: str) -> None:
        """It is whole, and made of what the fingerprint stands for."""
        label = {"fingerprint": fingerprint, "arch": arch}
        self._label.write_text(json.dumps(label), encoding="utf-8")

    @property
    def fingerprint(self) -> str | None:
        """What it was made of; None where there is none, or half of one."""
        return self._read("fingerprint")

    @property
    def arch(self) -> str | None:
        """What kind of processor it runs on; None as above."""
        return self._read("arch")

    def _read(self, name: str) -> str | None:
        if not self._label.exists():
            return None
        label: dict[str, str] = json.loads(self._label.read_text("utf-8"))
        return label[name]
