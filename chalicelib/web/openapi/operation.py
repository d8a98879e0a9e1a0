"""What an operation is made of, in the API's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from chalicelib.web.api import schemas
from chalicelib.web.api.problem_details import PROBLEM_JSON
from chalicelib.web.http.request import JSON

if TYPE_CHECKING:
    from chalicelib.domain.permissions import Permission

HTML = "text/html"


class Content(Struct, frozen=True, kw_only=True):
    """A body of one media type; ``shape`` None is text, ``examples`` go by their summaries."""

    schema: type | None = None
    examples: Mapping[str, object] = field(default_factory=dict)


class ResponseSpec(Struct, frozen=True, kw_only=True):
    """``some_headers`` are not always there; ``links`` lead to operations, with parameters."""

    description: str
    content: Mapping[str, Content] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    optional_headers: tuple[str, ...] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


ResponseSpecs = Mapping[int, ResponseSpec | str]
"""By status; a text names one of the shared answers."""


class Operation(Struct, frozen=True, kw_only=True):
    """``name`` is that of its view, ``need`` what the route asks of its caller."""

    method: str
    path: str
    name: str
    permission: Permission
    summary: str
    description: str = ""
    parameters: tuple[str, ...] = ()
    body: Mapping[str, Content] = field(default_factory=dict)
    responses: ResponseSpecs


def json_content(schema: type, **examples: object) -> dict[str, Content]:
    """A JSON body, with examples ``called_so``."""
    return {JSON: Content(schema=schema, examples=_examples_by_summary(examples))}


def error_response(description: str, **examples: object) -> ResponseSpec:
    """A problem, with examples ``called_so``."""
    content = {
        PROBLEM_JSON: Content(schema=schemas.Problem, examples=_examples_by_summary(examples))
    }
    return ResponseSpec(description=description, content=content, headers=("Vary",))


def _examples_by_summary(examples: Mapping[str, object]) -> dict[str, object]:
    return {name.replace("_", " "): example for name, example in examples.items()}


# Of whatever needs somebody to be signed in, and of what takes a body besides.
READ_ERRORS: ResponseSpecs = {
    401: "SignInNeeded",
    403: "NotAllowed",
    500: "Bug",
    503: "Unavailable",
}
BODY_ERRORS: ResponseSpecs = {413: "TooLarge", 415: "UnknownType", **READ_ERRORS}
