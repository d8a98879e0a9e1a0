"""The CloudFormation template: what Chalice makes of the app, and what infrastructure/ adds."""

from __future__ import annotations

import json
from functools import reduce
from typing import TYPE_CHECKING, Any

import yaml

from cloud import refusals
from local import cognito_stack

if TYPE_CHECKING:
    from pathlib import Path

Template = dict[str, Any]

STAGES = ("dev", "prod")
DESCRIPTION = "MediLink Slots: doctors open slots, booking sites book them"
_FOLDER = "infrastructure"
# Chalice's own name for the function behind the API.
_FUNCTION = "APIHandler"
_INVOCATIONS = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}/invocations"
)


def additions(project: Path, stage: str) -> Template:
    """Put infrastructure/ together: what ``chalice package --merge-template`` takes."""
    folder = project / _FOLDER
    parts = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
    sign_in = json.loads((folder / "sign_in.json").read_text("utf-8"))
    whole: Template = reduce(_merged, [sign_in, *parts])
    _send_people_back_to_the_api(whole)
    whole["Description"] = DESCRIPTION
    whole["Parameters"]["Stage"] |= {"AllowedValues": [stage], "Default": stage}
    whole["Resources"]["RestAPI"]["Properties"]["GatewayResponses"] = refusals.gateway_responses()
    body = whole["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    body["Fn::Sub"] = json.dumps(body["Fn::Sub"])
    return whole


def finished(made_by_chalice: Template, added: Template) -> Template:
    """Have the API name its function, and leave out the outputs that are Chalice's own."""
    template = made_by_chalice | {"Outputs": added["Outputs"]}
    resources = template["Resources"]
    name = resources[_FUNCTION]["Properties"]["FunctionName"]
    uri = {"Fn::Sub": [_INVOCATIONS, {"Name": name}]}
    for methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        for method in methods.values():
            method["x-amazon-apigateway-integration"]["uri"] = uri
    return template


def written(template: Template) -> str:
    """Give the same text for the same template."""
    return json.dumps(template, indent=1, sort_keys=True) + "\n"


def _send_people_back_to_the_api(whole: Template) -> None:
    """On a laptop the way back from the issuer is a parameter; here it is known."""
    for parameter in ("CallbackUrls", "LogoutUrls"):
        del whole["Parameters"][parameter]
    url = whole["Outputs"]["ApiUrl"]["Value"]
    page = whole["Resources"]["PageClient"]["Properties"]
    page["CallbackURLs"] = [{"Fn::Sub": [f"${{Api}}{cognito_stack.CALLBACK_PATH}", {"Api": url}]}]
    page["LogoutURLs"] = [{"Fn::Sub": [f"${{Api}}{cognito_stack.SIGNED_OUT_PATH}", {"Api": url}]}]
    whole["Outputs"]["PageUrl"] = {
        "Description": "The page Manage Slots",
        "Value": {"Fn::Sub": ["${Api}/slots", {"Api": url}]},
    }


def _merged(one: Any, other: Any) -> Any:  # noqa: ANN401  whatever JSON can be
    """Both, and the other where they differ."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return one | {key: _merged(one.get(key), value) for key, value in other.items()}
