"""The artifact of the stage dev, and its contents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from tests.support.build import get_artifact

if TYPE_CHECKING:
    from pathlib import Path

    from cloud.package import BuildArtifact


@pytest.fixture(scope="session")
def artifact() -> BuildArtifact:
    """The zip and the template of the stage dev."""
    return get_artifact()


@pytest.fixture(scope="session")
def package_dir(artifact: BuildArtifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Lambda unpacks."""
    folder = tmp_path_factory.mktemp("unpacked")
    with ZipFile(artifact.zip) as zipped:
        zipped.extractall(folder)
    return folder


@pytest.fixture(scope="session")
def template(artifact: BuildArtifact) -> dict[str, Any]:
    """The CloudFormation template."""
    template: dict[str, Any] = json.loads(artifact.template.read_text())
    return template


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> dict[str, Any]:
    """The properties of the template's resources, by their names."""
    return {name: each["Properties"] for name, each in template["Resources"].items()}
