"""``python -m cloud.package`` builds the zip and the template of a stage (``scripts/package``)."""

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pathspec import GitIgnoreSpec

from cloud import sbom, shrink, template
from local import CommandError, local_config
from local.command import reports_errors, run

PROJECT = local_config.PROJECT
MAX_ZIP_BYTES = 10_000_000
"""Lambda fetches and unpacks the zip at every cold start."""
_OWN_CODE = ("app.py", "chalicelib")

# What Chalice puts into the zip, and its own configuration.
_SOURCES = ("app.py", "requirements.txt", "chalicelib", "static", "vendor", ".chalice/config.json")
# What else determines the zip and the template.
_BUILD_SCRIPTS = ("cloud", "infrastructure", "local/booking_sites.py", "locks")
# Where Lambda unpacks the zip: tracebacks show this path.
_LAMBDA_TASK_ROOT = "/var/task"
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# That of Amazon Linux 2, on which Lambda runs Python 3.11, and of Amazon Linux 2023.
_GLIBC_MINOR = 26 if sys.version_info < (3, 12) else 34
# botocore describes some 400 services. The app calls these.
_BOTOCORE_SERVICES = ("cognito-idp", "dynamodb", "events", "s3", "secretsmanager", "sqs")
# What no code path of the app imports or reads, in the format of .gitignore.
_UNUSED_FILES = (
    *("*.pyi", "*.c", "*.h", "*.pxd", "*.pyx"),  # types and C sources
    *("/bin/", "tests/"),
    # About a package rather than of it. METADATA stays: vulnerability scanners read its headers.
    *("*.dist-info/*", "!*.dist-info/METADATA"),
    *("/botocore/data/*/*/", *(f"!/botocore/data/{name}/*/" for name in _BOTOCORE_SERVICES)),
    "/botocore/data/**/examples-1.json",
    *("/authlib/*/", "!/authlib/common/", "!/authlib/oauth2/"),
    # Sign-in needs the core of OAuth, bearer tokens, PKCE and what these import.
    *("/authlib/oauth2/*/", *(f"!/authlib/oauth2/rfc{rfc}/" for rfc in (6749, 6750, 7009, 7636))),
    "/cffi/",  # builds extensions; at run time cryptography needs _cffi_backend alone
    "/dateutil/rrule.py",
    "/dateutil/zoneinfo/",  # a second copy of the time zones
    "/jinja2/ext.py",  # web/texts.py adds what templates need to translate
    "/pycparser/",  # for cffi
    "/tzdata/zoneinfo/tzdata.zi",  # the same zones as text
    "/urllib3/contrib/emscripten/",
    "/urllib3/contrib/pyopenssl.py",  # botocore does without it
)
# The earliest time that a zip entry can have.
_FIXED_MTIME = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o100644 << 16


class BuildArtifact:
    """A deployment zip, its template and its bill of materials, in a folder of their own.

    Its manifest is written last: a folder without one holds no complete artifact.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zip = folder / "deployment.zip"
        self.template = folder / "template.json"
        self.sbom = folder / "sbom.cdx.json"
        self._manifest = folder / "manifest.json"

    @classmethod
    def for_stage(cls, project: Path, stage: str) -> Self:
        return cls(project / "build" / stage)

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
        return _load_json(self._manifest) if self._manifest.exists() else {}


@reports_errors()
def main(arguments: Sequence[str]) -> int:
    """Build the artifact and print its sizes; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("--stage", choices=template.STAGES, default=template.STAGES[0])
    parser.add_argument(
        "--arch",
        choices=_MACHINES,
        default=current_arch(),
        help="Lambda's processor; by default this machine's, the only one it can rehearse",
    )
    options = parser.parse_args(arguments)
    artifact = package(PROJECT, options.stage, options.arch)
    size = artifact.zip.stat().st_size
    print(f"{artifact.zip}: {size:,} bytes of at most {MAX_ZIP_BYTES:,}")
    print(f"{artifact.template}: {artifact.template.stat().st_size:,} bytes")
    return 0


