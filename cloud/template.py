"""The CloudFormation template: Chalice's description of the app, merged with infrastructure/."""

import json
from functools import reduce
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from chalicelib.web.api.problem_details import PROBLEM_JSON, problem_from_error
from chalicelib.web.http.errors import HttpError
from chalicelib.web.http.security_headers import BASE_HEADERS, DEFAULT_HEADERS, HSTS_HEADERS
from local import booking_sites

Template = dict[str, Any]

STAGES = ("dev", "prod")
# Only PLUS compares passwords with those known from breaches, and it has a price for each user.
_USER_POOL_PLANS = {"dev": "ESSENTIALS", "prod": "PLUS"}
_INVOCATION_ARN = (
    "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}/invocations"
)


def build(from_chalice: Template, project: Path, stage: str) -> Template:
    """Merge infrastructure/ into Chalice's template, whose own outputs are dropped.

    The API calls its function by name (ADR 0010).
    """
    template: Template = _merge(from_chalice | {"Outputs": {}}, load_fragments(project, stage))
    resources = template["Resources"]
    name = resources["APIHandler"]["Properties"]["FunctionName"]
    uri = {"Fn::Sub": [_INVOCATION_ARN, {"Name": name}]}
    for methods in resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
        for method in methods.values():
            method["x-amazon-apigateway-integration"]["uri"] = uri
    return template


def load_fragments(project: Path, stage: str) -> Template:
    """Merge the files of infrastructure/ with each other."""
    folder = project / "infrastructure"
    files = sorted(folder.glob("*.yaml"))
    fragments = [msgspec.yaml.decode(path.read_bytes()) for path in files]
    merged: Template = reduce(_merge, fragments)
    sites = merged["Metadata"]["BookingSites"]
    merged = _merge(booking_sites.load_template(folder, sites), merged)
    for parameter in ("CallbackUrls", "LogoutUrls", "SignInDomain"):  # of the local stack alone
        del merged["Parameters"][parameter]
    merged["Parameters"]["Stage"] |= {"AllowedValues": [stage], "Default": stage}
    merged["Parameters"]["UserPoolPlan"]["Default"] = _USER_POOL_PLANS[stage]
    api = merged["Resources"]["RestAPI"]["Properties"]
    api["GatewayResponses"] = {
        kind: _gateway_response(*values) for kind, values in api["GatewayResponses"].items()
    }
    app = merged["Resources"]["APIHandler"]["Properties"]["Environment"]["Variables"]
    app["OIDC_MACHINE_CLIENTS"] = _machine_clients(sites)
    body = merged["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    body["Fn::Sub"] = json.dumps(body["Fn::Sub"])
    return merged


def _machine_clients(sites: Template) -> Template:
    entries = (f"${{{key}Client}}={quote(site['name'])}" for key, site in sites.items())
    return {"Fn::Sub": " ".join(entries)}


def _gateway_response(status: int, detail: str, retry_after: int | None = None) -> Template:
    """Return an error of API Gateway itself, with the body and headers of the app's own errors."""
    headers = {
        "Content-Type": PROBLEM_JSON,
        **BASE_HEADERS,
        **HSTS_HEADERS,  # API Gateway is always reached over TLS.
        **DEFAULT_HEADERS,
        **({} if retry_after is None else {"Retry-After": str(retry_after)}),
    }
    problem = problem_from_error(HttpError(HTTPStatus(status), detail)).to_schema()
    quoted = {name: f"'{value}'" for name, value in headers.items()}
    return {
        "StatusCode": str(status),
        "ResponseParameters": {"Headers": quoted | _cors_headers()},
        # API Gateway uses application/json for clients that accept none of the types here. It would
        # read a "$" in the body as a variable: there is none.
        "ResponseTemplates": {"application/json": msgspec.json.encode(problem).decode()},
    }


def _cors_headers() -> Template:
    """Let any page see an error of API Gateway, which can't compare origins; it has no data."""
    headers = {
        "Access-Control-Allow-Origin": "'*'",
        "Access-Control-Expose-Headers": "'Retry-After'",
    }
    return {
        name: {"Fn::If": ["HasCorsOrigins", value, {"Ref": "AWS::NoValue"}]}
        for name, value in headers.items()
    }


def _merge(one: Any, other: Any) -> Any:  # noqa: ANN401  JSON values
    """Merge objects recursively; ``other`` replaces a value or a reference to a parameter."""
    if not (isinstance(one, dict) and isinstance(other, dict)) or "Ref" in one:
        return other
    return one | {key: _merge(one.get(key), value) for key, value in other.items()}
