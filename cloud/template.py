"""The CloudFormation template: Chalice's description of the app, merged with infrastructure/."""

from __future__ import annotations

import json
from functools import reduce
from typing import TYPE_CHECKING, Any

import yaml

from cloud import gateway_responses

if TYPE_CHECKING:
    from pathlib import Path

Template = dict[str, Any]

STAGES = ("dev", "prod")
# Chalice's name for the function behind the API.
_FUNCTION = "APIHandler"
_INVOCATION_ARN = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}/invocations"
)


def load_fragments(project: Path, stage: str) -> Template:
    """Merge the files of infrastructure/, for ``chalice package --merge-template``."""
    folder = project / "infrastructure"
    parts = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    cognito = json.loads((folder / "cognito.json").read_text("utf-8"))
    merged: Template = reduce(_merge, [cognito, *parts])
    for parameter in ("CallbackUrls", "LogoutUrls", "SignInDomain"):  # of the local stack alone
        del merged["Parameters"][parameter]
    merged["Parameters"]["Stage"] |= {"AllowedValues": [stage], "Default": stage}
    api = merged["Resources"]["RestAPI"]["Properties"]
    api["GatewayResponses"] = {
        kind: gateway_responses.expand(*values) for kind, values in api["GatewayResponses"].items()
    }
    body = merged["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    body["Fn::Sub"] = json.dumps(body["Fn::Sub"])
    return merged


def build_template(from_chalice: Template, fragments: Template) -> Template:
    """Make the API call its function by name (ADR 0010), and drop Chalice's own outputs."""
    template = from_chalice | {"Outputs": fragments["Outputs"]}
    resources = template["Resources"]
    name = resources[_FUNCTION]["Properties"]["FunctionName"]
    uri = {"Fn::Sub": [_INVOCATION_ARN, {"Name": name}]}
    for methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        for method in methods.values():
            method["x-amazon-apigateway-integration"]["uri"] = uri
    return template


def dump(template: Template) -> str:
    """Return reproducible JSON: equal templates have equal text."""
    return json.dumps(template, indent=1, sort_keys=True) + "\n"


def _merge(one: Any, other: Any) -> Any:  # noqa: ANN401  JSON values
    """Merge objects recursively; ``other`` replaces a value or a reference to a parameter."""
    if not (isinstance(one, dict) and isinstance(other, dict)) or "Ref" in one:
        return other
    return one | {key: _merge(one.get(key), value) for key, value in other.items()}