def current_arch() -> str:
    """Return Lambda's name for this machine's processor architecture."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def package(
    project: Path, stage: str, arch: str, *, max_zip_bytes: int = MAX_ZIP_BYTES
) -> BuildArtifact:
    """Package the project's current code into its ``build/`` folder."""
    artifact = BuildArtifact.for_stage(project, stage)
    artifact.begin()
    with TemporaryDirectory() as name:
        copy, out, content = (Path(name) / each for each in ("project", "out", "content"))
        copy_sources(project, copy)
        # Chalice checks no hashes: it only packages the code, beside what pip has installed.
        (copy / "requirements.txt").write_text("")
        config = copy / ".chalice" / "config.json"
        config.write_text(json.dumps(_load_json(config) | {"lambda_architecture": arch}), "utf-8")
        _install(project, content, arch)
        _run_chalice(copy, "package", "--stage", stage, os.fspath(out))
        with ZipFile(out / "deployment.zip") as zipped:
            zipped.extractall(content)
        _optimize(content, artifact)
        finished = template.build(_load_json(out / "sam.json"), project, stage)
    # Sorted, so that equal templates have equal text.
    artifact.template.write_text(json.dumps(finished, indent=1, sort_keys=True) + "\n", "utf-8")
    size = artifact.zip.stat().st_size
    if size > max_zip_bytes:
        raise CommandError(f"{artifact.zip} is too large: {size:,} of {max_zip_bytes:,} bytes.")
    artifact.finish(hash_sources(project), arch)
    return artifact


def _load_json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def _run_chalice(folder: Path, *arguments: str) -> None:
    # Chalice imports the app, which needs settings. The template defines its own instead of these.
    foreign = ("AWS_", "OIDC_")
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith(foreign)}
    chalice = Path(sys.executable).with_name("chalice")
    environment = inherited | local_config.variables()
    run([chalice, *arguments], "chalice package failed", cwd=folder, env=environment)


def _install(project: Path, folder: Path, arch: str) -> None:
    """Install the wheels for Lambda, with the versions and hashes of ``locks/lambda.txt``.

    Raises ``CommandError`` if a package has another hash, none in the lock, or no such wheel.
    """
    tags = [f"manylinux_2_{minor}" for minor in range(17, _GLIBC_MINOR + 1)]
    platforms = [f"--platform={tag}_{_MACHINES[arch]}" for tag in ("manylinux2014", *tags)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    wheels = ["--require-hashes", "--only-binary=:all:", "--implementation=cp", *platforms]
    files = [f"-r{project / name}" for name in ("locks/lambda.txt", "requirements.txt")]
    run([*command, *wheels, *files, f"--target={folder}"], "pip install failed")


def _optimize(folder: Path, artifact: BuildArtifact) -> None:
    """Write the needed files of the folder into the zip, and the bill of materials."""
    for name in GitIgnoreSpec.from_lines(_UNUSED_FILES).match_tree_files(folder):
        (folder / name).unlink()
    shrink.shrink(folder, _BOTOCORE_SERVICES)
    _compile(folder)
    _pack(folder, artifact.zip)
    digest = hashlib.sha256(artifact.zip.read_bytes()).hexdigest()
    artifact.sbom.write_text(sbom.build(folder, digest), "utf-8")


def _compile(folder: Path) -> None:
    """Add byte code that Python uses without checking the source: files in Lambda never change.

    Of other packages the byte code takes the place of the source, a tenth of the zip. Tracebacks
    then name the lines of these packages without their text.
    """
    own = [folder / name for name in _OWN_CODE]
    others = sorted({*folder.iterdir()} - {*own})
    _run_compileall(folder, [], own)
    _run_compileall(folder, ["-b"], others)
    for path in others:
        for source in [path] if path.suffix == ".py" else path.rglob("*.py"):
            source.unlink()


def _run_compileall(folder: Path, options: list[str], paths: list[Path]) -> None:
    """Run it in its own process with a fixed hash seed.

    The seed determines the order of set constants in byte code.
    """
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    places = ["-s", os.fspath(folder), "-p", _LAMBDA_TASK_ROOT]
    run(
        [*command, *options, *places, *map(os.fspath, paths)],
        "compileall failed",
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )


def _pack(folder: Path, target: Path) -> None:
    """Write the zip in order of name, with one time and mode."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in files:
            entry = ZipInfo(path.relative_to(folder).as_posix(), _FIXED_MTIME)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _READABLE_BY_ALL
            zipped.writestr(entry, path.read_bytes())


def hash_sources(project: Path) -> str:
    """Hash the Python version and every file that determines what an artifact contains."""
    digest = hashlib.sha256(sys.version.encode())
    with TemporaryDirectory() as name:
        folder = Path(name)
        copy_sources(project, folder, (*_SOURCES, *_BUILD_SCRIPTS))
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def copy_sources(project: Path, to: Path, names: Iterable[str] = _SOURCES) -> None:
    """Copy the code without the files that tools leave beside it.

    Chalice caches packages beside the code and identifies files by content alone. A copy has no
    cache, so a renamed file is packaged under its new name.
    """
    ignore = shutil.ignore_patterns("__pycache__", ".*", "*~")
    for source in (project / name for name in names):
        target = to / source.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, ignore=ignore)
        elif source.exists():
            shutil.copy(source, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
