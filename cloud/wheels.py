"""The wheels of the zip, checked against the hashes of ``locks/lambda.txt``."""

import subprocess
import sys
from pathlib import Path

from local import CommandError

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# From the oldest glibc on; Chalice rejects what is too new for Lambda.
_GLIBC_MINORS = range(17, 35)


def download(lock: Path, folder: Path, arch: str) -> dict[str, str]:
    """Download the locked packages, for this machine and for Lambda's; return settings of pip.

    Chalice downloads wheels one by one and checks no hashes. With these settings its pip finds
    nothing but the wheels in the folder.

    Raises:
        CommandError: a package has another hash than in the lock, or cannot be downloaded.
    """
    machine = _MACHINES[arch]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS]
    platforms = [f"--platform={tag}" for tag in [*tags, f"manylinux2014_{machine}"]]
    for options in ([], ["--only-binary=:all:", "--implementation=cp", *platforms]):
        _download(lock, folder, options)
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": folder.as_posix()}


def _download(lock: Path, folder: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    ran = subprocess.run(
        [*command, *options, "--requirement", lock, "--dest", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CommandError(f"pip download failed:\n{ran.stdout}")
