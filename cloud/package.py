"""``python -m cloud.package`` builds the zip and the template of a stage (``scripts/package``)."""

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

from cloud import build_artifact, template, zip_optimizer
from cloud.build_artifact import BuildArtifact
from local import CommandError, local_config

if TYPE_CHECKING:
    from collections.abc import Sequence

ARCHITECTURES = ("arm64", "x86_64")
MAX_ZIP_BYTES = 10_000_000
"""Lambda fetches and unpacks the zip at every cold start."""


def main(arguments: Sequence[str]) -> int:
    """Build the artifact and print its sizes; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        artifact = package(build_artifact.PROJECT, options.stage, options.arch)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    with ZipFile(artifact.zip) as zipped:
        unpacked = sum(entry.file_size for entry in zipped.infolist())
    print(
        f"{artifact.zip}: {artifact.zip.stat().st_size:,} bytes of at most {MAX_ZIP_BYTES:,}; "
        f"{unpacked:,} unpacked\n"
        f"{artifact.template}: {artifact.template.stat().st_size:,} bytes"
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("--stage", choices=template.STAGES, default=template.STAGES[0])
    parser.add_argument(
        "--arch",
        choices=ARCHITECTURES,
        default=current_arch(),
        help="Lambda's processor; by default this machine's, the only one it can rehearse",
    )
    return parser


def current_arch() -> str:
    """Return Lambda's name for this machine's processor architecture."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def package(
    project: Path, stage: str, arch: str, *, max_zip_bytes: int = MAX_ZIP_BYTES
) -> BuildArtifact:
    """Package the project's current code into its ``build/`` folder.

    Raises:
        CommandError: Chalice fails, or the zip is too large.
    """
    artifact = BuildArtifact.for_stage(project, stage)
    artifact.begin()
    with TemporaryDirectory() as folder:
        copy, out = Path(folder) / "project", Path(folder) / "out"
        build_artifact.copy_sources(project, copy)
        _set_architecture(copy, arch)
        _run_chalice(copy, "package", "--stage", stage, os.fspath(out))
        from_chalice = json.loads((out / "sam.json").read_text("utf-8"))
        zip_optimizer.optimize(out / "deployment.zip", artifact.zip)
    finished = template.build_template(from_chalice, template.load_fragments(project, stage))
    artifact.template.write_text(template.dump(finished), encoding="utf-8")
    size = artifact.zip.stat().st_size
    if size > max_zip_bytes:
        raise CommandError(f"{artifact.zip} is too large: {size:,} of {max_zip_bytes:,} bytes.")
    artifact.finish(build_artifact.hash_sources(project), arch)
    return artifact


def _set_architecture(copy: Path, arch: str) -> None:
    path = copy / ".chalice" / "config.json"
    config = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(config | {"lambda_architecture": arch}), encoding="utf-8")


def _run_chalice(folder: Path, *arguments: str) -> None:
    chalice = Path(sys.executable).with_name("chalice")
    # Chalice imports the app, which needs settings. The template defines its own instead of these.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "OIDC_")) and name != "LOCAL_CALLER"
    }
    ran = subprocess.run(
        [os.fspath(chalice), *arguments],
        cwd=folder,
        env=inherited | local_config.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # Chalice only warns about a package that it cannot download, and exits with 0.
    if ran.returncode or "Could not install dependencies" in ran.stdout:
        raise CommandError(f"chalice package failed:\n{ran.stdout}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
