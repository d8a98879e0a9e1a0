"""The software bill of materials of the zip, in CycloneDX."""

import json
from importlib.metadata import distributions
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
    app = Component(name="medilink-slots", type=ComponentType.APPLICATION, bom_ref="medilink-slots")
    app.hashes.add(_hash(sha256))
    bom.metadata.component = app
    for package in distributions(path=[str(unpacked)]):
        bom.components.add(_component(f"pypi/{package.metadata['Name']}@{package.version}"))
    for file in json.loads((unpacked / "static" / "vendored.json").read_text("utf-8")):
        vendored = _component(file["package"].replace(":", "/", 1))
        vendored.hashes.add(_hash(file["sha256"]))
        bom.components.add(vendored)
    bom.register_dependency(app, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(package: str) -> Component:
    url = PackageURL.from_string(f"pkg:{package}")
    return Component(
        group=url.namespace, name=url.name, version=url.version, purl=url, bom_ref=str(url)
    )


def _hash(sha256: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=sha256)
