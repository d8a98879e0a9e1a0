"""The build artifact of the current code, built once for all tests that need it."""

from __future__ import annotations

import fcntl

from cloud.package import PROJECT, BuildArtifact, current_arch, hash_sources, package

STAGE = "dev"


def get_artifact() -> BuildArtifact:
    """Return the artifact in build/, after building it if the sources have changed since."""
    artifact = BuildArtifact.for_stage(PROJECT, STAGE)
    artifact.folder.mkdir(parents=True, exist_ok=True)
    with (artifact.folder / "lock").open("w") as lock:  # tests can run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        source_hash = hash_sources(PROJECT)
        if artifact.read_manifest() == {"source_hash": source_hash, "arch": current_arch()}:
            return artifact
        return package(PROJECT, STAGE, current_arch())
