"""The package, and what is in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from tests.packaged import get_build_artifact

if TYPE_CHECKING:
    from pathlib import Path

    from cloud.artefact import Artefact


@pytest.fixture(scope="session")
def made() -> Artefact:
    """The zip and the template of the stage dev."""
    return get_build_artifact()


@pytest.fixture(scope="session")
def unpacked(made: Artefact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambda finds."""
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(made.zip) as zipped:
        zipped.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def template(made: Artefact) -> dict[str, Any]:
    """What CloudFormation is given."""
    template: dict[str, Any] = json.loads(made.template.read_text())
    return template


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    """Properties of resources, by their names."""
    return {name: each["Properties"] for name, each in template["Resources"].items()}
