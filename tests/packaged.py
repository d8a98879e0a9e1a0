"""The package of the code as it is, made once for all tests that need one."""

from __future__ import annotations

from cloud import sources
from cloud.artefact import Artefact
from cloud.package import package, this_architecture

STAGE = "dev"


def the_package() -> Artefact:
    """What ``scripts/package`` left, if it was made of exactly this code; else made now."""
    left = Artefact(Artefact.folder(sources.PROJECT, STAGE))
    is_of_this_code = left.fingerprint == sources.fingerprint(sources.PROJECT)
    if is_of_this_code and left.arch == this_architecture():
        return left
    return package(sources.PROJECT, STAGE, this_architecture())
