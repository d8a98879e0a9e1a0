"""The stack of the package, up on an emulator of AWS: put up once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cloud.rehearsal import Rehearsal, rehearsed
from tests.packaged import get_build_artifact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud.artefact import Artefact


@pytest.fixture(scope="session")
def made() -> Artefact:
    """The zip and the template of the stage dev."""
    return get_build_artifact()


@pytest.fixture(scope="package")
def rehearsal(made: Artefact) -> Iterator[Rehearsal]:
    """The stack; the environment leads to the emulator, for these tests and no others."""
    with rehearsed(made) as rehearsal:
        yield rehearsal
