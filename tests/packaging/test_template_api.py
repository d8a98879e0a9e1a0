"""The API of the CloudFormation template: its paths, limits, errors and access log."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.web.http.security_headers import (
    BASE_HEADERS,
    DEFAULT_HEADERS,
    DOCUMENT_HEADERS,
    HSTS_HEADERS,
)
from local import local_config


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The app's paths."""
    for name, value in local_config.variables().items():
        monkeypatch.setenv(name, value)
    from app import app  # noqa: PLC0415  it reads the environment when it is imported

    return {*app.routes}


def test_api_calls_function_by_name_without_reference(
    resources: dict[str, Any], routes: set[str]
) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]

    assert {*paths} == routes
    assert "APIHandler" not in json.dumps(resources["RestAPI"])
    for methods in paths.values():
        # API Gateway has no HEAD of its own.
        assert ("get" in methods) is ("head" in methods) is ("options" in methods)
        for method in methods.values():
            _, names = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert names["Name"] == resources["APIHandler"]["FunctionName"]


def test_api_has_head_wherever_it_has_get(resources: dict[str, Any]) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]

    assert {path for path in paths if "get" in paths[path]} == {
        path for path in paths if "head" in paths[path]
    }


def test_api_is_regional_compressed_and_throttled(resources: dict[str, Any]) -> None:
    api = resources["RestAPI"]

    assert api["EndpointConfiguration"] == "REGIONAL"
    assert api["MinimumCompressionSize"] == 1024
    (settings,) = api["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} < settings.keys()


def test_api_requires_tls_1_2_with_forward_secrecy(resources: dict[str, Any]) -> None:
    # By default API Gateway accepts TLS 1.0.
    assert resources["RestAPI"]["SecurityPolicy"].startswith("SecurityPolicy_TLS13_1_2_PFS_")
    assert resources["RestAPI"]["EndpointAccessMode"] == "BASIC"


def test_firewall_limits_addresses_and_tokens(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    rules = {rule["Name"]: rule for rule in resources["WebAcl"]["Rules"]}

    limits = {
        name: rule["Statement"]["RateBasedStatement"]["Limit"]["Ref"]
        for name, rule in rules.items()
    }
    assert limits == {
        "anonymous-requests-per-address": "AnonymousRequestsPerAddress",
        "requests-per-address": "RequestsPerAddress",
        "requests-per-token": "RequestsPerToken",
    }
    for rule in rules.values():
        response = rule["Action"]["Block"]["CustomResponse"]
        assert response["ResponseCode"] == 429
        always = [header for header in response["ResponseHeaders"] if "Name" in header]
        for_other_sites = [
            header["Fn::If"][1] for header in response["ResponseHeaders"] if "Fn::If" in header
        ]
        headers = {header["Name"]: header["Value"] for header in always}
        assert headers == {
            "Retry-After": "300",
            **BASE_HEADERS,
            **DEFAULT_HEADERS,
            **DOCUMENT_HEADERS,
            **HSTS_HEADERS,
        }
        assert {header["Name"] for header in for_other_sites} == {
            "Access-Control-Allow-Origin",
            "Access-Control-Expose-Headers",
        }
    assert "RestAPI" in resources["WebAclOfApi"]["ResourceArn"]["Fn::Sub"]
    assert template["Conditions"]["HasFirewall"] == {"Fn::Equals": [{"Ref": "Firewall"}, "on"]}
    assert template["Parameters"]["Firewall"]["Default"] == "on"


def test_access_log_is_json_with_address_and_without_caller(resources: dict[str, Any]) -> None:
    line = resources["RestAPI"]["AccessLogSetting"]["Format"]

    assert json.loads(line)["status"] == "$context.status"
    assert json.loads(line)["source_address"] == "$context.identity.sourceIp"
    logged = set(re.findall(r"\$context\.([A-Za-z.]+)", line))
    assert logged == {
        "error.responseType",
        "httpMethod",
        "identity.sourceIp",
        "integrationLatency",
        "requestId",
        "requestTime",
        "resourcePath",
        "responseLatency",
        "responseLength",
        "status",
    }


def test_addresses_are_kept_for_90_days_at_most(
    template: dict[str, Any], resources: dict[str, Any]
) -> None:
    _, _, days = resources["AccessLog"]["RetentionInDays"]["Fn::FindInMap"]

    stages = template["Mappings"]["Stages"]
    assert {stage: values[days] for stage, values in stages.items()} == {"dev": 14, "prod": 90}


def test_gateway_errors_are_problem_details(resources: dict[str, Any]) -> None:
    responses = resources["RestAPI"]["GatewayResponses"]

    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Access-Control-Allow-Origin"] == {
            "Fn::If": ["HasCorsOrigins", "'*'", {"Ref": "AWS::NoValue"}]
        }
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Strict-Transport-Security"] == "'max-age=31536000'"
        assert problem.keys() == {"type", "title", "status", "detail", "errors"}
        assert str(problem["status"]) == response["StatusCode"]
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    statuses = {int(response["StatusCode"]) for response in responses.values()}
    assert statuses >= {400, 404, 413, 415, 429, 500, 504}
    assert responses["THROTTLED"]["ResponseParameters"]["Headers"]["Retry-After"] == "'1'"
