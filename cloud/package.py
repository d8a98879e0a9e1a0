"""``python -m cloud.package``: the zip and the template of a stage, as ``scripts/package``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZipFile

from cloud import lean_zip, sources, template
from cloud.artefact import Artefact

if TYPE_CHECKING:
    from collections.abc import Sequence

ARCHITECTURES = ("arm64", "x86_64")
BUDGET = 13_000_000
"""Bytes of the zip: it is fetched and unpacked at every cold start."""

# What the app wants to be told before it can be imported. Nothing of it reaches the template,
# which has its own values for each.
_TO_BE_IMPORTED = {
    "STAGE": "packaging",
    "TABLE_NAME": "packaging",
    "OIDC_ISSUER": "https://packaging.invalid",
    "OIDC_CLIENT_ID": "packaging",
    "SESSION_KEY": "packaging" * 4,
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "packaging",
    "AWS_SECRET_ACCESS_KEY": "packaging",  # nosec B105  of nobody
}


class CannotPackage(Exception):
    """The reason, as a sentence for whoever asked for it."""


def main(arguments: Sequence[str]) -> int:
    """Package what the arguments say; gives the exit status."""
    asked = _parser().parse_args(arguments)
    try:
        made = package(sources.PROJECT, asked.stage, asked.arch)
    except CannotPackage as reason:
        print(reason, file=sys.stderr)
        return 1
    with ZipFile(made.zip) as zipped:
        unpacked = sum(entry.file_size for entry in zipped.infolist())
    print(
        f"{made.zip}: {made.zip.stat().st_size:,} bytes of {BUDGET:,}; {unpacked:,} unpacked\n"
        f"{made.template}: {made.template.stat().st_size:,} bytes"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("--stage", choices=template.STAGES, default=template.STAGES[0])
    parser.add_argument(
        "--arch",
        choices=ARCHITECTURES,
        default=this_architecture(),
        help="what Lambda runs it on; by default what this machine is, which alone can rehearse it",
    )
    return parser


def this_architecture() -> str:
    """Give Lambda's word for the kind of processor that this machine has."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def package(project: Path, stage: str, arch: str, *, budget: int = BUDGET) -> Artefact:
    """Package the project's code as it is now, into its ``build/``.

    Raises:
        CannotPackage: Chalice says no, or the zip is too large.
    """
    made = Artefact(Artefact.folder(project, stage))
    made.start()
    added = template.additions(project, stage)
    with TemporaryDirectory() as folder:
        copy, out = Path(folder) / "project", Path(folder) / "out"
        sources.copy(project, copy)
        _set_architecture(copy, arch)
        merged = Path(folder) / "additions.json"
        merged.write_text(template.written(added), encoding="utf-8")
        _run_chalice(copy, "package", "--stage", stage, "--merge-template", str(merged), str(out))
        chalices = json.loads((out / "sam.json").read_text("utf-8"))
        lean_zip.write(out / "deployment.zip", made.zip)
    made.template.write_text(template.written(template.finished(chalices, added)), encoding="utf-8")
    size = made.zip.stat().st_size
    if size > budget:
        raise CannotPackage(f"{made.zip} is too large: {size:,} bytes, and {budget:,} are allowed.")
    made.finish(sources.fingerprint(project), arch)
    return made


def _set_architecture(copy: Path, arch: str) -> None:
    path = copy / ".chalice" / "config.json"
    config = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(config | {"lambda_architecture": arch}), encoding="utf-8")


def _run_chalice(folder: Path, *arguments: str) -> None:
    chalice = Path(sys.executable).with_name("chalice")
    # Settings of somebody's account or laptop have no business here.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "OIDC_")) and name != "LOCAL_CALLER"
    }
    ran = subprocess.run(
        [os.fspath(chalice), *arguments],
        cwd=folder,
        env=inherited | _TO_BE_IMPORTED,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # It goes on without a package that it could not get, and says so.
    if ran.returncode or "Could not install dependencies" in ran.stdout:
        raise CannotPackage(f"chalice package says:\n{ran.stdout}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
