"""The software bill of materials of the zip, in CycloneDX."""

import json
from importlib.metadata import Distribution, distributions
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL


def build(unpacked: Path, sha256: str) -> str:
    """List the Python packages and the vendored scripts and styles of the unpacked zip.

    It has no time, and its serial number is derived from the zip: equal zips have equal lists.
    """
    bom = Bom(serial_number=uuid5(NAMESPACE_OID, sha256))
    bom.metadata.timestamp = None  # type: ignore[assignment]  # the format allows none
    app = _component("medilink-slots", ComponentType.APPLICATION, sha256=sha256)
    bom.metadata.component = app
    for distribution in distributions(path=[str(unpacked)]):
        bom.components.add(_python_package(distribution))
    for file in json.loads((unpacked / "static" / "vendored.json").read_text("utf-8")):
        url = PackageURL.from_string(f"pkg:{file['package'].replace(':', '/', 1)}")
        bom.components.add(
            _component(file["name"], version=file["version"], url=url, sha256=file["sha256"])
        )
    bom.register_dependency(app, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _python_package(distribution: Distribution) -> Component:
    name, version = distribution.metadata["Name"], distribution.version
    url = PackageURL("pypi", name=name, version=version)
    return _component(name, version=version, url=url)


def _component(
    name: str,
    kind: ComponentType = ComponentType.LIBRARY,
    *,
    version: str | None = None,
    url: PackageURL | None = None,
    sha256: str | None = None,
) -> Component:
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=sha256)] if sha256 else []
    reference = str(url) if url else name
    return Component(
        name=name, version=version, type=kind, purl=url, hashes=hashes, bom_ref=reference
    )
