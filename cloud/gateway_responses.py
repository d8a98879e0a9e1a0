"""The errors that API Gateway returns without calling the app, as RFC 9457 problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib.web.api import problem_details
from chalicelib.web.http import security_headers
from chalicelib.web.http.errors import HttpError


def expand(status: int, detail: str, retry_after: int | None = None) -> dict[str, Any]:
    """Return a gateway response of SAM's API, with the headers of every response of the app."""
    # API Gateway is always reached over TLS.
    headers = {
        "Content-Type": problem_details.PROBLEM_JSON,
        **security_headers.BASE_HEADERS,
        **security_headers.HSTS_HEADERS,
    }
    headers |= security_headers.DEFAULT_HEADERS
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    document = problem_details.problem_from_error(HttpError(HTTPStatus(status), detail)).to_schema()
    return {
        "StatusCode": str(status),
        "ResponseParameters": {"Headers": {name: f"'{value}'" for name, value in headers.items()}},
        # API Gateway uses application/json for clients that accept none of the types here. It would
        # read a "$" in the document as a variable: there is none.
        "ResponseTemplates": {"application/json": msgspec.json.encode(document).decode()},
    }
