"""Two independent validators of FHIR resources: ``fhir.resources`` (Python), ``fhir`` (Node)."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from tests.support.node_tools import MODULES, run_node

if TYPE_CHECKING:
    from collections.abc import Sequence

Resource = dict[str, Any]
_SCRIPT = Path(__file__).parent / "validate_fhir.js"


def validate_in_python(resources: Sequence[Resource]) -> list[str]:
    """Return the errors of ``fhir.resources``, whose R4B has these types as R4 does."""
    return [error for resource in resources for error in _python_errors(resource)]


def _python_errors(resource: Resource) -> list[str]:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [f"{_name(resource)}: {each['loc']} {each['msg']}" for each in error.errors()]
    return []


def validate_in_node(resources: Sequence[Resource]) -> list[str]:
    """Return the errors of the npm package ``fhir``, which needs ``scripts/_setup node``."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "resources.json")
        path.write_text(json.dumps(resources), "utf-8")
        ran = run_node(_SCRIPT, path, environment={"NODE_PATH": str(MODULES)})
    assert ran.returncode == 0, ran.stderr
    return [f"{_name(resources[number])}: {message}" for number, message in json.loads(ran.stdout)]


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource.get('id')}"
