"""One rehearsal of a deployment, shared by all tests of the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloud.rehearsal import Rehearsal, deployed_to_emulator
from tests.support.build import get_artifact
from tests.support.environment import temporary_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cloud.package import BuildArtifact

# They update the stack, after which the emulator unpacks and starts each function again.
LAST = Path(__file__).with_name("test_deploy.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that update the stack after the others of the package."""
    places = [place for place, item in enumerate(items) if item.path.parent == LAST.parent]
    ordered = sorted((items[place] for place in places), key=lambda item: item.path == LAST)
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


@pytest.fixture(scope="session")
def artifact() -> BuildArtifact:
    """The zip and the template of the stage dev."""
    return get_artifact()


@pytest.fixture(scope="package")
def rehearsal(pytestconfig: pytest.Config) -> Iterator[Rehearsal]:
    """The deployed stack; in these tests, AWS clients use its emulator."""
    for plugin in pytestconfig.pluginmanager.get_plugins():
        if isinstance(plugin, Rehearsal):  # that of scripts/deploy --rehearse
            yield plugin
            return
    # The SAM CLI does not have to spare the emulator.
    settings = {"SAM_CLI_POLL_DELAY": "0.1"}
    with temporary_environment(settings), deployed_to_emulator(get_artifact()) as rehearsal:
        yield rehearsal
