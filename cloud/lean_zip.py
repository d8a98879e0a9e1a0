"""Chalice's zip made lean: compiled, without what is never read, and always the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# Where Lambda unpacks it: what a traceback says.
_IN_LAMBDA = "/var/task"
# Of botocore's descriptions of some 400 services: what DynamoDB, its credentials and the bus of
# events need. The files beside them are about all services, and read whenever a client is made.
_SERVICES = {"dynamodb", "events", "sts"}
# Types, C sources and what is about a package rather than of it. Nothing in the zip asks for
# metadata of packages when it is imported.
_UNREAD_ENDINGS = {".pyi", ".c", ".h", ".pxd", ".pyx"}
_UNREAD_FOLDERS = {"tests", "__pycache__"}
_ABOUT_PACKAGES = (".dist-info", ".data")
# The earliest that a zip can say.
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_ALL_MAY_READ = 0o100644 << 16


def write(zipped: Path, lean: Path) -> None:
    """Make the lean zip of what ``zipped`` has: in the order of names, with one time and mode."""
    with TemporaryDirectory() as folder:
        unpacked = Path(folder)
        _unpack(zipped, unpacked)
        _compile(unpacked)
        _pack(unpacked, lean)


def _unpack(zipped: Path, folder: Path) -> None:
    with ZipFile(zipped) as opened:
        opened.extractall(folder, [name for name in opened.namelist() if _is_read(name)])


def _is_read(name: str) -> bool:
    path = PurePosixPath(name)
    if path.suffix in _UNREAD_ENDINGS or path.parts[0].endswith(_ABOUT_PACKAGES):
        return False
    if _UNREAD_FOLDERS & {*path.parts[:-1]}:
        return False
    match path.parts:
        case ("botocore", "data", service, _, *_):
            return service in _SERVICES
    return True


def _compile(folder: Path) -> None:
    """Byte code beside each module, believed without a look at the source: nobody edits a zip.

    In a process of its own, whose hash seed is known: the order of a set of constants hangs on it.
    """
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    paths = ["-s", os.fspath(folder), "-p", _IN_LAMBDA, os.fspath(folder)]
    subprocess.run([*command, *paths], env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def _pack(folder: Path, lean: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with ZipFile(lean, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in files:
            entry = ZipInfo(path.relative_to(folder).as_posix(), _LONG_AGO)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _ALL_MAY_READ
            zipped.writestr(entry, path.read_bytes())
