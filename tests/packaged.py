"""The package of the code as it is, made once for all tests that need one."""

from __future__ import annotations

import fcntl

from cloud import sources
from cloud.artefact import Artefact
from cloud.package import package, this_architecture

STAGE = "dev"


def get_build_artifact() -> Artefact:
    """What ``scripts/package`` left, if it was made of exactly this code; else made now."""
    left = Artefact(Artefact.folder(sources.PROJECT, STAGE))
    left.root.mkdir(parents=True, exist_ok=True)
    with (left.root / "lock").open("w") as lock:  # tests may run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_of_this_code = left.fingerprint == sources.fingerprint(sources.PROJECT)
        if is_of_this_code and left.arch == this_architecture():
            return left
        return package(sources.PROJECT, STAGE, this_architecture())
