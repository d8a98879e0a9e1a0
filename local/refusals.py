"""Answers that the local gateway gives without asking the app, in the project's one shape."""

import html
import json
from http import HTTPStatus

from chalice.local import LocalGatewayException

PROBLEM = "application/problem+json"


class Refusal(LocalGatewayException):
    """An answer that the gateway gives itself, without asking the app."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__({})
        self.status = status
        self.detail = detail


class UnusableBody(Refusal):
    """The body cannot be read, so neither can a next request on this connection."""


def as_problem(status: HTTPStatus, detail: str) -> str:
    """Write the problem document of RFC 9457."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status,
            "detail": detail,
            "errors": [],
        }
    )


def as_page(status: HTTPStatus, detail: str) -> str:
    """Write the same sentence for a browser."""
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{status.phrase}</title>'
        f"<main><h1>{status.phrase}</h1><p>{html.escape(detail)}</p></main></html>"
    )
