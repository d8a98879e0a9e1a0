"""Events of API Gateway for a Lambda function (REST API, proxy integration)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

Event = dict[str, Any]
HOST = "api.example.org"


def build_event(
    method: str,
    resource: str,
    *,
    token: str = "",
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Event:
    """Build the event of one request; ``body`` becomes JSON."""
    all_headers = {
        "Accept": "application/json",
        "Host": HOST,
        "User-Agent": "bench",
        "X-Forwarded-Proto": "https",
        **({"Authorization": f"Bearer {token}"} if token else {}),
        **({"Content-Type": "application/json"} if body is not None else {}),
        **(headers or {}),
    }
    url_path = resource.format(**(path or {}))
    return {
        "resource": resource,
        "path": url_path,
        "httpMethod": method,
        "headers": all_headers,
        "multiValueHeaders": {name: [value] for name, value in all_headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": query
        and {name: [value] for name, value in query.items()},
        "pathParameters": path,
        "stageVariables": None,
        "requestContext": _request_context(method, resource, url_path),
        "body": None if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }


def _request_context(method: str, resource: str, url_path: str) -> dict[str, Any]:
    return {
        "resourcePath": resource,
        "httpMethod": method,
        "path": f"/api{url_path}",
        "stage": "api",
        "protocol": "HTTP/1.1",
        "requestId": uuid4().hex,
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
    }
