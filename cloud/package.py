"""``python -m cloud.package`` builds the zip and the template of a stage (``scripts/package``)."""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cloud import sbom, shrink, template, wheels
from local import CommandError, local_config

PROJECT = local_config.PROJECT
ARCHITECTURES = ("arm64", "x86_64")
MAX_ZIP_BYTES = 10_000_000
"""Lambda fetches and unpacks the zip at every cold start."""

# What Chalice puts into the zip, and its own configuration.
_SOURCES = ("app.py", "requirements.txt", "chalicelib", "static", "vendor", ".chalice/config.json")
# What else determines the zip and the template.
_BUILD_SCRIPTS = (
    "infrastructure",
    "cloud/package.py",
    "cloud/sbom.py",
    "cloud/shrink.py",
    "cloud/template.py",
    "cloud/wheels.py",
    "local/booking_sites.py",
    "locks/dev.txt",
    "locks/lambda.txt",
)
# Where Lambda unpacks the zip: tracebacks show this path.
_LAMBDA_TASK_ROOT = "/var/task"
# botocore describes some 400 services. The app calls these.
_BOTOCORE_SERVICES = {"cognito-idp", "dynamodb", "events", "s3", "secretsmanager", "sqs"}
# Types and C sources.
_EXCLUDED_SUFFIXES = {".pyi", ".c", ".h", ".pxd", ".pyx"}
_EXCLUDED_FOLDER_NAMES = {"tests", "__pycache__"}
# Parts of packages that no code path of the app imports or reads.
_EXCLUDED_PATHS = (
    "authlib/integrations/",
    "authlib/jose/",
    "authlib/oauth1/",
    "authlib/oidc/",
    # Extensions of OAuth: of authlib.oauth2, sign-in needs the core, bearer tokens and PKCE alone.
    "authlib/oauth2/drafts/",
    *(f"authlib/oauth2/rfc{rfc}/" for rfc in (7523, 7591, 7592, 7662, 8414, 8628, 9068, 9101)),
    "botocore/crt/auth.py",  # signs with the AWS CRT, which is not there
    "botocore/stub.py",
    "cffi/",  # builds extensions; at run time cryptography needs _cffi_backend alone
    "cryptography/hazmat/asn1/",
    "cryptography/hazmat/primitives/serialization/pkcs12.py",
    "cryptography/hazmat/primitives/serialization/pkcs7.py",
    "cryptography/hazmat/primitives/twofactor/",
    "cryptography/x509/ocsp.py",
    "dateutil/easter.py",
    "dateutil/rrule.py",
    "dateutil/tz/win.py",
    "dateutil/zoneinfo/",  # a second copy of the time zones
    "jinja2/ext.py",  # web/texts.py adds what templates need to translate
    "jinja2/meta.py",
    "jinja2/nativetypes.py",
    "jinja2/sandbox.py",
    "joserfc/drafts/",
    "pycparser/",  # for cffi
    "tzdata/zoneinfo/tzdata.zi",  # the same zones as text
    "urllib3/contrib/emscripten/",
    "urllib3/contrib/pyopenssl.py",  # botocore does without it
    "urllib3/http2/connection.py",
)
# About a package rather than of it. METADATA stays: vulnerability scanners read its headers.
_PACKAGE_INFO_SUFFIXES = (".dist-info", ".data")
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


def main(arguments: Sequence[str]) -> int:
    """Build the artifact and print its sizes; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/package", description=__doc__)
    parser.add_argument("--stage", choices=template.STAGES, default=template.STAGES[0])
    parser.add_argument(
        "--arch",
        choices=ARCHITECTURES,
        default=current_arch(),
        help="Lambda's processor; by default this machine's, the only one it can rehearse",
    )
    options = parser.parse_args(arguments)
    try:
        artifact = package(PROJECT, options.stage, options.arch)
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
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
        copy, out, wheel_folder = (Path(name) / each for each in ("project", "out", "wheels"))
        copy_sources(project, copy)
        config = copy / ".chalice" / "config.json"
        config.write_text(json.dumps(_load_json(config) | {"lambda_architecture": arch}), "utf-8")
        settings = wheels.download(project / "locks" / "lambda.txt", wheel_folder, arch)
        _run_chalice(copy, settings, "package", "--stage", stage, os.fspath(out))
        _optimize(out / "deployment.zip", artifact)
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


def _run_chalice(folder: Path, settings: dict[str, str], *arguments: str) -> None:
    # Chalice imports the app, which needs settings. The template defines its own instead of these.
    foreign = ("AWS_", "OIDC_")
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith(foreign)}
    ran = subprocess.run(
        [os.fspath(Path(sys.executable).with_name("chalice")), *arguments],
        cwd=folder,
        env=inherited | local_config.variables() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # Chalice only warns about a package that it cannot download, and exits with 0.
    if ran.returncode or "Could not install dependencies" in ran.stdout:
        raise CommandError(f"chalice package failed:\n{ran.stdout}")


def _optimize(source: Path, artifact: BuildArtifact) -> None:
    """Write the needed files of the zip ``source``, in order of name, with one time and mode."""
    with TemporaryDirectory() as folder:
        with ZipFile(source) as zipped:
            zipped.extractall(folder, [name for name in zipped.namelist() if _is_needed(name)])
        shrink.shrink(Path(folder), _BOTOCORE_SERVICES)
        _compile(folder)
        _pack(Path(folder), artifact.zip)
        digest = hashlib.sha256(artifact.zip.read_bytes()).hexdigest()
        artifact.sbom.write_text(sbom.build(Path(folder), digest), "utf-8")


def _is_needed(name: str) -> bool:
    path = PurePosixPath(name)
    if path.parts[0].endswith(_PACKAGE_INFO_SUFFIXES):
        return path.name == "METADATA"
    if path.suffix in _EXCLUDED_SUFFIXES or name.startswith(_EXCLUDED_PATHS):
        return False
    if _EXCLUDED_FOLDER_NAMES & {*path.parts[:-1]}:
        return False
    match path.parts:
        case ("botocore", "data", service, _, *_):
            return service in _BOTOCORE_SERVICES and path.name != "examples-1.json"
    return True


def _compile(folder: str) -> None:
    """Add byte code that Python uses without checking the source: files in Lambda never change.

    It runs in its own process with a fixed hash seed, because the seed determines the order of
    set constants in byte code.
    """
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    paths = ["-s", folder, "-p", _LAMBDA_TASK_ROOT, folder]
    subprocess.run([*command, *paths], env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def _pack(folder: Path, target: Path) -> None:
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
