"""Rewrites Chalice's deployment zip: smaller, with byte code, and reproducible (ADR 0011)."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Where Lambda unpacks the zip: tracebacks show this path.
_LAMBDA_TASK_ROOT = "/var/task"
# botocore describes some 400 services. The app calls these; the files beside them describe all
# services, and every client reads them.
_BOTOCORE_SERVICES = {"dynamodb", "events", "sts"}
# Types and C sources.
_EXCLUDED_SUFFIXES = {".pyi", ".c", ".h", ".pxd", ".pyx"}
_EXCLUDED_FOLDER_NAMES = {"tests", "__pycache__"}
# Parts of packages that no code path of the app imports or reads.
_EXCLUDED_PATHS = (
    "authlib/integrations/",
    "authlib/jose/",
    "authlib/oauth1/",
    "authlib/oidc/",
    "cffi/",  # builds extensions; at run time cryptography needs _cffi_backend alone
    "dateutil/zoneinfo/",  # a second copy of the time zones
    "pycparser/",  # for cffi
    "tzdata/zoneinfo/tzdata.zi",  # the same zones as text
    "urllib3/contrib/emscripten/",
)
# About a package rather than of it. METADATA stays: vulnerability scanners read it.
_PACKAGE_INFO_SUFFIXES = (".dist-info", ".data")
# The earliest time that a zip entry can have.
_FIXED_MTIME = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ALL = 0o100644 << 16


def optimize(source: Path, target: Path) -> None:
    """Write the needed files of the zip ``source``, in order of name, with one time and mode."""
    with TemporaryDirectory() as folder:
        with ZipFile(source) as zipped:
            zipped.extractall(folder, [name for name in zipped.namelist() if _is_needed(name)])
        _compile(folder)
        _pack(Path(folder), target)


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
            return service in _BOTOCORE_SERVICES
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
