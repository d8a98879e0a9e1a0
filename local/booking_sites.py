"""The identity provider's template: ``cognito.json``, with an app client for each booking site."""

import json
from pathlib import Path
from typing import Any

import yaml


def load_template(folder: Path) -> dict[str, Any]:
    """Add a client and an output of its id for each entry of ``booking_sites.yaml``.

    So each booking site has a secret of its own, and can be removed without the others.
    """
    template: dict[str, Any] = json.loads((folder / "cognito.json").read_text("utf-8"))
    sites = yaml.safe_load((folder / "booking_sites.yaml").read_text("utf-8"))["Metadata"]
    for key, site in sites["BookingSites"].items():
        template["Resources"][f"{key}Client"] = _client(**site)
        template["Outputs"][f"{key}ClientId"] = {"Value": {"Ref": f"{key}Client"}}
    return template


def _client(name: str, scopes: list[str]) -> dict[str, Any]:
    return {
        "Type": "AWS::Cognito::UserPoolClient",
        "DependsOn": "SlotScopes",
        "Properties": {
            "UserPoolId": {"Ref": "UserPool"},
            "ClientName": name,
            "GenerateSecret": True,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": scopes,
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
            "AccessTokenValidity": 60,
            "TokenValidityUnits": {"AccessToken": "minutes"},
        },
    }
